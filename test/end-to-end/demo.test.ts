import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { packageRoot } from '../../sandbox/machine';
import { FIRST_START_MS } from '../support/real-parts';
import { lineOf, startProgram, type Started } from '../support/started-program';

const PHASES = ['Verify tenant', 'Export', 'Plan', 'Confirmation', 'Yes', 'Erasure', 'Verification', 'Closed'];

describe('npm run demo -- --keep', () => {
  let demo: Started;

  afterEach(() => {
    demo.child.kill('SIGKILL');
  });

  it(
    'tells every phase in its order, keeps its closure to be looked at, and says what comes next',
    async () => {
      demo = await startProgram('demo', ['--keep']);
      const file = path.join(packageRoot(), lineOf(demo, /set -a; \. (\S+); set \+a$/m));
      const page = await fetch(lineOf(demo, /^Web UI +(\S+)$/m));
      const wasThere = existsSync(file);

      demo.child.kill('SIGINT');
      const code = await demo.exitCode;

      const told = [...demo.printed().matchAll(/^\d\d:\d\d:\d\d {2}([\w ]+)/gm)].map(([, phase]) => phase);
      expect(told).toEqual(PHASES);
      expect(demo.printed()).not.toContain('[FAIL]');
      expect(demo.printed()).toMatch(/^Next:\n {2}npm start /m);
      expect({ page: page.status, wasThere, isThere: existsSync(file), code }).toEqual({
        ...{ page: 200, wasThere: true, isThere: false, code: 0 },
      });
    },
    FIRST_START_MS,
  );
});
