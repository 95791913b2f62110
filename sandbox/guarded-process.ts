import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { packageRoot } from './machine';

/** A program that we started and that cannot outlive us. */
export interface GuardedProcess {
  /** Exit code, once it has ended; 1 when a signal ended it. */
  readonly exited: Promise<number>;
  readonly hasExited: () => boolean;
  /** What it printed last, for the message of an error. */
  readonly lastOutput: () => string;
  /** Asks it and everything it started to end, insists after three seconds, and returns when it is gone. */
  readonly stop: () => Promise<void>;
  /** Kills it as a crash would: it gets no chance to clear up. Returns when it is gone. */
  readonly kill: () => Promise<void>;
}

/** How to start a guarded program. */
export interface GuardedOptions {
  readonly folder?: string;
  /** Added to our own environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears all that it prints, on both streams. */
  readonly onOutput?: (text: string) => void;
}

/** A program that was to do something and end did not manage it, or did not manage it in time. */
export class CommandFailedError extends Error {
  constructor(command: readonly string[], reason: string, output: string) {
    super(`${path.basename(command[0] ?? '')} ${reason}${output === '' ? '.' : `:\n${output}`}`);
    this.name = 'CommandFailedError';
  }
}

const LAST_OUTPUT_CHARACTERS = 2_000;

/** Starts a program that ends with us, also when we are killed (see `guard.cjs`). */
export function startGuarded(command: readonly string[], options: GuardedOptions = {}): GuardedProcess {
  const guard = spawn(process.execPath, [path.join(packageRoot(), 'sandbox', 'guard.cjs'), ...command], {
    // A group of its own: Ctrl-C in a terminal reaches us alone, and we end it in our order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
  });
  let output = '';
  for (const stream of [guard.stdout, guard.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-LAST_OUTPUT_CHARACTERS);
      options.onOutput?.(text);
    });
  }
  // It may be gone before we let go of its stdin.
  guard.stdin.on('error', () => undefined);
  const exited = new Promise<number>((resolve) => {
    guard.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
  const hasExited = (): boolean => guard.exitCode !== null || guard.signalCode !== null;
  const stop = async (): Promise<void> => {
    guard.stdin.end();
    if (!hasExited()) await once(guard, 'exit');
  };
  const kill = async (): Promise<void> => {
    guard.stdin.write('kill\n');
    await exited;
  };
  return { exited, hasExited, lastOutput: () => output.trim(), stop, kill };
}

/**
 * Runs a program to its end; it ends with us, also when we are killed.
 * @throws CommandFailedError when it ends with another code than 0 or takes longer than allowed.
 */
export async function runGuarded(
  command: readonly string[],
  options: GuardedOptions & { readonly timeoutMs: number },
): Promise<void> {
  const running = startGuarded(command, options);
  const overdue = new AbortController();
  const timer = setTimeout(() => {
    overdue.abort();
    void running.stop();
  }, options.timeoutMs);
  const code = await running.exited;
  clearTimeout(timer);
  if (overdue.signal.aborted) throw new CommandFailedError(command, 'took too long', running.lastOutput());
  if (code !== 0) throw new CommandFailedError(command, `ended with code ${code}`, running.lastOutput());
}
