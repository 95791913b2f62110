import { setTimeout as pause } from 'node:timers/promises';
import { RUNNING_PHASES, type ClosureStatus, type Phase } from '../workflows/contract/status';
import { AccountClosureError } from './errors';
import { hasCode } from './server-calls';

/** What to wait for, and how long. */
export interface WaitOptions {
  /** Wait until this phase is reached or passed; without it, until the closure has ended, however it ends. */
  readonly phase?: Phase;
  /** Give up after this long. Default: never. */
  readonly timeoutMs?: number;
  /** Ends the waiting; the closure goes on. */
  readonly signal?: AbortSignal;
}

const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 5_000;
const LONGEST_READ_MS = 60_000;
const GROWTH = 1.5;

/** How a status stands to what is waited for. */
export type Arrival = 'arrived' | 'not-yet' | 'ended-otherwise';

/**
 * Whether a status is what is waited for. The running phases come in the order of the story, so a later one has passed an
 * earlier one; `closed` has passed them all. Any other end proves nothing about the phases before it.
 */
export function arrivalOf(status: ClosureStatus, phase: Phase | undefined): Arrival {
  if (status.phase === phase) return 'arrived';
  if (status.outcome !== undefined) return arrivalOfEnded(status, phase);
  return orderOf(phase) !== -1 && orderOf(status.phase) > orderOf(phase) ? 'arrived' : 'not-yet';
}

/**
 * Reads the status again and again until it is what is waited for; times when it cannot be read are waited out. A read is
 * told by its signal when to give up.
 * @throws AccountClosureError `timed-out`, `other-outcome` with the status; the signal's reason when it is aborted
 */
export async function waitForClosure<S extends ClosureStatus>(
  read: (signal: AbortSignal) => Promise<S>,
  { phase, timeoutMs = Infinity, signal = new AbortController().signal }: WaitOptions,
): Promise<S> {
  const giveUpAt = Date.now() + timeoutMs;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * GROWTH, LONGEST_POLL_MS)) {
    signal.throwIfAborted();
    const readForMs = Math.max(1, Math.min(giveUpAt - Date.now(), LONGEST_READ_MS));
    const status = await readIfAvailable(() => within(readForMs, signal, read));
    if (status !== undefined && hasArrived(status, phase)) return status;
    const leftMs = giveUpAt - Date.now();
    if (leftMs <= 0) throw tooLate(phase);
    await pause(Math.min(pollMs, leftMs), undefined, { signal });
  }
}

/** Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect the time-out as garbage, and it never comes. */
async function within<S>(ms: number, signal: AbortSignal, read: (signal: AbortSignal) => Promise<S>): Promise<S> {
  const reading = new AbortController();
  const giveUp = (): void => {
    reading.abort(signal.reason);
  };
  const timer = setTimeout(giveUp, ms);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await read(reading.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

function hasArrived(status: ClosureStatus, phase: Phase | undefined): boolean {
  const arrival = arrivalOf(status, phase);
  if (arrival === 'ended-otherwise') throw otherOutcome(status);
  return arrival === 'arrived';
}

function arrivalOfEnded(status: ClosureStatus, phase: Phase | undefined): Arrival {
  if (phase === undefined) return 'arrived';
  return status.phase === 'closed' && orderOf(phase) !== -1 ? 'arrived' : 'ended-otherwise';
}

function orderOf(phase: Phase | undefined): number {
  return RUNNING_PHASES.findIndex((running) => running === phase);
}

async function readIfAvailable<S>(read: () => Promise<S>): Promise<S | undefined> {
  try {
    return await read();
  } catch (error) {
    if (hasCode(error, 'unavailable', 'timed-out')) return undefined;
    throw error;
  }
}

function otherOutcome(status: ClosureStatus): AccountClosureError {
  return new AccountClosureError('other-outcome', `The closure has ended as ${status.phase}.`, { status });
}

function tooLate(phase: Phase | undefined): AccountClosureError {
  const what = phase === undefined ? 'ended' : `reached ${phase}`;
  return new AccountClosureError(
    'timed-out',
    `The closure has not ${what} in time; it goes on. It is safe to wait again.`,
  );
}
