import { isConfirmation, isReport, isReportSignedBy, isSignedBy, type Confirmation } from './contract/confirmation';
import { isResolution, type Resolution } from './contract/messages';
import type { AnsweredAttention, Attention } from './contract/attention';
import { isKnownBasis } from './contract/bases';
import { isExportDeclined } from './contract/export';
import type { Refusal } from './contract/refusals';
import type { ClosureStatus } from './contract/status';

// Which message is accepted when. Pure; `undefined` means: accepted. Cheap questions come before the signature.

/** The signature that a message has to bear, and the Workflow's clock. */
export interface Circumstances {
  readonly publicKey: string;
  readonly now: Date;
}

/** Why this confirmation cannot be accepted now; nothing when it can, or already was. */
export function confirmationRefusal(
  status: ClosureStatus,
  value: unknown,
  { publicKey, now }: Circumstances,
): Refusal | undefined {
  if (!isConfirmation(value)) return 'malformed-confirmation';
  if (isAcceptedConfirmation(status, value)) return undefined;
  if (status.phase !== 'awaitingConfirmation' || status.confirmBy === undefined) return 'not-awaiting-confirmation';
  // By the clock, not by whether the timer was heard of: a worker may have been away at the window's end.
  if (now.getTime() > Date.parse(status.confirmBy)) return 'window-over';
  if (value.planDigest !== status.planDigest) return 'stale-plan';
  return isSignedBy(publicKey, status.closureId, value) ? undefined : 'wrong-token';
}

/** Whether this very confirmation was accepted before. Ed25519 signatures are deterministic: the same yes is the same text. */
export function isAcceptedConfirmation({ confirmation }: ClosureStatus, value: Confirmation): boolean {
  return confirmation?.planDigest === value.planDigest && confirmation.signature === value.signature;
}

/**
 * Why the closure cannot be withdrawn now; nothing when it can, or already was. Whether the erasure has begun meanwhile is
 * decided by who writes first, not here.
 */
export function withdrawalRefusal(status: ClosureStatus): Refusal | undefined {
  if (status.outcome === 'withdrawn') return undefined;
  if (status.outcome !== undefined) return 'closure-has-ended';
  return status.pointOfNoReturnAt === undefined ? undefined : 'past-point-of-no-return';
}

/** Why an operator's answer cannot be accepted; nothing when it can, or already was. `bases`: those of the deployment. */
export function resolutionRefusal(
  status: ClosureStatus,
  value: unknown,
  bases: readonly string[] = [],
): Refusal | undefined {
  if (!isResolution(value)) return 'malformed-resolution';
  if (isAnswerTo(waitingFor(status, value), value)) return exemptionRefusal(status, value, bases);
  return isAnsweredAlike(status, value) ? undefined : 'nothing-to-resolve';
}

/** Nobody can leave out a step, nor what nothing was done about yet: until then the person can withdraw. */
function exemptionRefusal(status: ClosureStatus, value: Resolution, bases: readonly string[]): Refusal | undefined {
  if (value.action !== 'exempt') return undefined;
  const isTarget = status.targets.some(({ name }) => name === value.target);
  if (!isTarget || status.pointOfNoReturnAt === undefined) return 'not-exemptible';
  return isKnownBasis(value.basis, bases) ? undefined : 'unknown-basis';
}

/** Whether this attention was answered before in this way: then its repetition succeeds, and changes nothing. */
export function isAnsweredAlike(status: ClosureStatus, resolution: Resolution): boolean {
  if (isAnswerTo(waitingFor(status, resolution), resolution)) return false;
  return status.answered.some((answer) => isSameAnswer(answer, resolution));
}

function isSameAnswer(answer: AnsweredAttention, { target, since, ...decided }: Resolution): boolean {
  if (answer.target !== target || answer.action !== decided.action || !isSameInstant(answer.since, since)) return false;
  return answer.action !== 'exempt' || decided.action !== 'exempt' || answer.basis === decided.basis;
}

/** Without `since` whatever waits is answered. */
function isAnswerTo(waiting: Attention | undefined, { since }: Resolution): boolean {
  return waiting !== undefined && (since === undefined || isSameInstant(waiting.since, since));
}

function waitingFor({ attention }: ClosureStatus, { target }: Resolution): Attention | undefined {
  return attention.find((waiting) => waiting.target === target);
}

function isSameInstant(one: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(one) === Date.parse(other);
}

/** Why a report of the person cannot be accepted; nothing when it can, or already was while the closure goes on. */
export function reportRefusal(
  status: ClosureStatus,
  value: unknown,
  { publicKey }: Pick<Circumstances, 'publicKey'>,
): Refusal | undefined {
  if (!isReport(value)) return 'malformed-report';
  if (status.outcome !== undefined) return 'closure-has-ended';
  if (status.phase !== 'exporting' && !isExportDeclined(status)) return 'not-exporting';
  return isReportSignedBy(publicKey, status.closureId, value) ? undefined : 'wrong-token';
}
