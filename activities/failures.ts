import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { FailureDetails, FailureType, FaultDetail } from '../workflows/contract/failures';
import type { TargetName } from '../workflows/contract/targets';
import type { Attempt } from './attempt';
import { PortFault, ThrottledError, type FaultKind } from './ports/faults';
import { NotYetError, StepNeedsOperatorError } from './ports/step-faults';
import { isSettled, settlingMs } from './sightings';

/** What becomes of a fault: its type on the wire, and whether Temporal tries again. */
interface Verdict {
  readonly type: FailureType;
  /** `retry`: may pass by itself. `operator`: will not; the step waits for somebody. `early`: nothing is wrong. */
  readonly then: 'retry' | 'operator' | 'early';
  /** When to try again; otherwise the Activity's retry policy says. */
  readonly afterMs?: number | undefined;
}

/**
 * What each kind of fault means. `pass`: it passes by itself, and says nothing about what was asked. `settle`: a refusal that
 * may pass, because rights and blocks take their time to arrive: believed when it was the answer for as long as reads may lag.
 * `final`: the same request is refused however often it is sent.
 */
const MEANINGS: Readonly<
  Record<FaultKind, { readonly type: FailureType; readonly lasts: 'pass' | 'settle' | 'final' }>
> = {
  throttled: { type: 'Throttled', lasts: 'pass' },
  unavailable: { type: 'Unavailable', lasts: 'pass' },
  indeterminate: { type: 'Indeterminate', lasts: 'pass' },
  'access-denied': { type: 'AccessDenied', lasts: 'settle' },
  'not-authenticated': { type: 'NotAuthenticated', lasts: 'settle' },
  'purge-refused': { type: 'PurgeRefused', lasts: 'settle' },
  'request-refused': { type: 'RequestRefused', lasts: 'final' },
  'export-location-refused': { type: 'ExportLocationRefused', lasts: 'final' },
};

/** The question under which refusals are counted. */
const REFUSAL = 'refusal';

/** What one target of several failed with: the operator has to know which. */
export class TargetFault extends Error {
  readonly target: TargetName;

  constructor(target: TargetName, cause: unknown) {
    super('A target could not be planned.', { cause });
    this.name = 'TargetFault';
    this.target = target;
  }
}

/**
 * The only place that decides whether a fault is retried, and when. Messages are the fixed texts of our own errors; a fault
 * that we did not foresee becomes a `Defect` with a fixed text, because its own might quote anything. It is retried: the next
 * version of the worker may well be able to do it.
 */
export function toFailure(thrown: unknown, attempt: Attempt): ApplicationFailure | CancelledFailure {
  const fault: unknown = thrown instanceof TargetFault ? thrown.cause : thrown;
  if (fault instanceof CancelledFailure || fault instanceof ApplicationFailure) return fault;
  const { cancellationSignal, info } = Context.current();
  // Whatever an aborted call throws: the reason is that the Activity was cancelled.
  const cancelled: unknown = cancellationSignal.reason;
  if (cancelled instanceof CancelledFailure) return cancelled;
  const verdict = verdictOn(fault, attempt);
  const details: FailureDetails = { attempt: info.attempt, ...detailOf(thrown) };
  return ApplicationFailure.create({
    type: verdict.type,
    message: isOurs(fault) ? fault.message : messageOf(verdict.type),
    nonRetryable: verdict.then === 'operator',
    ...(verdict.then === 'early' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...pauseOf(verdict, attempt),
    details: [details],
  });
}

/** At which call of which far end it failed, in opaque codes; empty where there was none. */
export function detailOf(fault: unknown): FaultDetail {
  if (fault instanceof TargetFault) return { ...detailOf(fault.cause), at: fault.target };
  return fault instanceof PortFault ? fault.detail : {};
}

/** The server takes no delay at all for the end of the Activity. */
const SOONEST_MS = 1_000;
/** A delay that ends later than the Activity ends it at once: so much is left for a last attempt. */
const LAST_ATTEMPT_MS = 5_000;

function pauseOf({ afterMs }: Verdict, attempt: Attempt): { readonly nextRetryDelay?: number } {
  if (afterMs === undefined) return {};
  const latestMs = attempt.remainingMs() - LAST_ATTEMPT_MS;
  const nextRetryDelay = Math.round(Math.max(Math.min(afterMs, latestMs), SOONEST_MS));
  attempt.pauses(nextRetryDelay);
  return { nextRetryDelay };
}

function messageOf(type: FailureType): string {
  return type === 'TimedOut'
    ? 'The attempt ran out of time.'
    : 'An unforeseen error: see the worker log at this time for its class and place.';
}

/** Whether the error is one of ours, so that its message is a fixed text. */
function isOurs(fault: unknown): fault is PortFault | NotYetError | StepNeedsOperatorError {
  return fault instanceof PortFault || fault instanceof NotYetError || fault instanceof StepNeedsOperatorError;
}

function verdictOn(fault: unknown, attempt: Attempt): Verdict {
  if (fault instanceof PortFault) return verdictOnFarEnd(fault, attempt);
  // The attempt has got past whatever refused an earlier one.
  if (attempt.lastSeen(REFUSAL) !== undefined) attempt.sighted(REFUSAL, 'none');
  if (fault instanceof NotYetError) return { type: fault.type, then: 'early', afterMs: fault.lookAgainInMs };
  if (fault instanceof StepNeedsOperatorError) return { type: fault.type, then: 'operator' };
  return { type: isTimeout(fault) ? 'TimedOut' : 'Defect', then: 'retry' };
}

function verdictOnFarEnd(fault: PortFault, attempt: Attempt): Verdict {
  // Whatever ails the audit log: nothing is done without it, and everything waits for it.
  if (fault.farEnd === 'audit-log') return { type: 'AuditLogUnavailable', then: 'retry' };
  const { type, lasts } = MEANINGS[fault.kind];
  switch (lasts) {
    case 'pass':
      return { type, then: 'retry', afterMs: fault instanceof ThrottledError ? fault.retryAfterMs : undefined };
    case 'settle':
      return isSettled(attempt.sighted(REFUSAL, refusalOf(fault)), attempt.readsLagMs)
        ? { type, then: 'operator' }
        : { type, then: 'retry', afterMs: settlingMs(attempt.readsLagMs) };
    case 'final':
      return { type, then: 'operator' };
  }
}

function refusalOf({ kind, farEnd, detail }: PortFault): string {
  return [kind, farEnd, detail.operation ?? ''].join(' ');
}

function isTimeout(fault: unknown): boolean {
  // By name: the signal's reason is a DOMException, which need not be one of this realm's.
  return typeof fault === 'object' && fault !== null && 'name' in fault && fault.name === 'TimeoutError';
}
