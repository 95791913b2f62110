import type { Account, Guid } from './account';
import type { EligibilityCheck } from './eligibility';
import type { ForgetClosureRequest } from './messages';
import type { DigestedPlan } from './plan';
import type { ExportManifest, StopReason, StopReport } from './status';
import type { TargetName } from './targets';

/** Of which closure, for which account. */
export interface ClosureRef {
  readonly closureId: Guid;
  readonly account: Account;
}

/** Which targets to ask. `round` counts from 1 and grows when the person has to be asked again. */
export interface PlanErasureInput extends ClosureRef {
  readonly round: number;
  readonly targets: readonly TargetName[];
}

/** `round` counts from 1 and grows when an operator has the export made again; the deadline says how long it may write. */
export interface RequestExportInput extends ClosureRef {
  readonly round: number;
  readonly exportDeadlineMs: number;
}

/** An export that the directory accepted: where to look, and what for. */
export interface RequestedExport {
  /** Id of the data policy operation. */
  readonly operationId: string;
  readonly container: string;
}

/** Which export to wait for. */
export interface AwaitExportInput extends ClosureRef, RequestedExport {}

/** Which target, and the how-maniest time: the Workflow counts rounds, so a retry is never mistaken for a new effect. */
export interface TargetInput extends ClosureRef {
  readonly target: TargetName;
  readonly round: number;
  /** The confirmed plan's digest: every audit entry of the erasure names it. */
  readonly planDigest: string;
}

/** `verifyTarget` needs to know how long to stay quiet before the second look. */
export interface VerifyTargetInput extends TargetInput {
  readonly verifyAfterMs: number;
}

/** The tenant became managed, or the account is gone without our doing: nothing more is written. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly signIn: StopReport['signIn'];
  /** Parts of the interrupted step that had been done, as codes (`soft-delete`). */
  readonly done: readonly string[];
}

/** What a fence did. */
export type FenceOutcome = { readonly kind: 'fenced' } | { readonly kind: 'unsupported' } | Stopped;

/** What an erasure did. There is no default: a target that cannot tell says `unsupported` or fails. */
export type EraseOutcome =
  | { readonly kind: 'erased'; readonly count: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsupported' }
  | Stopped;

/** What the look afterwards found. */
export type VerifyOutcome =
  | { readonly kind: 'absent' }
  | { readonly kind: 'remains'; readonly count: number }
  | { readonly kind: 'unverifiable' };

/** The Activities of a closure. Each may run twice, and does no harm by it. */
export interface ClosureActivities {
  /** Is the tenant (still) unmanaged, and may this account be closed here? Reads only. */
  readonly checkEligibility: (input: ClosureRef) => Promise<EligibilityCheck>;
  /** Asks the directory for the export, or finds the one that was asked for before. Effect `export:request`. */
  readonly requestExport: (input: RequestExportInput) => Promise<RequestedExport>;
  /** One look per attempt until the export is there, then its inventory. Reads only. */
  readonly awaitExport: (input: AwaitExportInput) => Promise<ExportManifest>;
  /** What every target holds and what stays. Reads only; the same holdings give the same digest. */
  readonly planErasure: (input: PlanErasureInput) => Promise<DigestedPlan>;
  /** Keeps new data from coming in. Effect `<target>:fence`; the first one is the point of no return. */
  readonly fenceTarget: (input: TargetInput) => Promise<FenceOutcome>;
  /** Erases one target. Effect `<target>:erase`. */
  readonly eraseTarget: (input: TargetInput) => Promise<EraseOutcome>;
  /** Looks again, by reading, and once more after the quiet period. Reads only. */
  readonly verifyTarget: (input: VerifyTargetInput) => Promise<VerifyOutcome>;
  /** Starts `forgetClosure`, or finds it started. */
  readonly arrangeForgetting: (input: ForgetClosureRequest) => Promise<void>;
  /** Deletes every export container of the closure. Effect `export:delete`. Returns how many there were. */
  readonly deleteExports: (input: { readonly closureId: Guid }) => Promise<{ readonly deletedContainers: number }>;
}
