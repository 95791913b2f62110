import { codeOf } from './far-ends';
import { errorClassOf, type EventLog } from './logger';

/** Clears up once. Answers how much was removed, and ends with the signal. */
export type SweepOnce = (signal: AbortSignal) => Promise<number>;

const DAY_MS = 24 * 60 * 60 * 1_000;
const AGAIN_MS = 60 * 60 * 1_000;
/** One sweep may take so long: it must not hold a connection for ever. */
const PATIENCE_MS = 10 * 60 * 1_000;

/**
 * Sweeps at once and every day, and an hour after a sweep that failed; says each time what came of it. Does not keep the process
 * alive. Each worker sweeps for itself: to remove twice is harmless.
 */
export function sweepDaily(sweep: SweepOnce, say: EventLog): { readonly close: () => void } {
  const closed = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const next = async (): Promise<void> => {
    const succeeded = await sweepNow(sweep, say, closed.signal);
    if (!closed.signal.aborted) timer = setTimeout(() => void next(), succeeded ? DAY_MS : AGAIN_MS).unref();
  };
  void next();
  return {
    close: () => {
      closed.abort();
      clearTimeout(timer);
    },
  };
}

async function sweepNow(sweep: SweepOnce, say: EventLog, closed: AbortSignal): Promise<boolean> {
  try {
    const removed = await sweep(AbortSignal.any([closed, AbortSignal.timeout(PATIENCE_MS)]));
    say({ event: 'vault-swept', removed });
    return true;
  } catch (error) {
    // Whatever the reason: what is abandoned lies sealed, and the next sweep finds it.
    const code = codeOf(error);
    const said = { event: 'sweep-failed', errorClass: errorClassOf(error) } as const;
    if (!closed.aborted) say(code === undefined ? said : { ...said, code });
    return false;
  }
}
