import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals';

const run = promisify(execFile);
const REPOSITORY = path.join(__dirname, '../..');
const INSTALL_MS = 5 * 60_000;

const TYPED = `
import { AccountClosureClient, AccountClosureError, createConfirmationToken } from 'account-closure';
import type { ErrorCode, ObservedClosure, RequestedClosure } from 'account-closure';

export async function close(closures: AccountClosureClient, tenantId: string, objectId: string): Promise<ErrorCode | undefined> {
  const token: string = createConfirmationToken();
  try {
    const request: RequestedClosure = await closures.request({ tenantId, objectId, token });
    if (!request.started) return undefined;
    const kept: string = request.token;
    const status: ObservedClosure = await closures.wait(request.workflowId, { phase: 'awaitingConfirmation', timeoutMs: 1000 });
    if (status.planDigest !== undefined) await closures.confirm(request.closureId, { token: kept, planDigest: status.planDigest });
    for await (const closure of closures.list({ needsAttention: true })) console.log(closure.attention[0]?.length);
    return undefined;
  } catch (error) {
    return error instanceof AccountClosureError ? error.code : undefined;
  }
}
// @ts-expect-error a phase that is none
export const wrong = (closures: AccountClosureClient) => closures.wait('id', { phase: 'done' });
`;

const COMMON_JS = `
const { AccountClosureClient, createConfirmationToken } = require('account-closure');
const closures = AccountClosureClient.connect({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
const loaded = Object.keys(require.cache).filter((file) => /node_modules.(@temporalio.(worker|activity|core-bridge)|pg|pino|@azure)./.test(file));
closures.close().then(() => console.log(JSON.stringify({ token: createConfirmationToken().length, loaded })));
`;

const ES_MODULE = `
import { AccountClosureClient, AccountClosureError, createConfirmationToken } from 'account-closure';
console.log([typeof AccountClosureClient, typeof AccountClosureError, createConfirmationToken().length].join(' '));
`;

describe('the package as a backend installs it, without the optional packages of the worker', () => {
  let backend: string;

  beforeAll(async () => {
    backend = await mkdtemp(path.join(tmpdir(), 'closure-backend-'));
    // The test command has built it already.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', backend], { cwd: REPOSITORY });
    const manifest = {
      name: 'backend',
      private: true,
      dependencies: { 'account-closure': 'file:account-closure-0.1.0.tgz' },
    };
    await writeFile(path.join(backend, 'package.json'), JSON.stringify(manifest));
    await writeFile(path.join(backend, 'tsconfig.json'), JSON.stringify(tsconfig()));
    await writeFile(path.join(backend, 'typed.ts'), TYPED);
    await writeFile(path.join(backend, 'common.cjs'), COMMON_JS);
    await writeFile(path.join(backend, 'module.mjs'), ES_MODULE);
    const quietly = ['--omit=optional', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...quietly], { cwd: backend });
  }, INSTALL_MS);

  afterAll(async () => {
    await rm(backend, { recursive: true, force: true });
  });

  it('is typed', async () => {
    const tsc = path.join(REPOSITORY, 'node_modules/typescript/bin/tsc');

    const { stdout } = await run(process.execPath, [tsc, '--noEmit', '-p', backend], { cwd: backend });

    expect(stdout).toBe('');
  });

  it('is required by CommonJS, and loads nothing of the worker', async () => {
    const { stdout } = await run(process.execPath, ['common.cjs'], { cwd: backend });

    expect(JSON.parse(stdout)).toEqual({ token: 43, loaded: [] });
  });

  it('is imported by ES modules', async () => {
    const { stdout } = await run(process.execPath, ['module.mjs'], { cwd: backend });

    expect(stdout).toBe('function function 43\n');
  });

  it('brings the command line, which says what it lacks', async () => {
    const cli = path.join(backend, 'node_modules/.bin/closure');
    const env = { ...process.env, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' };

    const help = await run(cli, ['--help'], { cwd: backend });
    const audit = run(cli, ['audit', 'show', '6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061', '--json'], { cwd: backend, env });

    expect(help.stdout).toContain('Usage: closure');
    await expect(audit).rejects.toMatchObject({
      code: 2,
      stdout: expect.stringContaining('"code":"not-installed"'),
    });
  });
});

function tsconfig(): object {
  return {
    compilerOptions: {
      strict: true,
      target: 'es2023',
      lib: ['es2023'],
      module: 'node20',
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
    },
    files: ['typed.ts'],
  };
}
