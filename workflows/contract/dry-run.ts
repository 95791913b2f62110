import type { Attention } from './attention';
import type { Basis } from './bases';
import type { Blocker, RejectionReason } from './eligibility';
import type { FailureType } from './failures';
import type { TargetPlan } from './plan';

/** What could not be found out: of a target by its name, or `eligibility`; why, and what would help. */
export interface Unplanned extends Omit<Attention, 'since'> {
  /** What to do about it, in plain words. */
  readonly advice: string;
}

/** What a closure would do if it were requested now. Found out by reading alone: nothing was written, and nothing is promised. */
export type DryRun =
  | {
      readonly eligibility: 'eligible';
      /** What each target would erase, and what would stay, in the order of the targets file. */
      readonly plan: { readonly targets: readonly TargetPlan[] };
      /** The targets that could not be planned; a closure would wait for an operator until they can. */
      readonly unplanned: readonly Unplanned[];
      /** The texts of the bases in the plan that the targets file has added to `BASES`. */
      readonly bases: Readonly<Record<Basis, string>>;
    }
  | {
      readonly eligibility: 'rejected';
      readonly reason: RejectionReason;
      /** With the reason `blocked`: all that stands in the way. */
      readonly blockers?: readonly Blocker[];
      /** What the person can do, in plain words. */
      readonly advice: string;
    }
  /** Whether the account may be closed cannot be told: no target was asked. */
  | { readonly eligibility: 'unknown'; readonly unplanned: readonly Unplanned[] };

const REPEAT = 'It may pass by itself: repeat the dry run, and look at that system if it does not.';
const RIGHTS = 'Give the worker the right that the call needs: docs/operations.md has the list.';

const ADVICE: Partial<Readonly<Record<FailureType, string>>> = {
  Throttled: REPEAT,
  Unavailable: REPEAT,
  ReadsUnsettled: REPEAT,
  Indeterminate: 'Look at what that system, or a proxy before it, answers to the call.',
  AuditLogUnavailable: "Bring the worker's own database back, or run `closure setup`.",
  AccessDenied: RIGHTS,
  NotAuthenticated: 'Renew the credentials that the worker has for that system.',
  RequestRefused:
    'Repair it there: `closure targets check` looks into databases, `closure targets probe` asks a service.',
  SubjectAmbiguous: 'Repair the data, or `subject` in the targets file.',
  TargetUnknown: 'The workers have different targets files: give all of them the same.',
  UndecodablePayload: 'Use the same version of the program everywhere.',
  TimedOut:
    'Is a worker running that has this target in its file, is its rate used up, or is the system slow? Repeat it.',
  Defect: 'See the worker log at this time for its class and place.',
};

/** What to do about a fault that keeps something from being planned, in plain words. */
export function adviceOn(fault: FailureType): string {
  return ADVICE[fault] ?? 'See the list of faults in docs/operations.md.';
}
