import { closureIdOf, isConfirmation, isPublicKey, isSignedBy, type Confirmation } from './contract/confirmation';
import { closureWorkflowId, isGuid, type Account } from './contract/account';
import { dueBy } from './contract/due-by';
import { adviceFor, type Rejection } from './contract/eligibility';
import type { Stopped } from './contract/activities';
import type { Refusal } from './contract/failures';
import type { AccountClosureRequest, Resolution } from './contract/messages';
import type { DigestedPlan } from './contract/plan';
import type { Attention, ClosureStatus, ExportManifest, Phase, TargetStatus } from './contract/status';
import { STEP_NAMES, TARGET_NAMES, type AttentionTarget } from './contract/targets';

/** The status of a closure that was just received. */
export function opened(workflowId: string, publicKey: string, receivedAt: Date): ClosureStatus {
  return {
    workflowId,
    closureId: closureIdOf(publicKey, workflowId),
    phase: 'checking',
    receivedAt: receivedAt.toISOString(),
    dueBy: dueBy(receivedAt).toISOString(),
    targets: [],
    attention: [],
    refusedConfirmations: 0,
  };
}

/** Whether an unknown start input is a request that this Workflow id was made for. */
export function isRequestFor(workflowId: string, input: unknown): input is AccountClosureRequest {
  if (typeof input !== 'object' || input === null || !('account' in input) || !('publicKey' in input)) return false;
  const { account, publicKey } = input;
  return isAccount(account) && isPublicKey(publicKey) && closureWorkflowId(account) === workflowId;
}

/** The closure is in the next phase of its story. */
export function entered(status: ClosureStatus, phase: Phase): ClosureStatus {
  return { ...status, phase };
}

/** The export is in storage. */
export function exported(status: ClosureStatus, manifest: ExportManifest): ClosureStatus {
  return { ...status, export: manifest };
}

/** The plan is made, and the person is asked: until then. An earlier confirmation was for another plan and is gone. */
export function askedToConfirm(status: ClosureStatus, planned: DigestedPlan, confirmBy: Date): ClosureStatus {
  const { confirmation, confirmedAt, eraseAfter, ...rest } = status;
  const targets = planned.plan.targets.map(({ name }): TargetStatus => ({ name, state: 'planned' }));
  return { ...rest, phase: 'awaitingConfirmation', ...planned, targets, confirmBy: confirmBy.toISOString() };
}

/** The person said yes to the plan. */
export function confirmed(status: ClosureStatus, confirmation: Confirmation, at: Date): ClosureStatus {
  return { ...status, confirmation, confirmedAt: at.toISOString() };
}

/** The person may still think better of it. */
export function coolingOff(status: ClosureStatus, eraseAfter: Date): ClosureStatus {
  return { ...status, phase: 'coolingOff', eraseAfter: eraseAfter.toISOString() };
}

/** From here on nothing is taken back. */
export function pastPointOfNoReturn(status: ClosureStatus, at: Date): ClosureStatus {
  return { ...status, pointOfNoReturnAt: at.toISOString() };
}

/** One target has come further. */
export function targetReached(status: ClosureStatus, reached: TargetStatus): ClosureStatus {
  const { name }: { name: string } = reached;
  return {
    ...status,
    targets: status.targets.map((target) => (target.name === name ? { ...target, ...reached } : target)),
  };
}

/** A step waits for an operator: one entry a step, the latest. */
export function parked(status: ClosureStatus, attention: Attention): ClosureStatus {
  const others = resolved(status, attention.target).attention;
  return { ...status, attention: [...others, attention] };
}

/** A step no longer waits for an operator. */
export function resolved(status: ClosureStatus, target: AttentionTarget): ClosureStatus {
  return { ...status, attention: status.attention.filter((attention) => attention.target !== target) };
}

/** A Signal `confirm` was refused. */
export function confirmationRefused(status: ClosureStatus): ClosureStatus {
  return { ...status, refusedConfirmations: status.refusedConfirmations + 1 };
}

/** The closure is refused: with the reason, and what the person can do. */
export function rejected(status: ClosureStatus, { reason, blockers }: Rejection): ClosureStatus {
  const found = blockers === undefined ? {} : { blockers };
  return { ...ended(status, 'rejected'), reason, advice: adviceFor(reason), ...found };
}

/** The closure was interrupted after the point of no return: with what was done and what was not. */
export function stopped(status: ClosureStatus, at: string, stop: Stopped): ClosureStatus {
  const targets = status.targets.map((target) =>
    target.name === at ? { ...target, state: 'stopped' as const } : target,
  );
  const done = [...status.targets.flatMap(stepsDone), ...stop.done.map((part) => `${at}:${part}`)];
  const notDone = status.targets.flatMap(stepsNotDone);
  const report = { done, notDone, signIn: stop.signIn };
  return { ...ended(status, 'stopped'), targets, reason: stop.reason, advice: STOP_ADVICE[stop.reason], stop: report };
}

const STOP_ADVICE: Record<Stopped['reason'], string> = {
  'account-gone':
    'The account was removed by somebody else while it was being closed. See what was done and what was not.',
  'managed-tenant':
    'The organisation got an administrator while the account was being closed: contact the administrator about the rest.',
  'federated-tenant':
    'The organisation got its own identity provider while the account was being closed: contact its administrator.',
  'unknown-tenant':
    "The account's domain moved to another tenant while the account was being closed: contact its administrator.",
};

/** The closure ended like this; nothing waits any longer. */
export function ended(status: ClosureStatus, outcome: NonNullable<ClosureStatus['outcome']>): ClosureStatus {
  return { ...status, phase: outcome, outcome, attention: [] };
}

/** A native cancellation came too late. */
export function cancellationIgnored(status: ClosureStatus): ClosureStatus {
  return { ...status, cancellationIgnored: true };
}

/** Why this confirmation cannot be accepted now; `undefined` when it can, or already was. */
export function confirmationRefusal(status: ClosureStatus, publicKey: string, value: unknown): Refusal | undefined {
  if (!isConfirmation(value)) return 'malformed-confirmation';
  if (isAcceptedConfirmation(status, value)) return undefined;
  if (status.phase !== 'awaitingConfirmation' || status.confirmation !== undefined) return 'not-awaiting-confirmation';
  if (!isSignedBy(publicKey, status.closureId, value)) return 'wrong-token';
  return value.planDigest === status.planDigest ? undefined : 'stale-plan';
}

/** Whether this very confirmation was accepted before. Ed25519 signatures are deterministic: the same yes is the same text. */
export function isAcceptedConfirmation({ confirmation }: ClosureStatus, value: Confirmation): boolean {
  return confirmation?.planDigest === value.planDigest && confirmation.signature === value.signature;
}

/** Why the closure cannot be withdrawn now; `undefined` when it can, or already was. */
export function withdrawalRefusal(status: ClosureStatus): Refusal | undefined {
  if (status.outcome === 'withdrawn') return undefined;
  const isPast = status.pointOfNoReturnAt !== undefined || status.outcome !== undefined;
  return isPast ? 'past-point-of-no-return' : undefined;
}

/** Why an operator's answer cannot be accepted; `undefined` when it can. */
export function resolutionRefusal(status: ClosureStatus, value: unknown): Refusal | undefined {
  if (!isResolution(value)) return 'malformed-resolution';
  return status.attention.some(({ target }) => target === value.target) ? undefined : 'nothing-to-resolve';
}

/** What waits, as the search attribute shows it. */
export function attentionLabels(status: ClosureStatus): string[] {
  return status.attention.map(({ target, fault }) => `${target}:${fault}`);
}

function isAccount(value: unknown): value is Account {
  if (typeof value !== 'object' || value === null || !('tenantId' in value) || !('objectId' in value)) return false;
  return isGuid(value.tenantId) && isGuid(value.objectId);
}

function isResolution(value: unknown): value is Resolution {
  if (typeof value !== 'object' || value === null) return false;
  if (!('target' in value) || !('action' in value) || !('by' in value)) return false;
  return isAttentionTarget(value.target) && value.action === 'retry' && isOpaqueId(value.by);
}

function isAttentionTarget(value: unknown): value is AttentionTarget {
  return [...TARGET_NAMES, ...STEP_NAMES].some((name) => name === value);
}

function isOpaqueId(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value);
}

const STEPS_BY_STATE: Record<TargetStatus['state'], number> = {
  planned: 0,
  fenced: 1,
  erased: 2,
  verified: 3,
  stopped: 0,
};
const TARGET_STEPS = ['fence', 'erase', 'verify'];

function stepsDone({ name, state }: TargetStatus): string[] {
  return TARGET_STEPS.slice(0, STEPS_BY_STATE[state]).map((step) => `${name}:${step}`);
}

function stepsNotDone({ name, state }: TargetStatus): string[] {
  return TARGET_STEPS.slice(STEPS_BY_STATE[state]).map((step) => `${name}:${step}`);
}
