import { REFUSAL_TEXTS, type Refusal } from '../workflows/contract/refusals';
import type { ObservedClosure, RunState } from './observed-closure';
import type { ActivityProgress } from './activity-progress';

/** What went wrong, where no message to the closure was refused. Stable: callers branch on it. */
export type FaultCode =
  /** An argument does not have its form; `field` names it. Nothing was sent. */
  | 'invalid-argument'
  /** The confirmation token is not 43 characters of base64url. Nothing was sent. */
  | 'invalid-token'
  /** The environment or the Temporal profile is wrong. Nothing was sent. */
  | 'invalid-configuration'
  /** Neither an open nor a finished closure has this id, or its history is past its retention. */
  | 'no-such-closure'
  /** The closure has ended, but not as the one that was waited for; `status` says how. */
  | 'other-outcome'
  /** `wait` with `orAttention`: a step waits for an operator; `status` or `lastKnown` says which. */
  | 'needs-operator'
  /** The Workflow itself failed or was cancelled by force: a defect, for an operator. `lastKnown` says what is known. */
  | 'closure-failed'
  /** Somebody terminated the Workflow: nothing runs any more, whatever was under way. `lastKnown` says what is known. */
  | 'closure-terminated'
  /** The server or the worker does not answer now. `lastKnown` carries what the server knows without a worker. */
  | 'unavailable'
  /** No answer in time. Whether a change took effect is unknown; it is safe to repeat. */
  | 'timed-out'
  /** The server does not accept our credentials, or they may not do this. */
  | 'access-denied'
  /** The namespace does not exist. */
  | 'no-such-namespace'
  /** The namespace lacks the closures' search attributes, or has one of another type: `closure setup` tells. */
  | 'not-set-up'
  /** This server cannot do that at all (a test server has no visibility). */
  | 'not-supported'
  /** The answer is none that this version knows. */
  | 'unexpected-answer'
  /** Something that nobody foresaw; `cause` has it. */
  | 'defect';

/** Every `code` of an `AccountClosureError`: a fault, or why the closure refused a message. */
export type ErrorCode = FaultCode | Refusal;

/** What the server knows of a closure without asking its Workflow; as old as the Workflow's last step. ISO 8601, UTC. */
export interface LastKnown {
  readonly workflowId: string;
  readonly runId: string;
  /** Absent of a run that was started by hand and has not said yet whose it is. */
  readonly closureId?: string;
  readonly state: RunState;
  readonly phase?: string;
  readonly receivedAt: string;
  readonly dueBy: string;
  /** While the person is asked. */
  readonly confirmBy?: string;
  /** What waits for an operator, as `target:fault`. */
  readonly attention: readonly string[];
  readonly activities: readonly ActivityProgress[];
}

/** What an `AccountClosureError` can carry besides its code. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** `invalid-argument`, `invalid-token`: which one. */
  readonly field?: string;
  /** The closure as it was last seen, where that says more: how it ended, or what it waits for. */
  readonly status?: ObservedClosure;
  /** What the server knows by itself, where the Workflow could not be asked. */
  readonly lastKnown?: LastKnown;
}

/**
 * Everything that the client throws, except the reason of the caller's own signal when that was aborted. Branch on `code`;
 * the message is for people and has no personal data.
 */
export class AccountClosureError extends Error {
  override readonly name = 'AccountClosureError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly status: ObservedClosure | undefined;
  readonly lastKnown: LastKnown | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.field = details.field;
    this.status = details.status;
    this.lastKnown = details.lastKnown;
  }
}

/** The closure's own no, in its own words. */
export function refusal(code: Refusal, details: ErrorDetails = {}): AccountClosureError {
  return new AccountClosureError(code, REFUSAL_TEXTS[code], details);
}

/** An argument without its form; the message says which form that is. */
export function invalidArgument(field: string, message: string): AccountClosureError {
  return new AccountClosureError('invalid-argument', message, { field });
}

/** Whether the error is the client's, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is AccountClosureError {
  return error instanceof AccountClosureError && codes.includes(error.code);
}
