import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, it, expect } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { freePort, isListening, PortTakenError } from '../../sandbox/ports';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { startTimeSkipping } from '../../sandbox/temporal/time-skipping-server';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract/names';

const searchAttributes = Object.values(SEARCH_ATTRIBUTES);
const names = searchAttributes.map(({ name }) => name);

// The first start on a machine may have to build the server.
const FIRST_START_MS = 20 * 60_000;

describe('the Temporal server of the embedded stack', () => {
  let server: TemporalServer;

  beforeAll(async () => {
    server = await startTemporal({ searchAttributes });
  }, FIRST_START_MS);

  afterAll(async () => {
    await server.close();
  });

  it('knows our search attributes as soon as it is up', async () => {
    const connection = await Connection.connect({ address: server.address });

    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: server.namespace });

    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(names));
    await connection.close();
  });

  it('answers with its Web UI as soon as it is up', async () => {
    const answer = await fetch(`${server.uiUrl}/namespaces/${server.namespace}/workflows`);

    expect(answer.status).toBe(200);
    await expect(answer.text()).resolves.toContain('<html');
  });

  it('runs beside others', async () => {
    const another = await startTemporal({ searchAttributes: [] });

    expect(another.address).not.toBe(server.address);
    await another.close();
    await expect(isListening(portOf(another.address))).resolves.toBe(false);
    await expect(isListening(portOf(server.address))).resolves.toBe(true);
  });

  it('refuses a port that is taken, and names it', async () => {
    const port = portOf(server.address);

    await expect(startTemporal({ port, searchAttributes: [] })).rejects.toThrow(PortTakenError);
    await expect(startTemporal({ uiPort: port, searchAttributes: [] })).rejects.toThrow(`Port ${port}`);
  });

  it('keeps its state in a file when it is given one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'temporal-'));
    const options = { port: await freePort(), searchAttributes, dbFilename: path.join(folder, 'temporal.db') };
    await (await startTemporal(options)).close();

    const again = await startTemporal(options);

    expect(again.address).toBe(`127.0.0.1:${options.port}`);
    await again.close();
    await rm(folder, { recursive: true });
  });
});

describe('the time-skipping server', () => {
  it(
    'takes our search attributes as soon as it is up, and no others',
    async () => {
      const environment = await startTimeSkipping({ searchAttributes });
      const start = (workflowId: string, key: typeof SEARCH_ATTRIBUTES.phase): Promise<unknown> =>
        environment.client.workflow.start('any', {
          workflowId,
          taskQueue: 'nobody',
          typedSearchAttributes: [{ key, value: 'checking' }],
        });

      await expect(start('known', SEARCH_ATTRIBUTES.phase)).resolves.toBeDefined();
      await expect(start('unknown', { ...SEARCH_ATTRIBUTES.phase, name: 'Unknown' })).rejects.toThrow();
      await environment.teardown();
    },
    FIRST_START_MS,
  );

  it('skips the time that a test does not want to wait', async () => {
    const environment = await startTimeSkipping({ searchAttributes });
    const before = await environment.currentTimeMs();

    await environment.sleep('14 days');

    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(14 * 24 * 3_600_000);
    await environment.teardown();
  });
});

describe('a server whose owner crashes or is interrupted', () => {
  let owner: ChildProcess | undefined;

  afterEach(() => {
    owner?.kill('SIGKILL');
  });

  // The SDK keeps a process with a time-skipping server from ending at SIGINT, so that Workers can stop first.
  it.each([
    ['development', 'SIGKILL'],
    ['development', 'SIGINT'],
    ['time-skipping', 'SIGKILL'],
  ] as const)('is gone with all that it has started (%s, %s)', async (kind, signal) => {
    const running = await startOwner(kind);
    owner = running.owner;
    const started = familyOf(owner);

    owner.kill(signal);
    await once(owner, 'exit');

    await expect(eventually(async () => !(await isListening(running.port)))).resolves.toBe(true);
    await expect(eventually(() => Promise.resolve(!started.some(isAlive)))).resolves.toBe(true);
    expect(started.length).toBeGreaterThan(0);
  });
});

async function startOwner(kind: string): Promise<{ owner: ChildProcess; port: number }> {
  const hook = path.join(__dirname, '..', 'support', 'typescript.cjs');
  const program = path.join(__dirname, 'server-owner.cjs');
  const owner = spawn(process.execPath, ['--require', hook, program, kind], { stdio: ['ignore', 'pipe', 'inherit'] });
  const printed: readonly unknown[] = await once(owner.stdout.setEncoding('utf8'), 'data');
  return { owner, port: portOf(String(printed[0]).trim()) };
}

/** Process ids of everything that a process has started. */
function familyOf(owner: ChildProcess): readonly number[] {
  const parents = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = (parent: number): readonly number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child = 0]) => [child, ...childrenOf(child)]);
  return childrenOf(owner.pid ?? 0);
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let look = 0; look < 100; look += 1) {
    if (await isSo()) return true;
    await pause(100);
  }
  return false;
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1));
}
