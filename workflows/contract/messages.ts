import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Account, Guid } from './account';
import type { Confirmation } from './confirmation';
import type { ClosureStatus } from './status';
import type { AttentionTarget } from './targets';

/** Start input of `accountClosure`. */
export interface AccountClosureRequest {
  readonly account: Account;
  /** Public key of the confirmation token, base64url. The token itself never reaches Temporal. */
  readonly publicKey: string;
}

/** Signature of the Workflow `accountClosure`. */
export type AccountClosureWorkflow = (request: AccountClosureRequest) => Promise<ClosureStatus>;

/** Start input of `forgetClosure`. Free of personal data. */
export interface ForgetClosureRequest {
  readonly closureId: Guid;
  /** When the export containers go; ISO 8601, UTC. */
  readonly deleteExportsAt: string;
  /** When to look again for what a late attempt may have created; ISO 8601, UTC. Absent where none can be under way. */
  readonly lookAgainAt?: string;
}

/** What `forgetClosure` did. */
export interface ForgetClosureResult {
  readonly closureId: Guid;
  readonly deletedContainers: number;
}

/** Signature of the Workflow `forgetClosure`. */
export type ForgetClosureWorkflow = (request: ForgetClosureRequest) => Promise<ForgetClosureResult>;

/** An operator's answer to a step that waits. */
export interface Resolution {
  readonly target: AttentionTarget;
  /** `retry`: try the step again, now that its cause is repaired. */
  readonly action: 'retry';
  /** Who decided: an opaque id (letters, digits, `.`, `_`, `-`; at most 64), never a name or an address. */
  readonly by: string;
}

/** The same yes as the Update `confirm`, for callers that do not wait. A refused one changes nothing and is counted. */
export const confirmSignal = defineSignal<[Confirmation]>('confirm');
/** Says yes to the plan. Refused at once, with a reason, when it cannot be accepted. */
export const confirmUpdate = defineUpdate<ClosureStatus, [Confirmation]>('confirm');
/** Takes the request back. Without effect after the point of no return. */
export const withdrawSignal = defineSignal('withdraw');
/** Takes the request back. Refused after the point of no return. */
export const withdrawUpdate = defineUpdate<ClosureStatus>('withdraw');
/** Lets a step that waits for an operator go on. */
export const resolveUpdate = defineUpdate<ClosureStatus, [Resolution]>('resolve');
/** The closure as it stands. */
export const statusQuery = defineQuery<ClosureStatus>('status');
