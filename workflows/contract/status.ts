import type { Guid } from './account';
import type { Confirmation } from './confirmation';
import type { Blocker, RejectionReason, StopReason } from './eligibility';
import type { FailureType, FaultDetail } from './failures';
import type { ErasurePlan } from './plan';
import type { AttentionTarget, TargetName } from './targets';

/** Where a closure stands while it runs, in the order of the story. */
export const RUNNING_PHASES = [
  'checking',
  'exporting',
  'planning',
  'awaitingConfirmation',
  'coolingOff',
  'erasing',
  'verifying',
] as const;

/** How a closure can end. `phase` of a finished closure is its outcome. */
export const OUTCOMES = ['closed', 'rejected', 'withdrawn', 'expired', 'stopped'] as const;

/** Whether an outcome means that the account is closed: everything planned was erased, and is gone on reading again. */
export function isClosed(outcome: Outcome | undefined): boolean {
  return outcome === 'closed';
}

/** Whether an outcome lies past the point of no return: something may have been erased, so the export is kept. */
export function isPastPointOfNoReturn(outcome: Outcome | undefined): boolean {
  return isClosed(outcome) || outcome === 'stopped';
}

/** Whether the person goes on without an export. */
export function isExportDeclined({ export: saved }: Pick<ClosureStatus, 'export'>): boolean {
  return saved?.kind === 'declined';
}

/** One of `RUNNING_PHASES`. */
export type RunningPhase = (typeof RUNNING_PHASES)[number];
/** One of `OUTCOMES`. */
export type Outcome = (typeof OUTCOMES)[number];
/** Where a closure stands, or how it ended. */
export type Phase = RunningPhase | Outcome;

/** How far one target is. `remains`: it was erased, and the look afterwards still found something. */
export type TargetState = 'planned' | 'fenced' | 'erased' | 'remains' | 'verified' | 'stopped';

/** One target, as the status shows it. */
export interface TargetStatus {
  readonly name: TargetName;
  readonly state: TargetState;
  /** How many items were erased in all; set from the first erasure on, and never counted twice. */
  readonly erasedCount?: number;
  /** How often the target was erased; more than 1 when a look afterwards still found something. */
  readonly rounds?: number;
}

/** One exported file in storage. Its name is not here: names stay in storage. */
export interface ExportedFile {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Of the blob: changes with its content, so that what is in storage can be compared without reading it. */
  readonly etag: string;
}

/** What the export holds: the files in the order of their names. An empty list is a valid answer. */
export interface ExportManifest {
  readonly files: readonly ExportedFile[];
  /** The container that the files are in. */
  readonly container: string;
}

/** The export as the status shows it. */
export type ExportStatus =
  | (ExportManifest & {
      readonly kind: 'saved';
      /** Once the closure has ended: when the export is deleted from storage. ISO 8601, UTC. */
      readonly keptUntil?: string;
    })
  /** Nothing is left of it: it was kept for its time, and deleted, or is lost; the closure was reset after that. */
  | { readonly kind: 'deleted' }
  /** The person goes on without one: a decision of theirs, signed with the token. */
  | { readonly kind: 'declined'; readonly declinedAt: string };

/** A step that waits for an operator: what failed, and in opaque codes at which call of which far end. */
export interface Attention extends FaultDetail {
  readonly target: AttentionTarget;
  readonly fault: FailureType;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** How often the step was tried. */
  readonly attempts: number;
  /** The fault in words: a fixed text without personal data. */
  readonly text: string;
}

/** How an operator answered a step: the last answer of each, so that its repetition is known. */
export interface AnsweredAttention {
  readonly target: AttentionTarget;
  /** That of the attention. */
  readonly since: string;
  readonly action: 'retry';
  readonly by: string;
}

/** What had been done when a closure stopped. */
export interface StopReport {
  /** Steps done, as `target:step`. */
  readonly done: readonly string[];
  /** Steps not done, as `target:step`. */
  readonly notDone: readonly string[];
  /** Whether the account's sign-in is left blocked; `unknown` when the account can no longer be read. */
  readonly signIn: 'blocked' | 'not-blocked' | 'unknown';
}

/** The closure as everybody sees it: answer of the Query `status` and result of the Workflow. Instants: ISO 8601, UTC. */
export interface ClosureStatus {
  readonly workflowId: string;
  readonly closureId: Guid;
  readonly phase: Phase;
  readonly outcome?: Outcome;
  readonly reason?: RejectionReason | StopReason;
  readonly blockers?: readonly Blocker[];
  /** What the person can do, in plain words. */
  readonly advice?: string;
  readonly receivedAt: string;
  /** GDPR Art. 12(3): one month from receipt. */
  readonly dueBy: string;
  readonly confirmBy?: string;
  readonly plan?: ErasurePlan;
  readonly planDigest?: string;
  /** The accepted confirmation: evidence. */
  readonly confirmation?: Confirmation;
  readonly confirmedAt?: string;
  /** While cooling off: when the erasure begins. */
  readonly eraseAfter?: string;
  /** From here on the closure cannot be withdrawn. */
  readonly pointOfNoReturnAt?: string;
  readonly export?: ExportStatus;
  readonly targets: readonly TargetStatus[];
  readonly attention: readonly Attention[];
  readonly answered: readonly AnsweredAttention[];
  /** Signals `confirm` that were refused. */
  readonly refusedConfirmations: number;
  readonly stop?: StopReport;
  /** A native cancellation came after the point of no return and was ignored. */
  readonly cancellationIgnored?: true;
}
