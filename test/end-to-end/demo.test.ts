import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../sandbox/machine';
import { FIRST_START_MS } from '../support/real-parts';
import { lineOf, startProgram, type Started } from '../support/started-program';

const TOLD = [
  ...['Verify tenant', 'Export', 'Plan', 'Confirmation', 'Yes', 'Erasure'],
  ...['Attention', 'Resolve', 'Verification', 'Closed'],
];
const SYSTEMS = ['crm', 'directory', 'newsletter', 'shop'];

/** The systems that have such a line. */
function systemsWith(demo: Started, line: (name: string) => RegExp): readonly string[] {
  return SYSTEMS.filter((name) => line(name).test(demo.printed()));
}

describe('npm run demo -- --keep', () => {
  let demo: Started;

  afterEach(() => {
    demo.child.kill('SIGKILL');
  });

  it(
    'tells every phase, and every system in a line of its own, keeps its closure to be looked at, and says what comes next',
    async () => {
      demo = await startProgram('demo', ['--keep']);
      const file = path.join(packageRoot(), lineOf(demo, /set -a; \. (\S+); set \+a$/m));
      const page = await fetch(lineOf(demo, /^Web UI +(\S+)$/m));
      const wasThere = existsSync(file);

      demo.child.kill('SIGINT');
      const code = await demo.exitCode;

      const told = [...demo.printed().matchAll(/^\d\d:\d\d:\d\d {2}([\w ]+)/gm)].map(([, phase]) => phase);
      expect(told).toEqual(TOLD);
      expect(systemsWith(demo, (name) => new RegExp(`^ {10}${name} \\(\\w+\\)$`, 'm'))).toEqual(SYSTEMS);
      expect(systemsWith(demo, (name) => new RegExp(`^ {10}${name}: erased \\(\\d+\\)`, 'm'))).toEqual(SYSTEMS);
      expect(systemsWith(demo, (name) => new RegExp(`^ {10}${name}: verified, `, 'm'))).toEqual(SYSTEMS);
      expect(demo.printed()).toMatch(/^ +keeps app\.invoices 4 \(tax-records, 7 years after issued_at, until 20\d\d-/m);
      expect(demo.printed()).toMatch(/ npx closure resolve [\da-f-]{36} --target crm --by operator-7$/m);
      expect(demo.printed().match(/^\[ok\] /gm)).toHaveLength(10);
      expect(demo.printed()).not.toContain('[FAIL]');
      expect(demo.printed()).toMatch(/^Next:\n {2}npm start /m);
      expect({ page: page.status, wasThere, isThere: existsSync(file), code }).toEqual({
        ...{ page: 200, wasThere: true, isThere: false, code: 0 },
      });
    },
    FIRST_START_MS,
  );
});
