import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const MAIN = path.join(__dirname, '..', '..', 'dist', 'worker', 'main.js');

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built worker as a process with exactly these settings. */
function runWorker(env: Readonly<Record<string, string>>): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], { env, encoding: 'utf8', timeout: 30_000 });
  return { exitCode: status, stdout, stderr };
}

describe('the worker as a process', () => {
  it('exits with 2 and one line for each setting that is missing', () => {
    const { exitCode, stdout, stderr } = runWorker({});

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      level: 60,
      time: expect.any(Number),
      event: 'worker-refused',
      variables: ['AZURE_STORAGE_CONNECTION_STRING', 'DATABASE_URL'],
    });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^AZURE_STORAGE_CONNECTION_STRING is missing/),
      expect.stringMatching(/^DATABASE_URL is missing/),
    ]);
  });

  it('exits with 2 and one line for a setting that is wrong, without its value', () => {
    const { exitCode, stderr } = runWorker({
      AZURE_STORAGE_CONNECTION_STRING: 'UseDevelopmentStorage=true',
      DATABASE_URL: 'kanarienvogel',
    });

    expect(exitCode).toBe(2);
    expect(stderr).toBe('DATABASE_URL takes a postgres:// URL\n');
  });
});

describe('`closure worker`', () => {
  it('is the same worker, from the package', () => {
    const main = path.join(__dirname, '..', '..', 'dist', 'cli', 'main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'worker'], { env: {}, encoding: 'utf8' });

    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'worker-refused' });
    expect(stderr).toMatch(/^AZURE_STORAGE_CONNECTION_STRING is missing/);
  });
});
