import type { Confirmation } from './contract/confirmation';
import { closureIdOf } from './contract/ids';
import { dueBy } from './contract/due-by';
import { REJECTION_ADVICE, STOP_ADVICE, type Rejection } from './contract/eligibility';
import type { AnsweredAttention, Attention } from './contract/attention';
import type { ExportStatus } from './contract/export';
import type { Outcome, Phase, RunningPhase } from './contract/phases';
import type { DigestedPlan } from './contract/plan';
import type { ClosureStatus, StopReport, TargetStatus } from './contract/status';
import type { Stopped } from './contract/target-outcomes';
import type { AttentionTarget } from './contract/targets';

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
    answered: [],
    refusedConfirmations: 0,
  };
}

/** The closure is in the next phase of its story. */
export function entered(status: ClosureStatus, phase: RunningPhase): ClosureStatus {
  return { ...status, phase };
}

/** The export is made: for the first time, or anew because what was saved is no longer there. */
export function exporting(status: ClosureStatus): ClosureStatus {
  const { export: gone, ...rest } = withoutConfirmation(status);
  return { ...rest, phase: 'exporting' };
}

/** The export is in storage, or was there for its time. */
export function exported(status: ClosureStatus, saved: ExportStatus): ClosureStatus {
  return { ...status, export: saved };
}

/** The person goes on without an export. */
export function exportDeclined(status: ClosureStatus, declinedAt: string): ClosureStatus {
  return { ...status, export: { kind: 'declined', declinedAt } };
}

/** The closure has ended, and its export stays in storage until then. */
export function exportKept(status: ClosureStatus, keptUntil: string): ClosureStatus {
  if (status.export?.kind !== 'saved') return status;
  return { ...status, export: { ...status.export, keptUntil } };
}

/** The plan is made, and the person is asked: until then. An earlier confirmation was for another plan and is gone. */
export function askedToConfirm(status: ClosureStatus, shown: DigestedPlan, confirmBy: Date): ClosureStatus {
  return {
    ...planned(withoutConfirmation(status), shown),
    phase: 'awaitingConfirmation',
    confirmBy: confirmBy.toISOString(),
  };
}

/** This is the plan, and nothing of it was done yet. */
export function planned(status: ClosureStatus, { plan, planDigest }: DigestedPlan): ClosureStatus {
  return {
    ...status,
    plan,
    planDigest,
    targets: plan.targets.map(({ name, kind }) => ({ name, kind, state: 'planned' })),
  };
}

/** The person said yes to the plan: the erasure begins, or the time begins in which they may still think better of it. */
export function confirmed(
  status: ClosureStatus,
  { planDigest, signature }: Confirmation,
  { at, coolingOffMs }: { readonly at: Date; readonly coolingOffMs: number },
): ClosureStatus {
  const accepted = { ...status, confirmation: { planDigest, signature }, confirmedAt: at.toISOString() };
  if (coolingOffMs === 0) return { ...accepted, phase: 'erasing' };
  return { ...accepted, phase: 'coolingOff', eraseAfter: new Date(at.getTime() + coolingOffMs).toISOString() };
}

/** From here on nothing is taken back. */
export function pastPointOfNoReturn(status: ClosureStatus, at: Date): ClosureStatus {
  return status.pointOfNoReturnAt === undefined ? { ...status, pointOfNoReturnAt: at.toISOString() } : status;
}

/** What was last seen of one target. */
export function targetReached(status: ClosureStatus, reached: TargetStatus): ClosureStatus {
  return { ...status, targets: status.targets.map((target) => (target.name === reached.name ? reached : target)) };
}

/** A step waits for an operator: one entry a step, the latest. */
export function parked(status: ClosureStatus, attention: Attention): ClosureStatus {
  return { ...status, attention: [...waitingBeside(status, attention.target), attention] };
}

/** An operator answered a step that waited. */
export function resolved(status: ClosureStatus, answer: AnsweredAttention): ClosureStatus {
  const others = status.answered.filter(({ target }) => target !== answer.target);
  return { ...status, attention: waitingBeside(status, answer.target), answered: [...others, answer] };
}

/** A step no longer waits: what it was for is over. */
export function unparked(status: ClosureStatus, target: AttentionTarget): ClosureStatus {
  return { ...status, attention: waitingBeside(status, target) };
}

/** A Signal `confirm` was refused. */
export function confirmationRefused(status: ClosureStatus): ClosureStatus {
  return { ...status, refusedConfirmations: status.refusedConfirmations + 1 };
}

/** The closure is refused: with the reason, and what the person can do. */
export function rejected(status: ClosureStatus, { reason, blockers }: Rejection): ClosureStatus {
  const found = blockers === undefined ? {} : { blockers };
  return { ...ended(status, 'rejected'), reason, advice: REJECTION_ADVICE[reason], ...found };
}

/** The closure was interrupted after the point of no return: with what was done and what was not. */
export function stopped(
  status: ClosureStatus,
  { reason, signIn }: Stopped,
  { done, notDone }: Pick<StopReport, 'done' | 'notDone'>,
): ClosureStatus {
  return { ...ended(status, 'stopped'), reason, advice: STOP_ADVICE[reason], stop: { done, notDone, signIn } };
}

/** Everything planned is gone on reading again; `isSomethingKept`: except what stays by rule, or was left out. */
export function closed(status: ClosureStatus, isSomethingKept: boolean): ClosureStatus {
  return ended(status, isSomethingKept ? 'closedWithRetention' : 'closed');
}

/** The closure ended like this; nothing waits any longer. */
export function ended(status: ClosureStatus, outcome: Outcome): ClosureStatus {
  return { ...status, phase: outcome satisfies Phase, outcome, attention: [] };
}

/** A native cancellation came too late. */
export function cancellationIgnored(status: ClosureStatus): ClosureStatus {
  return { ...status, cancellationIgnored: true };
}

/** What waits, as the search attribute shows it. */
export function attentionLabels(status: ClosureStatus): string[] {
  return status.attention.map(({ target, fault }) => `${target}:${fault}`);
}

function withoutConfirmation(status: ClosureStatus): ClosureStatus {
  const { confirmation, confirmedAt, eraseAfter, confirmBy, ...rest } = status;
  return rest;
}

function waitingBeside({ attention }: ClosureStatus, target: AttentionTarget): readonly Attention[] {
  return attention.filter((waiting) => waiting.target !== target);
}
