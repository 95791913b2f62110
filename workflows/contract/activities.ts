import type { Account, Guid } from './account';
import type { Basis } from './bases';
import type { Decision, EndingDecision } from './decisions';
import type { EligibilityCheck } from './eligibility';
import type { ExportManifest } from './export';
import type { ForgetClosureRequest } from './messages';
import type { DigestedPlan, ErasurePlan, PlannedRetention, TargetPlan } from './plan';
import type { ClosurePolicy } from './policy';
import type { EraseOutcome, FenceOutcome, VerifyOutcome } from './target-outcomes';
import type { TargetName, TargetPolicy } from './targets';

/** Of which closure, as which history, for which account. */
export interface ClosureRef {
  readonly closureId: Guid;
  /** The first run id of the chain (a reset keeps it): recorded results belong to the closure as this history. */
  readonly firstRunId: string;
  readonly account: Account;
  /** What was decided since the last Activity: written into the audit log before the Activity does anything. */
  readonly decisions: readonly Decision[];
}

/** How long the directory's reads may lag; see `ClosurePolicy`. */
interface Lagging {
  readonly readsLagMs: number;
}

/**
 * A first look has no policy yet and takes the worker's; a later one judges by the recorded one. Whoever decides nothing by the
 * answer (a dry run) has no lag to wait out, and says so.
 */
export interface CheckEligibilityInput extends ClosureRef, Partial<Lagging> {
  readonly policy?: ClosurePolicy;
}

/** `round` counts from 1 and grows when the person has to be asked again. */
export interface PlanErasureInput extends ClosureRef, Lagging {
  readonly round: number;
  /** What the targets with a rate have answered so far: they are asked by `planTarget`. */
  readonly answered: readonly TargetPlan[];
}

/** Nothing was planned: these targets have a rate, so each is to be asked on its own Task Queue first. */
export interface RatedFirst {
  readonly rated: readonly TargetPolicy[];
}

/** Which target to ask for its part of a plan. */
export interface PlanTargetInput extends ClosureRef, Lagging {
  readonly target: TargetName;
  /** The plan's round. */
  readonly round: number;
  /**
   * What becomes of what the target finds out about the person. `keep`: it is kept sealed, for this plan. `compare`: nothing is
   * kept; what a plan says of it is made by the key of the plan that was shown, or by one of its own where there was none.
   */
  readonly identifiers: 'keep' | 'compare';
}

/** One target's part of a plan. */
export interface PlannedTarget {
  readonly plan: TargetPlan;
  /** Why something stays in it, in the deployment's own words: the codes in the plan that the targets file has added. */
  readonly bases: Readonly<Record<Basis, string>>;
}

/** Which targets to ask again: those of the plan that was shown, of that round. */
export interface PlanAgainInput extends PlanErasureInput {
  readonly targets: readonly TargetName[];
}

/** The plan that was shown and recorded, with what must be known to carry it out. */
export interface ShownPlan extends DigestedPlan {
  /** How its targets are carried out, in the order of the plan. */
  readonly targets: readonly TargetPolicy[];
  /** The number of the last turn that the closure had taken when the plan was shown; see `TargetInput.turn`. */
  readonly turn: number;
  /** The run that asked: another one than before tells a Workflow that it was reset. */
  readonly runId: string;
  /** The erasure of this very plan has begun: the person's recorded yes (a reset without its messages takes it from here). */
  readonly confirmation?: { readonly planDigest: string; readonly signature: string; readonly confirmedAt: string };
}

/** `round` counts from 1 and grows when the export is made again; the deadline says how long it may write. */
export interface RequestExportInput extends ClosureRef, Lagging {
  /** Containers in which something of an export was lost: they are not used again. */
  readonly lost: readonly string[];
  readonly round: number;
  readonly exportDeadlineMs: number;
}

/** An export that the directory accepted: where to look, and what for. */
export interface RequestedExport {
  /** Id of the data policy operation. */
  readonly operationId: string;
  readonly container: string;
}

/** Past the point of no return, when the account may be gone: nothing exported is recorded or found, and none is asked for. */
export interface NoExportLeft {
  readonly kind: 'none-left';
}

/** Which export to wait for, and until when; the inventory has time of its own after that. */
export interface AwaitExportInput extends ClosureRef, RequestedExport, Lagging {
  readonly exportDeadlineMs: number;
}

/** The container is not there any more: somebody has deleted it, or the follow-up of an earlier end. */
export interface ExportLost {
  readonly kind: 'lost';
}

/** What became of an export. */
export type AwaitedExport = ({ readonly kind: 'saved' } & ExportManifest) | ExportLost;

/** The recorded export, to be compared with what is in storage. */
export interface CheckExportInput extends ClosureRef {
  readonly manifest: ExportManifest;
}

/** Which target, and the how-maniest time: the Workflow counts rounds, so a retry is never mistaken for a new effect. */
export interface TargetInput extends ClosureRef, Lagging {
  readonly target: TargetName;
  readonly round: number;
  /** What was promised to be erased in whose name: another definition is not carried out. */
  readonly definitionDigest: string;
  /** The confirmed plan's digest: every audit entry of the erasure names it. */
  readonly planDigest: string;
  /** The confirmed plan's round: the identifiers that were sealed for it are the ones that are used. */
  readonly planRound: number;
  /**
   * The last turn that was known when the plan was shown. An ending that was written after it forbids the first changing
   * call: so no attempt of an earlier run erases after a withdrawal.
   */
  readonly turn: number;
  /** See `ClosurePolicy.reachedThrough`. */
  readonly reachedThrough: string;
  /** See `TargetPlan.subject`. */
  readonly subject?: string;
  /** What the plan says is kept of it, and why. */
  readonly retains: readonly Pick<PlannedRetention, 'what' | 'basis'>[];
}

/** `verifyTarget` needs to know how long to stay quiet before the second look. */
export interface VerifyTargetInput extends TargetInput {
  readonly verifyAfterMs: number;
}

/** An ending to write, unless the erasure has begun. */
export interface RecordEndingInput extends ClosureRef {
  readonly decision: EndingDecision;
}

/** When to forget, and what was decided last. */
export interface ArrangeForgettingInput extends Omit<ClosureRef, 'account'> {
  readonly request: ForgetClosureRequest;
}

/** Which export containers to delete. `round` counts the follow-up's deletions; `firstRunId` is the follow-up's own. */
export interface DeleteExportsInput {
  readonly closureId: Guid;
  readonly firstRunId: string;
  readonly round: number;
  /** The closure's Workflow: while a run of the closure goes on (it was reset), nothing of it is deleted. */
  readonly workflowId: string;
}

/** What became of the containers. */
export type DeleteExportsOutcome =
  | { readonly kind: 'deleted'; readonly containers: number }
  /** The closure goes on: it still needs its export, and arranges the deletion anew when it ends. */
  | { readonly kind: 'closure-goes-on' };

/** The Activities of a closure. Each may run twice, and does no harm by it. */
export interface ClosureActivities {
  /**
   * Is the tenant (still) unmanaged, and may this account be closed here? Reads only. Rejects with `token-used`, before
   * anything is read, when the audit log has a request of this closure id under another first run.
   */
  readonly checkEligibility: (input: CheckEligibilityInput) => Promise<EligibilityCheck>;
  /** Asks the directory for the export, or finds the one that was asked for before. Effect `export:request`. */
  readonly requestExport: (input: RequestExportInput) => Promise<RequestedExport | NoExportLeft>;
  /** One look per attempt until the export is there or overdue, then its inventory. Reads only. */
  readonly awaitExport: (input: AwaitExportInput) => Promise<AwaitedExport>;
  /** What every target of the file holds and what stays: recorded once per round, and returned as it was shown on repetition. */
  readonly planErasure: (input: PlanErasureInput) => Promise<ShownPlan | RatedFirst>;
  /** What would be planned now, of the targets that are still in the file; `planHolds` compares it. Reads only. */
  readonly planAgain: (input: PlanAgainInput) => Promise<ErasurePlan | RatedFirst>;
  /** What one target holds and what stays. Keeps identifiers sealed where it is told to, and is otherwise a read. */
  readonly planTarget: (input: PlanTargetInput) => Promise<PlannedTarget>;
  /** Whether storage still holds what the manifest says (number, sizes, ETags). Reads only. */
  readonly checkExport: (input: CheckExportInput) => Promise<{ readonly isThere: boolean }>;
  /** Keeps new data from coming in. Effect `<target>:fence`; its first changing call is the point of no return. */
  readonly fenceTarget: (input: TargetInput) => Promise<FenceOutcome>;
  /** Erases one target. Effect `<target>:erase`. */
  readonly eraseTarget: (input: TargetInput) => Promise<EraseOutcome>;
  /** Looks again, by reading, and once more after the quiet period. Reads only. */
  readonly verifyTarget: (input: VerifyTargetInput) => Promise<VerifyOutcome>;
  /** Writes how the closure ends, unless its erasure has begun: the first writer wins. */
  readonly recordEnding: (input: RecordEndingInput) => Promise<{ readonly kind: 'recorded' | 'erasure-has-begun' }>;
  /** Starts `forgetClosure`, or gives the one that waits these times instead of its own. */
  readonly arrangeForgetting: (input: ArrangeForgettingInput) => Promise<void>;
  /** Deletes every export container of the closure. Effect `export:delete`. */
  readonly deleteExports: (input: DeleteExportsInput) => Promise<DeleteExportsOutcome>;
}
