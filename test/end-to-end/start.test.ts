import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { packageRoot } from '../../sandbox/machine';
import { isListening } from '../../sandbox/ports';
import { FIRST_START_MS } from '../support/real-parts';
import { until } from '../support/until';

/** `npm start` as a user sees it. */
interface Started {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: () => string;
  readonly exitCode: Promise<number | null>;
}

const exit = z.tuple([z.number().nullable(), z.unknown()]).transform(([code]) => code);

async function start(): Promise<Started> {
  const child = spawn(process.execPath, [path.join(packageRoot(), 'dist', 'sandbox', 'start.js')], {
    cwd: packageRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exitCode = once(child, 'exit').then((event) => exit.parse(event));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  const printed = (): string => output;
  await until(printed, (all) => all.includes('Ctrl-C ends everything.') || child.exitCode !== null, FIRST_START_MS);
  return { child, printed, exitCode };
}

/** What the line with this label says. */
function lineOf({ printed }: Started, label: RegExp): string {
  return printed().match(label)?.[1] ?? '';
}

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
  let started: Started;

  afterEach(() => {
    started.child.kill('SIGKILL');
  });

  it(
    'shows where the Web UI is and what to try, and all of it works; Ctrl-C ends everything',
    async () => {
      started = await start();
      const ports = portsOf(started);
      const ui = await fetch(lineOf(started, /^Web UI +(\S+)/m));
      const closure = await tryWhatIsPrinted(started);

      started.child.kill('SIGINT');
      const code = await started.exitCode;

      expect(ui.status).toBe(200);
      expect(closure).toMatchObject({ phase: 'closed', auditEntries: 6 });
      expect(code).toBe(0);
      expect(ports).toHaveLength(3);
      expect(await listening(ports)).toEqual([]);
    },
    FIRST_START_MS,
  );

  it(
    'leaves nothing running when it is killed',
    async () => {
      started = await start();
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

/** Carries a closure to its end by the printed commands alone. */
async function tryWhatIsPrinted(started: Started): Promise<unknown> {
  const found = new Map<string, string>();
  const tryLine = async (command: string, options = ''): Promise<string> => {
    const line = lineOf(started, new RegExp(`^ +(npx closure ${command}.*)$`, 'm'));
    const filled = line.replaceAll(/<([a-z ]+)>/g, (_placeholder, name: string) => found.get(name) ?? '');
    return run(`${lineOf(started, /^ +(set -a.*)$/m)}; ${filled} ${options}`);
  };
  const requested = z
    .object({ closureId: z.string(), token: z.string() })
    .parse(JSON.parse(await tryLine('request', '--json')));
  found.set('closure id', requested.closureId).set('token', requested.token);
  const asked = await tryLine('wait', '--phase awaitingConfirmation --timeout 60s --json');
  found.set('plan digest', z.object({ planDigest: z.string() }).parse(JSON.parse(asked)).planDigest);
  await tryLine('status');
  await tryLine('confirm');
  const { phase } = z.object({ phase: z.string() }).parse(JSON.parse(await tryLine('wait', '--json')));
  const entries = await tryLine('audit show', '--json');
  return { phase, auditEntries: entries.trim().split('\n').length };
}

/** Runs the line in a shell in this folder, and answers what it printed. Fails the test when it fails. */
async function run(line: string): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd: packageRoot(), stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (exit.parse(await exited) !== 0) throw new Error(`${line}\n${stdout}${stderr}`);
  return stdout;
}
