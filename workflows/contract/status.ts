import type { Guid } from './account';
import type { Confirmation } from './confirmation';
import type { Blocker, RejectionReason } from './eligibility';
import type { FailureType } from './failures';
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

/** One of `RUNNING_PHASES`. */
export type RunningPhase = (typeof RUNNING_PHASES)[number];
/** One of `OUTCOMES`. */
export type Outcome = (typeof OUTCOMES)[number];
/** Where a closure stands, or how it ended. */
export type Phase = RunningPhase | Outcome;

/** Why a closure stopped after the point of no return. */
export type StopReason =
  'account-gone' | Extract<RejectionReason, 'managed-tenant' | 'federated-tenant' | 'unknown-tenant'>;

/** How far one target is. */
export type TargetState = 'planned' | 'fenced' | 'erased' | 'verified' | 'stopped';

/** One target, as the status shows it. */
export interface TargetStatus {
  readonly name: TargetName;
  readonly state: TargetState;
  /** How many items were erased; set from `erased` on. */
  readonly erasedCount?: number;
  /** How often the target was erased; more than 1 when a look afterwards still found something. */
  readonly rounds?: number;
}

/** One exported file in storage. Its name is not here: names stay in storage. */
export interface ExportedFile {
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** What the export holds: the files in the order of their names. An empty list is a valid answer. */
export interface ExportManifest {
  readonly files: readonly ExportedFile[];
  /** The container that the files are in. */
  readonly container: string;
}

/** A step that waits for an operator. */
export interface Attention {
  readonly target: AttentionTarget;
  readonly fault: FailureType;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** How often the step was tried. */
  readonly attempts: number;
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
  readonly export?: ExportManifest;
  readonly targets: readonly TargetStatus[];
  readonly attention: readonly Attention[];
  /** Signals `confirm` that were refused. */
  readonly refusedConfirmations: number;
  readonly stop?: StopReport;
  /** A native cancellation came after the point of no return and was ignored. */
  readonly cancellationIgnored?: true;
}
