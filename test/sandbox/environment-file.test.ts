import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeEnvironmentFile } from '../../sandbox/environment-file';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'environment-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

describe("a stack's environment file", () => {
  it('is read by a shell as it was meant', async () => {
    const value = `it's "quoted" $HOME`;

    const file = await writeEnvironmentFile({ VALUE: value }, root);

    const script = `set -a; . ${file.path}; set +a; printf %s "$VALUE"`;
    expect(execFileSync('sh', ['-c', script], { cwd: root, encoding: 'utf8' })).toBe(value);
    expect(file.path).toBe('./.closure/env');
  });

  it('leaves the one of a stack that runs as it is', async () => {
    const first = await writeEnvironmentFile({ STACK: 'first' }, root);

    const second = await writeEnvironmentFile({ STACK: 'second' }, root);

    expect(second.path).toBe('./.closure/env-2');
    await expect(readFile(path.join(root, first.path), 'utf8')).resolves.toContain("STACK='first'");
  });

  it('goes alone', async () => {
    const first = await writeEnvironmentFile({}, root);
    await writeEnvironmentFile({}, root);

    await first.remove();

    await expect(readdir(path.join(root, '.closure'))).resolves.toEqual(['env-2']);
  });

  it.each([
    ['by a stack that was killed', async () => `# Of process ${String(await idOfEnded())}: gone when it ends\nA='1'\n`],
    ['by somebody who did not say who', () => Promise.resolve("A='1'\n")],
  ])('takes the place of what was left behind %s', async (_by, leftBehind) => {
    await mkdir(path.join(root, '.closure'));
    await writeFile(path.join(root, '.closure', 'env'), await leftBehind());

    const file = await writeEnvironmentFile({ STACK: 'new' }, root);

    expect(file.path).toBe('./.closure/env');
    await expect(readFile(path.join(root, file.path), 'utf8')).resolves.toContain("STACK='new'");
  });

  it('can be removed twice', async () => {
    const file = await writeEnvironmentFile({}, root);

    await file.remove();
    await file.remove();

    expect(existsSync(path.join(root, file.path))).toBe(false);
  });
});

/** The id of a process that is gone. */
async function idOfEnded(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}
