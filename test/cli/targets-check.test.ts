import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTargetsFile } from '../../activities/adapters/targets-file/read-targets-file';
import { UnavailableError } from '../../activities/ports/faults';
import type { TargetProblem } from '../../activities/ports/targets-file';
import { closure, type CliSurroundings } from '../support/cli';
import { ENVIRONMENT } from '../support/targets-files';

const SOUND = `version: 1
targets:
  - name: shop
    kind: postgres
    url: { env: SHOP_DATABASE_URL }
    tables:
      - { table: app.a, where: { o: objectId }, action: delete }
      - { table: app.b, where: { o: objectId }, action: delete }
  - { name: crm, kind: http, baseUrl: "https://crm.example", secret: { env: CRM_SECRET }, after: [shop] }
`;

let folder: string;
let sound: string;
let broken: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'targets-'));
  sound = path.join(folder, 'sound.yaml');
  broken = path.join(folder, 'broken.yaml');
  writeFileSync(sound, SOUND);
  writeFileSync(broken, SOUND.replace('action: delete', 'action: erase').replace('CRM_SECRET', 'UNSET'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (argv: readonly string[], more: CliSurroundings = {}) =>
  closure(['targets', 'check', ...argv], { readTargets: (file) => readTargetsFile(file, ENVIRONMENT), ...more });

/** A look into the databases that finds these problems in the shop's. */
const finds = (...problems: readonly TargetProblem[]): CliSurroundings => ({
  checkTarget: ({ name }) => Promise.resolve(name === 'shop' ? problems : []),
});

describe('closure targets check', () => {
  it('shows the order as a tree', async () => {
    expect(await run([sound])).toEqual({
      exitCode: 0,
      stdout:
        'Order of erasure\n  shop (postgres)\n  └─ crm (http)\n  directory (directory), after all others\nNo problems.\n',
      stderr: '',
    });
  });

  it('prints exactly the file, the order and the problems', async () => {
    const { exitCode, stdout, stderr } = await run([sound, '--json']);

    expect(JSON.parse(stdout)).toEqual({
      file: sound,
      order: [
        { name: 'shop', kind: 'postgres', after: [], wave: 1 },
        { name: 'crm', kind: 'http', after: ['shop'], wave: 2 },
        { name: 'directory', kind: 'directory', after: ['shop', 'crm'], wave: 3 },
      ],
      problems: [],
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('takes the file from the environment as well', async () => {
    expect((await run([], { env: { CLOSURE_TARGETS: sound } })).exitCode).toBe(0);
  });

  it.each([[[]], [['--colour']], [['a.yaml', 'b.yaml']]])('tells wrong usage as 2: %j', async (argv) => {
    expect((await run(argv)).exitCode).toBe(2);
    expect((await run(argv, { env: { CLOSURE_TARGETS: '' } })).exitCode).toBe(2);
  });

  it('lists every error with its place, and ends with 3', async () => {
    const { exitCode, stdout, stderr } = await run([broken]);

    expect(exitCode).toBe(3);
    expect(stdout).toContain(`${broken}:7:57: error: tables[0].action takes one of delete, anonymise, retain.\n`);
    expect(stdout).toContain(`${broken}:9:70: error: secret names UNSET, which is not set: set it.\n`);
    expect(stdout).toContain('Order of erasure\n  shop (postgres)\n');
    expect(stderr).toBe('closure: The targets file has 2 errors. (targets-refused)\n');
  });

  it('prints one object of errors, too', async () => {
    const { exitCode, stdout } = await run([broken, '--json']);

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      file: broken,
      problems: [
        { severity: 'error', line: 7, column: 57, path: 'targets[0].tables[0].action' },
        { severity: 'error', line: 9, column: 70, path: 'targets[1].secret' },
      ],
      error: { code: 'targets-refused', message: 'The targets file has 2 errors.' },
    });
  });

  it('tells a file that is not there as an error of the file', async () => {
    const missing = path.join(folder, 'missing.yaml');

    expect(await run([missing])).toMatchObject({
      exitCode: 3,
      stdout: `${missing}:1:1: error: The file is not there.\n`,
    });
  });

  it('lets nothing of a file reach the terminal as it is', async () => {
    writeFileSync(path.join(folder, 'hostile.yaml'), 'version: 1\ntargets: []\n"\\e[2J\\u202e": 1\n');

    expect((await run([path.join(folder, 'hostile.yaml')])).stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
  });

  it('has help with examples', async () => {
    const { exitCode, stdout } = await closure(['targets', 'check', '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('$ closure targets check targets.yaml');
  });
});

describe('What is found in a database', () => {
  it('gets its place in the file, between what is found there', async () => {
    const { stdout, exitCode } = await run([sound, '--json'], {
      ...finds(
        { severity: 'error', path: 'tables[1].where', message: 'There is no column o.' },
        { severity: 'warning', path: 'tables[0]', message: 'It has no index.' },
        { severity: 'warning', message: 'app.c references app.a and is not in the file.' },
      ),
    });

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [
        { line: 3, column: 5, path: 'targets[0]', severity: 'warning' },
        { line: 7, column: 9, path: 'targets[0].tables[0]', severity: 'warning' },
        {
          line: 8,
          column: 32,
          path: 'targets[0].tables[1].where',
          severity: 'error',
          message: 'There is no column o.',
        },
      ],
    });
  });

  it('ends with 0 when there are warnings alone', async () => {
    const { stdout, exitCode } = await run([sound], finds({ severity: 'warning', path: 'tables[0]', message: 'Odd.' }));

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${sound}:7:9: warning: Odd.\n`);
  });

  it('is not asked for offline, nor of a file with errors', async () => {
    const checkTarget = () => Promise.reject(new Error('no database is asked'));

    expect((await run([sound, '--offline'], { checkTarget })).exitCode).toBe(0);
    expect((await run([broken], { checkTarget })).exitCode).toBe(3);
  });

  it('is told as not known when the database is away', async () => {
    const checkTarget = () => Promise.reject(new UnavailableError({ farEnd: 'target-database', code: 'ECONNREFUSED' }));

    const { stdout, exitCode } = await run([sound], { checkTarget });

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/:3:5: error: The target-database did not answer.*--offline leaves it out\.\n/);
  });
});
