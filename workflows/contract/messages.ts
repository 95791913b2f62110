import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Account, Guid } from './account';
import type { OperatorAnswer } from './attention';
import { isBasisCode } from './bases';
import type { DryRun } from './dry-run';
import { closureWorkflowId, isClosureWorkflowId, isGuid } from './ids';
import { isPublicKey, type Confirmation, type Report } from './confirmation';
import { isInstant, isOpaqueId, isRecordOf } from './shapes';
import type { ClosureStatus } from './status';
import { isAttentionTarget, type AttentionTarget } from './targets';

/** Start input of `accountClosure`. */
export interface AccountClosureRequest {
  readonly account: Account;
  /** Public key of the confirmation token, base64url. The token itself never reaches Temporal. */
  readonly publicKey: string;
}

/** Signature of the Workflow `accountClosure`. */
export type AccountClosureWorkflow = (request: AccountClosureRequest) => Promise<ClosureStatus>;

/** Start input of `forgetClosure`, and its Signal `arrange`. Free of personal data. */
export interface ForgetClosureRequest {
  readonly closureId: Guid;
  /** The closure's Workflow: nothing is deleted while a run of the closure goes on. */
  readonly workflowId: string;
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

/** Start input of `planClosure`. */
export interface DryRunRequest {
  readonly account: Account;
}

/** Signature of the Workflow `planClosure`. */
export type PlanClosureWorkflow = (request: DryRunRequest) => Promise<DryRun>;

/** An operator's answer to a step that waits. */
export type Resolution = OperatorAnswer & {
  readonly target: AttentionTarget;
  /** `since` of the attention that is answered: with it a repeat succeeds, and a later attention is not answered by mistake. */
  readonly since?: string;
};

/** Whether an unknown value has exactly the shape of a resolution. Says nothing about who may be exempt, and why. */
export function isResolution(value: unknown): value is Resolution {
  if (isRecordOf(value, ['target', 'action', 'by'], ['since'])) return value.action === 'retry' && isAnswer(value);
  if (!isRecordOf(value, ['target', 'action', 'by', 'basis'], ['since'])) return false;
  return value.action === 'exempt' && isBasisCode(value.basis) && isAnswer(value);
}

function isAnswer({ target, by, since }: { target: unknown; by: unknown; since?: unknown }): boolean {
  return isAttentionTarget(target) && isOpaqueId(by) && (since === undefined || isInstant(since));
}

/** Whether an unknown start input is exactly a request that this Workflow id was made for. */
export function isRequestFor(workflowId: string, input: unknown): input is AccountClosureRequest {
  if (!isRecordOf(input, ['account', 'publicKey'])) return false;
  const { account, publicKey } = input;
  return isAccount(account) && isPublicKey(publicKey) && closureWorkflowId(account) === workflowId;
}

/** Whether an unknown value has exactly the shape of a follow-up's times. */
export function isForgetClosureRequest(value: unknown): value is ForgetClosureRequest {
  if (!isRecordOf(value, ['closureId', 'workflowId', 'deleteExportsAt'], ['lookAgainAt'])) return false;
  const { closureId, workflowId, deleteExportsAt, lookAgainAt } = value;
  if (!isGuid(closureId) || typeof workflowId !== 'string' || !isClosureWorkflowId(workflowId)) return false;
  return isInstant(deleteExportsAt) && (lookAgainAt === undefined || isInstant(lookAgainAt));
}

/** Whether an unknown start input is exactly that of a dry run. */
export function isDryRunRequest(value: unknown): value is DryRunRequest {
  return isRecordOf(value, ['account']) && isAccount(value.account);
}

function isAccount(value: unknown): value is Account {
  return isRecordOf(value, ['tenantId', 'objectId']) && isGuid(value.tenantId) && isGuid(value.objectId);
}

/** The same yes as the Update `confirm`, for callers that do not wait. A refused one changes nothing and is counted. */
export const confirmSignal = defineSignal<[Confirmation]>('confirm');
/** Says yes to the plan. Refused at once, with a reason, when it cannot be accepted. */
export const confirmUpdate = defineUpdate<ClosureStatus, [Confirmation]>('confirm');
/** Takes the request back. Without effect after the point of no return. */
export const withdrawSignal = defineSignal('withdraw');
/** Takes the request back. Refused after the point of no return. */
export const withdrawUpdate = defineUpdate<ClosureStatus>('withdraw');
/** The person reports about their own part. Refused at once, with a reason, when it cannot be accepted. */
export const reportUpdate = defineUpdate<ClosureStatus, [Report]>('report');
/** Gives `forgetClosure` other times: a closure that was reset has ended again. */
export const arrangeSignal = defineSignal<[ForgetClosureRequest]>('arrange');
/** Lets a step that waits for an operator go on. */
export const resolveUpdate = defineUpdate<ClosureStatus, [Resolution]>('resolve');
/** The closure as it stands. */
export const statusQuery = defineQuery<ClosureStatus>('status');
