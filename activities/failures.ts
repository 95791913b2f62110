import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { FailureType } from '../workflows/contract/failures';
import { NotYetError } from './not-yet';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  PortFault,
  PurgeRefusedError,
  RequestRefusedError,
  ThrottledError,
  UnavailableError,
} from './ports/faults';
import { StepNeedsOperatorError } from './step-errors';

/** What becomes of a fault: its type on the wire, and whether Temporal tries again. */
interface Verdict {
  readonly type: FailureType;
  /** `retry`: may pass by itself. `operator`: will not; the step waits for somebody. `early`: nothing is wrong. */
  readonly then: 'retry' | 'operator' | 'early';
  /** When to try again; otherwise the Activity's retry policy says. */
  readonly afterMs?: number | undefined;
}

/**
 * The only place that decides whether a fault is retried. Messages are the fixed texts of our own errors; a fault that we
 * did not foresee becomes a `Defect` with a fixed text, because its own might quote anything. It is retried: the next
 * version of the worker may well be able to do it.
 */
export function toFailure(fault: unknown): ApplicationFailure | CancelledFailure {
  if (fault instanceof CancelledFailure || fault instanceof ApplicationFailure) return fault;
  // Whatever an aborted call throws: the reason is that the Activity was cancelled.
  const cancelled: unknown = Context.current().cancellationSignal.reason;
  if (cancelled instanceof CancelledFailure) return cancelled;
  const verdict = verdictOn(fault);
  return ApplicationFailure.create({
    type: verdict.type,
    message: isOurs(fault) ? fault.message : messageOf(verdict.type),
    nonRetryable: verdict.then === 'operator',
    ...(verdict.then === 'early' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    ...(verdict.afterMs === undefined ? {} : { nextRetryDelay: verdict.afterMs }),
    details: [{ attempt: Context.current().info.attempt }],
  });
}

function messageOf(type: FailureType): string {
  return type === 'TimedOut'
    ? 'The attempt ran out of time.'
    : 'An unforeseen error: see the worker log at this time for its class and place.';
}

/** Whether the error is one of ours, so that its message is a fixed text. */
export function isOurs(fault: unknown): fault is PortFault | NotYetError | StepNeedsOperatorError {
  return fault instanceof PortFault || fault instanceof NotYetError || fault instanceof StepNeedsOperatorError;
}

function verdictOn(fault: unknown): Verdict {
  if (fault instanceof NotYetError) return { type: fault.type, then: 'early', afterMs: fault.lookAgainInMs };
  if (fault instanceof StepNeedsOperatorError) return { type: fault.type, then: 'operator' };
  if (fault instanceof PortFault) return fault.farEnd === 'audit-log' ? AUDIT_LOG_AWAY : verdictOnFarEnd(fault);
  return { type: isTimeout(fault) ? 'TimedOut' : 'Defect', then: 'retry' };
}

/** Whatever ails the audit log: nothing is done without it, and everything waits for it. */
const AUDIT_LOG_AWAY: Verdict = { type: 'AuditLogUnavailable', then: 'retry' };

function verdictOnFarEnd(fault: PortFault): Verdict {
  if (fault instanceof ThrottledError) return { type: 'Throttled', then: 'retry', afterMs: fault.retryAfterMs };
  if (fault instanceof UnavailableError) return { type: 'Unavailable', then: 'retry' };
  if (fault instanceof IndeterminateAnswerError) return { type: 'Indeterminate', then: 'retry' };
  // Microsoft's own closing service has seen 403 and 401 pass by themselves: a few tries, then somebody has to look.
  if (fault instanceof AccessDeniedError) return { type: 'AccessDenied', then: retryUpTo(3) };
  if (fault instanceof NotAuthenticatedError) return { type: 'NotAuthenticated', then: retryUpTo(3) };
  if (fault instanceof PurgeRefusedError) return { type: 'PurgeRefused', then: retryUpTo(3) };
  return { type: isExportLocation(fault) ? 'ExportLocationRefused' : 'RequestRefused', then: 'operator' };
}

function retryUpTo(attempts: number): 'retry' | 'operator' {
  return Context.current().info.attempt < attempts ? 'retry' : 'operator';
}

function isExportLocation(fault: PortFault): boolean {
  return fault instanceof RequestRefusedError && fault.code?.startsWith('StorageLocation') === true;
}

function isTimeout(fault: unknown): boolean {
  // By name: the signal's reason is a DOMException, which need not be one of this realm's.
  return typeof fault === 'object' && fault !== null && 'name' in fault && fault.name === 'TimeoutError';
}
