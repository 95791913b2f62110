import type { Guid } from './account';
import type { AnsweredAttention, Attention } from './attention';
import type { Basis } from './bases';
import type { Confirmation } from './confirmation';
import type { Blocker, RejectionReason, StopReason } from './eligibility';
import type { ExportStatus } from './export';
import type { Outcome, Phase } from './phases';
import type { ErasurePlan } from './plan';
import type { RetainedItems, SignIn, VerificationGrade } from './target-outcomes';
import type { TargetKind, TargetName } from './targets';

/**
 * How far one target is, as it was last seen. `remains`: it was erased, and the look afterwards still found something.
 * `exempt`: an operator decided to go on without it. `stopped`: it was no longer ours to do when it came to this one.
 */
export const TARGET_STATES = ['planned', 'fenced', 'erased', 'remains', 'verified', 'exempt', 'stopped'] as const;

/** One of `TARGET_STATES`. */
export type TargetState = (typeof TARGET_STATES)[number];

/** One target, as the status shows it. */
export interface TargetStatus {
  readonly name: TargetName;
  readonly kind: TargetKind;
  readonly state: TargetState;
  /** How many items were erased in all; set from the first erasure on, and never counted twice. */
  readonly erasedCount?: number;
  /** How often the target was erased; more than 1 when a look afterwards still found something. */
  readonly rounds?: number;
  /** What stays in it, by the last erasure. */
  readonly retained?: readonly RetainedItems[];
  /** How it was verified. */
  readonly grade?: VerificationGrade;
  /** Who decided to go on without it, and why. */
  readonly exempt?: { readonly basis: Basis; readonly by: string };
}

/** What had been done when a closure stopped. */
export interface StopReport {
  /** Steps done, as `target:step`. */
  readonly done: readonly string[];
  /** Steps not done, as `target:step`. */
  readonly notDone: readonly string[];
  readonly signIn: SignIn;
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
