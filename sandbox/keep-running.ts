import { setTimeout as pause } from 'node:timers/promises';
import type { GuardedProcess } from './guarded-process';

/** A program that is started again whenever it ends. */
export interface KeptProcess {
  /** Ends the program for good, and returns when it is gone. */
  readonly stop: () => Promise<void>;
}

/** What to keep running, and how. */
export interface KeepOptions {
  /** What it is called, e.g. `The worker`. */
  readonly name: string;
  readonly start: () => GuardedProcess;
  /** Resolves when a started one does its work; rejects when it never will. */
  readonly untilReady: (started: GuardedProcess) => Promise<void>;
  readonly say: (line: string) => void;
  /** How long to wait before the next start, by how often in a row it has ended soon. Milliseconds; a test makes it short. */
  readonly pauseBefore?: (timesInARow: number) => number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Whoever ran this long has not ended "soon". */
const LONG_RUN_MS = 60_000;

/** One second, and twice as long each time up to half a minute. */
export function growingPause(timesInARow: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (timesInARow - 1), LONGEST_PAUSE_MS);
}

/**
 * Starts a program, returns when it is ready, and starts it again whenever it ends, with growing pauses while it ends soon. Says
 * so each time.
 * @throws whatever `untilReady` rejects with, of the first start alone: settings that are wrong do not mend themselves
 */
export async function keepRunning(options: KeepOptions): Promise<KeptProcess> {
  const stopping = new AbortController();
  let running = options.start();
  try {
    await options.untilReady(running);
  } catch (error) {
    await running.stop();
    throw error;
  }
  const watching = watch(running, options, { signal: stopping.signal, onStart: (next) => (running = next) });
  return {
    stop: async () => {
      stopping.abort();
      await running.stop();
      await watching;
    },
  };
}

interface Watch {
  readonly signal: AbortSignal;
  readonly onStart: (started: GuardedProcess) => void;
}

async function watch(first: GuardedProcess, options: KeepOptions, { signal, onStart }: Watch): Promise<void> {
  const { name, start, say, pauseBefore = growingPause } = options;
  let running = first;
  for (let timesInARow = 1; ; timesInARow += 1) {
    const startedAt = performance.now();
    const code = await running.exited;
    if (signal.aborted) return;
    if (performance.now() - startedAt > LONG_RUN_MS) timesInARow = 1;
    const pauseMs = pauseBefore(timesInARow);
    say(`${name} has ended (exit code ${String(code)}); it is started again in ${String(pauseMs / 1000)} s.`);
    if (!(await waitOut(pauseMs, signal))) return;
    running = start();
    onStart(running);
    void sayWhenReady(running, options);
  }
}

async function sayWhenReady(started: GuardedProcess, { name, untilReady, say }: KeepOptions): Promise<void> {
  try {
    await untilReady(started);
    say(`${name} runs again.`);
  } catch (error) {
    // When it has ended, that is said by whoever starts the next one.
    if (!started.hasExited()) say(error instanceof Error ? error.message : String(error));
  }
}

/** Whether the time has passed without a stop. */
async function waitOut(pauseMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(pauseMs, undefined, { signal });
    return true;
  } catch {
    // Only the signal ends it early.
    return false;
  }
}
