import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { packageRoot } from '../../sandbox/machine';
import { FIRST_START_MS } from './real-parts';
import { until } from './until';

/** A command of the package as a user sees it. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly printed: () => string;
  /** Waits until it has printed this; fails the test when it ends before, or not in time. */
  readonly untilPrinted: (words: string) => Promise<string>;
  readonly exitCode: Promise<number | null>;
}

const exit = z.tuple([z.number().nullable(), z.unknown()]).transform(([code]) => code);

/** Starts a built program of the sandbox, and returns when it says that it stays up until Ctrl-C. */
export async function startProgram(name: 'start' | 'demo', options: readonly string[] = []): Promise<Started> {
  const child = spawn(process.execPath, [path.join(packageRoot(), 'dist', 'sandbox', `${name}.js`), ...options], {
    cwd: packageRoot(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exitCode = once(child, 'exit').then((event) => exit.parse(event));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
  const printed = (): string => output;
  const untilPrinted = async (words: string): Promise<string> => {
    const isDone = (all: string): boolean => all.includes(words) || child.exitCode !== null;
    return until(printed, isDone, FIRST_START_MS);
  };
  await untilPrinted('Ctrl-C ends everything.');
  return { child, printed, untilPrinted, exitCode };
}

/** What the line with this label says. */
export function lineOf({ printed }: Pick<Started, 'printed'>, label: RegExp): string {
  return printed().match(label)?.[1] ?? '';
}

/** Runs the line in a shell in the package's folder, and answers what it printed. Fails the test when it fails. */
export async function runLine(line: string): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd: packageRoot(), stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (exit.parse(await exited) !== 0) throw new Error(`${line}\n${stdout}${stderr}`);
  return stdout;
}
