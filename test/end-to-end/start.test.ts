import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { packageRoot } from '../../sandbox/machine';
import { isListening } from '../../sandbox/ports';
import { FIRST_START_MS } from '../support/real-parts';
import { lineOf, runLine, startProgram, type Started } from '../support/started-program';
import { until } from '../support/until';

/** The ports of everything that is named in what was printed. */
function portsOf(started: Started): readonly number[] {
  const places = [/^Web UI +(\S+)/m, /^Temporal +(\S+)/m, /^Worker +(\S+)/m].map((label) => lineOf(started, label));
  return places.map((place) => Number(/:(\d+)/.exec(place.replace('http:', ''))?.[1]));
}

async function listening(ports: readonly number[]): Promise<readonly number[]> {
  const answers = await Promise.all(ports.map(async (port) => ((await isListening(port)) ? [port] : [])));
  return answers.flat();
}

describe('npm start', () => {
  const all: Started[] = [];
  const start = async (): Promise<Started> => {
    const started = await startProgram('start');
    all.push(started);
    return started;
  };
  /** Runs through the first three tests: what it survives must not be seen in what it does afterwards. */
  let first: Started;

  beforeAll(async () => {
    first = await start();
  }, FIRST_START_MS);
  afterAll(() => {
    for (const { child } of all) child.kill('SIGKILL');
  });

  it(
    'leaves the environment of one that runs already as it is',
    async () => {
      const written = readFileSync(environmentFileOf(first), 'utf8');

      const second = await start();
      second.child.kill('SIGINT');
      await second.exitCode;

      expect(environmentFileOf(second)).not.toBe(environmentFileOf(first));
      expect(existsSync(environmentFileOf(second))).toBe(false);
      expect(readFileSync(environmentFileOf(first), 'utf8')).toBe(written);
      expect(written).toContain("\nCLOSURE_READS_LAG='2s'\n");
      expect(lineOf(second, /^Targets +(\S+)$/m)).not.toBe(lineOf(first, /^Targets +(\S+)$/m));
      expect([first, second].map((each) => existsSync(lineOf(each, /^Targets +(\S+)$/m)))).toEqual([true, false]);
    },
    FIRST_START_MS,
  );

  it(
    'survives the death of its worker, and says so',
    async () => {
      const [worker] = workersOf(first);

      process.kill(worker ?? 0, 'SIGKILL');

      const printed = await first.untilPrinted('The worker runs again.');
      expect(printed).toMatch(/The worker has ended \(exit code 1\); it is started again in 1 s\.\n/);
      expect(printed).toMatch(/^\d\d:\d\d:\d\d {2}worker: worker started · account-closure · default$/m);
      expect(workersOf(first)).toHaveLength(1);
    },
    FIRST_START_MS,
  );

  it(
    'shows where the Web UI is and what to try, and all of it works; Ctrl-C ends everything',
    async () => {
      const ports = portsOf(first);
      const ui = await fetch(lineOf(first, /^Web UI +(\S+)/m));
      const closure = await tryWhatIsPrinted(first);

      first.child.kill('SIGINT');
      const code = await first.exitCode;

      expect(ui.status).toBe(200);
      expect(closure).toMatchObject({
        phase: 'closedWithRetention',
        effects: [
          ...['closure:plan', 'crm:erase', 'crm:verify', 'directory:erase', 'directory:fence', 'directory:verify'],
          ...['export:request', 'newsletter:erase', 'newsletter:verify', 'shop:erase', 'shop:verify'],
        ],
        attention: { target: 'crm', fault: 'RequestRefused', code: 'read-only' },
      });
      expect(code).toBe(0);
      expect(existsSync(environmentFileOf(first))).toBe(false);
      expect(ports).toHaveLength(3);
      expect(await listening(ports)).toEqual([]);
    },
    FIRST_START_MS,
  );

  it(
    'ends, and says why, when the Temporal server is gone with the closures in its memory',
    async () => {
      const started = await start();

      process.kill(temporalOf(started), 'SIGKILL');

      expect(await started.exitCode).toBe(1);
      expect(started.printed()).toContain('The Temporal server has ended, and the closures in its memory are gone');
      expect(await listening(portsOf(started))).toEqual([]);
    },
    FIRST_START_MS,
  );

  it(
    'leaves nothing running when it is killed',
    async () => {
      const started = await start();
      const ports = portsOf(started);
      const before = await listening(ports);

      started.child.kill('SIGKILL');

      expect(before).toEqual(ports);
      await until(
        () => listening(ports),
        (left) => left.length === 0,
        20_000,
      );
    },
    FIRST_START_MS,
  );
});

/** The file that the printed command reads. */
function environmentFileOf(started: Started): string {
  return path.join(packageRoot(), lineOf(started, /^ +set -a; \. (\S+); set \+a$/m));
}

/** Ids of the worker processes of this stack, by the port that their health is asked at. */
function workersOf(started: Started): readonly number[] {
  const port = `HEALTH_PORT=${lineOf(started, /^Worker +http:\/\/127\.0\.0\.1:(\d+)/m)}`;
  // Not the guard before it, which has the worker's path among its arguments as well.
  const processes = execFileSync('ps', ['-eww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const ids = processes.flatMap((line) => /^ *(\d+) \S*node \S+worker\/main\.js$/.exec(line)?.[1] ?? []);
  return ids.filter((id) => environmentOf(id).includes(port)).map(Number);
}

/** Id of the Temporal server's process of this stack. */
function temporalOf(started: Started): number {
  const port = lineOf(started, /^Temporal +127\.0\.0\.1:(\d+)/m);
  const processes = execFileSync('ps', ['-eww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const ofServer = new RegExp(`^ *(\\d+) (?!\\S*node )\\S+ server start-dev .*--port ${port} `);
  return Number(processes.flatMap((line) => ofServer.exec(line)?.[1] ?? [])[0]);
}

function environmentOf(processId: string): readonly string[] {
  return execFileSync('ps', ['eww', '-o', 'args=', '-p', processId], { encoding: 'utf8' }).trim().split(' ');
}

const Asked = z.object({ planDigest: z.string() });
const Waiting = z.object({ attention: z.tuple([z.looseObject({ target: z.string() })]) });
const AuditEntry = z.object({ target: z.string(), step: z.string(), kind: z.string() });

/** Carries a closure to its end by the printed commands alone, with a service that is broken and repaired. */
async function tryWhatIsPrinted(started: Started): Promise<unknown> {
  const found = new Map<string, string>();
  const tryLine = async (command: string, options = ''): Promise<string> => {
    const line = lineOf(started, new RegExp(`^ +((?:npx closure|curl -X POST \\S+)[ /]${command}.*)$`, 'm'));
    const filled = line.replaceAll(/<([a-z ]+)>/g, (_placeholder, name: string) => found.get(name) ?? '');
    return runLine(`${lineOf(started, /^ +(set -a.*)$/m)}; ${filled} ${options}`);
  };
  expect(await tryLine('targets check')).toMatch(/^Order of erasure\n[^:]+No problems\.\n$/);
  expect(await tryLine('targets probe')).toContain('crm does what the contract asks');
  const requested = z
    .object({ closureId: z.string(), token: z.string() })
    .parse(JSON.parse(await tryLine('request', '--json')));
  found.set('closure id', requested.closureId).set('token', requested.token);
  const asked = await tryLine('wait', '--phase awaitingConfirmation --timeout 60s --json');
  found.set('plan digest', Asked.parse(JSON.parse(asked)).planDigest);
  await tryLine('status');
  await tryLine('break');
  await tryLine('confirm');
  const [attention] = Waiting.parse(await untilAttention(() => tryLine('status', '--json'))).attention;
  expect(await tryLine('list --attention')).toContain('crm:RequestRefused');
  await tryLine('repair');
  await tryLine('resolve');
  const { phase } = z.object({ phase: z.string() }).parse(JSON.parse(await tryLine('wait', '--json')));
  const entries = (await tryLine('audit show', '--json')).trim().split('\n');
  const effects = entries.map((line) => AuditEntry.parse(JSON.parse(line))).filter(({ kind }) => kind === 'result');
  return { phase, attention, effects: effects.map(({ target, step }) => `${target}:${step}`).toSorted() };
}

function untilAttention(readStatus: () => Promise<string>): Promise<unknown> {
  return until(
    async (): Promise<unknown> => JSON.parse(await readStatus()),
    (status) => Waiting.safeParse(status).success,
    60_000,
  );
}
