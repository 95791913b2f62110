import { isClosed, RUNNING_PHASES, type Phase } from '../workflows/contract/phases';
import { AccountClosureError, hasCode, type ErrorDetails } from './errors';
import type { ObservedClosure } from './observed-closure';
import type { CallOptions, TemporalServer } from './temporal-server';

/** What a look while waiting found. */
export type WaitProgress =
  | { readonly kind: 'seen'; readonly status: ObservedClosure }
  /** Nobody answers now: the waiting goes on. `fault.lastKnown` may say what the server knows. */
  | { readonly kind: 'unseen'; readonly fault: AccountClosureError };

/** What to wait for, and how long: without `timeoutMs` for ever. */
export interface WaitOptions extends CallOptions {
  /** Wait until this phase is reached or passed; without it, until the closure has ended, however it ends. */
  readonly phase?: Phase;
  /** End with `needs-operator` as soon as a step waits for an operator: without an answer it would wait for ever. */
  readonly orAttention?: boolean;
  /** Told what every look found. */
  readonly onProgress?: (progress: WaitProgress) => void;
}

const FIRST_POLL_MS = 1_000;
const LONGEST_POLL_MS = 5_000;
const LONGEST_READ_MS = 60_000;
const GROWTH = 1.5;

/** How a status stands to what is waited for. */
export type Arrival = 'arrived' | 'not-yet' | 'ended-otherwise';

/**
 * Whether a status is what is waited for. The running phases come in the order of the story, so a later one has passed an
 * earlier one; a closed account has passed them all. Any other end proves nothing about the phases before it.
 */
export function arrivalOf(status: ObservedClosure, phase: Phase | undefined): Arrival {
  if (status.phase === phase) return 'arrived';
  if (status.outcome !== undefined) return arrivalOfEnded(status, phase);
  return orderOf(phase) !== -1 && orderOf(status.phase) > orderOf(phase) ? 'arrived' : 'not-yet';
}

/**
 * Reads the status again and again until it is what is waited for; times when it cannot be read are waited out.
 * @throws AccountClosureError `timed-out`, `other-outcome`, `needs-operator`, with what was last seen
 */
export async function waitForClosure(
  server: TemporalServer,
  read: (server: TemporalServer) => Promise<ObservedClosure>,
  { phase, orAttention = false, onProgress = () => undefined }: WaitOptions,
): Promise<ObservedClosure> {
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * GROWTH, LONGEST_POLL_MS)) {
    const progress = await look(server, read);
    onProgress(progress);
    if (progress.kind === 'seen' && hasArrived(progress.status, phase)) return progress.status;
    if (orAttention) assertNoAttention(progress);
    await server.pause(pollMs);
    if (server.leftMs === 0) throw tooLate(phase, progress);
  }
}

async function look(
  server: TemporalServer,
  read: (server: TemporalServer) => Promise<ObservedClosure>,
): Promise<WaitProgress> {
  try {
    return { kind: 'seen', status: await read(server.within(LONGEST_READ_MS)) };
  } catch (error) {
    if (hasCode(error, 'unavailable', 'timed-out')) return { kind: 'unseen', fault: error };
    throw error;
  }
}

function hasArrived(status: ObservedClosure, phase: Phase | undefined): boolean {
  const arrival = arrivalOf(status, phase);
  if (arrival !== 'ended-otherwise') return arrival === 'arrived';
  throw new AccountClosureError('other-outcome', `The closure has ended as ${status.phase}.`, { status });
}

function arrivalOfEnded({ outcome }: ObservedClosure, phase: Phase | undefined): Arrival {
  if (phase === undefined) return 'arrived';
  return isClosed(outcome) && orderOf(phase) !== -1 ? 'arrived' : 'ended-otherwise';
}

function orderOf(phase: Phase | undefined): number {
  return RUNNING_PHASES.findIndex((running) => running === phase);
}

function assertNoAttention(progress: WaitProgress): void {
  const waiting = attentionOf(progress);
  if (waiting.length === 0) return;
  const message = `A step waits for an operator: ${waiting.join(', ')}.`;
  throw new AccountClosureError('needs-operator', message, detailsOf(progress));
}

/** Says only what was seen: whether a closure that could not be seen goes on is anybody's guess. */
function tooLate(phase: Phase | undefined, progress: WaitProgress): AccountClosureError {
  const what = phase ?? 'the end';
  const waiting = attentionOf(progress);
  const need = waiting.length === 0 ? '' : `, and waits for an operator: ${waiting.join(', ')}`;
  const last =
    progress.kind === 'seen'
      ? `The closure is ${progress.status.phase}${need}. It is safe to wait again.`
      : `The closure could not be seen: ${progress.fault.message}`;
  const message = `The time to wait for ${what} is over. ${last}`;
  return new AccountClosureError('timed-out', message, detailsOf(progress));
}

function attentionOf(progress: WaitProgress): readonly string[] {
  if (progress.kind === 'unseen') return progress.fault.lastKnown?.attention ?? [];
  return progress.status.attention.map(({ target, fault }) => `${target}:${fault}`);
}

function detailsOf(progress: WaitProgress): ErrorDetails {
  if (progress.kind === 'seen') return { status: progress.status };
  const { fault } = progress;
  return { cause: fault, ...(fault.lastKnown === undefined ? {} : { lastKnown: fault.lastKnown }) };
}
