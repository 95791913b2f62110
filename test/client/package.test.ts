import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, it, expect } from '@jest/globals';
import { packageVersion } from '../../cli/version';

const run = promisify(execFile);
const REPOSITORY = path.join(__dirname, '../..');
const TSC = path.join(REPOSITORY, 'node_modules/typescript/bin/tsc');
const INSTALL_MS = 5 * 60_000;

const TYPED = `
import { AccountClosureClient, AccountClosureError, createConfirmationToken } from 'account-closure-client';
import type { ErrorCode, ObservedClosure, RequestedClosure } from 'account-closure-client';

export async function close(closures: AccountClosureClient, tenantId: string, objectId: string): Promise<ErrorCode | undefined> {
  const token: string = createConfirmationToken();
  try {
    const request: RequestedClosure = await closures.request({ tenantId, objectId, token });
    if (!request.started) return undefined;
    const kept: string = request.token;
    const status: ObservedClosure = await closures.wait(request.workflowId, { phase: 'awaitingConfirmation', timeoutMs: 1000 });
    if (status.phase === 'awaitingConfirmation') await closures.confirm(request.closureId, { token: kept, planDigest: status.planDigest });
    for await (const closure of closures.list({ needsAttention: true })) console.log(closure.attention[0]?.length);
    return undefined;
  } catch (error) {
    return error instanceof AccountClosureError ? error.code : undefined;
  }
}
// @ts-expect-error a phase that is none
export const wrong = (closures: AccountClosureClient) => closures.wait('id', { phase: 'done' });
// @ts-expect-error what a closure is rejected for is there once its phase is known
export const unasked = (status: ObservedClosure) => status.reason;
export const asked = (status: ObservedClosure): string => (status.phase === 'rejected' ? status.reason + status.advice : '');
`;

const COMMON_JS = `
const { AccountClosureClient, createConfirmationToken } = require('account-closure-client');
const closures = AccountClosureClient.connect({ env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
closures.close().then(() => console.log(createConfirmationToken().length));
`;

const ES_MODULE = `
import { AccountClosureClient, AccountClosureError, createConfirmationToken } from 'account-closure-client';
console.log([typeof AccountClosureClient, typeof AccountClosureError, createConfirmationToken().length].join(' '));
`;

const BUNDLED = `
require('esbuild').transform('let a: number = 1', { loader: 'ts' }).then(({ code }) => console.log(code.trim()));
`;

const COMPILER_OPTIONS = {
  strict: true,
  target: 'es2023',
  lib: ['es2023'],
  module: 'node20',
  noEmit: true,
  // What the compiler says of our own files is the same either way.
  skipLibCheck: false,
  types: ['node'],
  typeRoots: [path.join(REPOSITORY, 'node_modules/@types')],
};

describe('the client as a backend installs it, beside its bundler', () => {
  let backend: string;
  /** What the compiler says, line by line. */
  let complaints: readonly string[];

  beforeAll(async () => {
    backend = await mkdtemp(path.join(tmpdir(), 'closure-backend-'));
    await run(process.execPath, [path.join(REPOSITORY, 'client-package/build.cjs')], { cwd: REPOSITORY });
    await run('npm', ['pack', './dist-client', '--pack-destination', backend], { cwd: REPOSITORY });
    const version = packageVersion();
    await writeFile(path.join(backend, 'package.json'), JSON.stringify({ name: 'backend', private: true }));
    await writeFile(path.join(backend, 'typed.ts'), TYPED);
    await writeFile(path.join(backend, 'documented.ts'), await documentedExample());
    await writeFile(path.join(backend, 'common.cjs'), COMMON_JS);
    await writeFile(path.join(backend, 'module.mjs'), ES_MODULE);
    await writeFile(path.join(backend, 'bundled.cjs'), BUNDLED);
    await writeFile(
      path.join(backend, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['typed.ts', 'documented.ts'] }),
    );
    await install(`./account-closure-client-${version}.tgz`, 'esbuild@0.28.2');
    complaints = await compiled(backend);
  }, INSTALL_MS);

  afterAll(async () => {
    await rm(backend, { recursive: true, force: true });
  });

  /** A plain install, as anybody types it. Returns what npm complained about. */
  async function install(...what: readonly string[]): Promise<string> {
    const { stderr } = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...what], {
      cwd: backend,
    });
    return stderr;
  }

  const node = async (file: string): Promise<string> =>
    (await run(process.execPath, [file], { cwd: backend })).stdout.trim();
  const installed = async (): Promise<readonly string[]> =>
    (await readdir(path.join(backend, 'node_modules'), { recursive: true })).filter((file) =>
      file.endsWith('package.json'),
    );

  it('brings nothing of the worker, and no script that would have to be allowed', async () => {
    const packages = (await installed()).map((file) => path.dirname(file));

    for (const foreign of ['@temporalio/worker', '@temporalio/core-bridge', 'pg', 'pino', '@azure', 'commander']) {
      expect(packages).not.toContain(foreign);
    }
    const manifest = await readFile(path.join(backend, 'node_modules/account-closure-client/package.json'), 'utf8');
    expect(JSON.parse(manifest)).not.toHaveProperty('scripts');
  });

  it(
    'leaves the bundler as it was, and stays what it is when something is installed again',
    async () => {
      const before = await installed();

      const warnings = await install();

      expect(await installed()).toEqual(before);
      expect(warnings).not.toContain('account-closure');
      await expect(node('bundled.cjs')).resolves.toBe('let a = 1;');
    },
    INSTALL_MS,
  );

  it('is typed, and so is the example of its documentation', () => {
    const aboutLibraries = /^\S*node_modules\/\S+: error TS/;

    expect(complaints.filter((line) => line.includes('error TS') && !aboutLibraries.test(line))).toEqual([]);
  });

  it('has no wrong type of its own where those of libraries are checked', () => {
    expect(complaints.filter((line) => /account-closure|typed\.ts|documented\.ts/.test(line))).toEqual([]);
  });

  it('is required by CommonJS and imported by ES modules', async () => {
    await expect(node('common.cjs')).resolves.toBe('43');
    await expect(node('module.mjs')).resolves.toBe('function function 43');
  });

  it('has every document that its messages point to', async () => {
    const home = path.join(backend, 'node_modules/account-closure-client');
    const code = await sourcesIn(path.join(home, 'lib'));
    const documents = [...code.matchAll(/\bdocs\/[\w-]+\.md/g)].map(([document]) => document);

    expect(documents).not.toEqual([]);
    for (const document of documents) {
      await expect(readFile(path.join(home, document), 'utf8')).resolves.toContain('# ');
    }
  });
});

describe('the package of the program', () => {
  it('has every document that its messages point to', async () => {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: REPOSITORY });
    const code = await Promise.all(
      ['client', 'cli', 'workflows'].map((folder) => sourcesIn(path.join(REPOSITORY, folder))),
    );
    const documents = [...code.join('\n').matchAll(/\bdocs\/[\w-]+\.md/g)].map(([document]) => document);

    expect(documents).not.toEqual([]);
    for (const document of documents) expect(stdout).toContain(`"${document}"`);
  });
});

/**
 * What the compiler says of the folder, line by line. Not by a promise of Node: its errors are none of Jest's own.
 * @throws Error when it fails without a word about the types
 */
async function compiled(folder: string): Promise<readonly string[]> {
  const { hasFailed, said } = await new Promise<{ hasFailed: boolean; said: string }>((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder], { cwd: folder }, (error, said) => {
      resolve({ hasFailed: error !== null, said });
    });
  });
  if (hasFailed && !said.includes('error TS')) throw new Error(`The compiler has failed: ${said}`);
  return said.split('\n');
}

async function documentedExample(): Promise<string> {
  const text = await readFile(path.join(REPOSITORY, 'docs/client.md'), 'utf8');
  return /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
}

async function sourcesIn(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.(js|ts)$/.test(file));
  return (await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')))).join('\n');
}
