import type { Refusal } from '../workflows/contract/failures';
import { REFUSALS } from '../workflows/contract/failures';
import type { ClosureStatus } from '../workflows/contract/status';

/** What went wrong, where no message to the closure was refused. Stable: callers branch on it. */
export type FaultCode =
  /** An argument does not have its form; `field` names it. Nothing was sent. */
  | 'invalid-argument'
  /** The confirmation token is not 43 characters of base64url. Nothing was sent. */
  | 'invalid-token'
  /** Neither an open nor a finished closure has this id, or its history is past its retention. */
  | 'no-such-closure'
  /** The closure has ended another way: it can no longer be withdrawn or resolved. */
  | 'closure-has-ended'
  /** The closure has ended, but not as the one that was waited for; `status` says how. */
  | 'other-outcome'
  /** The Workflow itself failed or was cancelled by force: a defect, for an operator. */
  | 'closure-failed'
  /** Somebody terminated the Workflow: nothing runs any more, whatever was under way. */
  | 'closure-terminated'
  /** The server or the worker does not answer now. `lastKnown` carries what the server knows without a worker. */
  | 'unavailable'
  /** No answer in time. Whether the call took effect is unknown; it is safe to repeat. */
  | 'timed-out'
  /** The server does not accept our credentials, or they may not do this. */
  | 'access-denied'
  /** The namespace does not exist. */
  | 'no-such-namespace'
  /** The namespace lacks the closures' search attributes: `closure setup` registers them. */
  | 'not-set-up'
  /** This server cannot do that at all (a test server has no visibility). */
  | 'not-supported'
  /** The answer is none that this version knows. */
  | 'unexpected-answer';

/** Every `code` of an `AccountClosureError`: a fault, or why the closure refused a message. */
export type ErrorCode = FaultCode | Refusal;

/** What the server knows of a closure without asking its Workflow; as old as the Workflow's last step. */
export interface LastKnown {
  readonly workflowId: string;
  readonly runId: string;
  readonly closureId: string;
  readonly phase?: string;
  readonly attention: readonly string[];
}

/** What an `AccountClosureError` can carry besides its code. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** `invalid-argument`: which one. */
  readonly field?: string;
  /** `other-outcome`, `closure-has-ended`: the closure as it ended. */
  readonly status?: ClosureStatus;
  /** `unavailable`: what the server knows by itself. */
  readonly lastKnown?: LastKnown;
}

/** Everything that the client throws on purpose. Branch on `code`; the message is for people and has no personal data. */
export class AccountClosureError extends Error {
  override readonly name = 'AccountClosureError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly status: ClosureStatus | undefined;
  readonly lastKnown: LastKnown | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.field = details.field;
    this.status = details.status;
    this.lastKnown = details.lastKnown;
  }
}

const REFUSAL_MESSAGES: Record<Refusal, string> = {
  'malformed-confirmation': 'The closure does not understand this confirmation.',
  'wrong-token': 'The confirmation was not made with the token of this closure.',
  'stale-plan': 'The plan is not the one that was confirmed: read the status and confirm its planDigest.',
  'not-awaiting-confirmation': 'The closure does not wait for a confirmation.',
  'past-point-of-no-return': 'The erasure has begun: the closure can no longer be withdrawn.',
  'nothing-to-resolve': 'Nothing waits for an operator under this target.',
  'malformed-resolution': 'The closure does not understand this resolution.',
};

/** The closure's own no, with its fixed message. */
export function refusal(code: Refusal, details: ErrorDetails = {}): AccountClosureError {
  return new AccountClosureError(code, REFUSAL_MESSAGES[code], details);
}

/** Whether a failure's type is one of the closure's refusals. */
export function isRefusal(type: unknown): type is Refusal {
  return REFUSALS.some((known) => known === type);
}
