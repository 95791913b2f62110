import type { Account, Guid } from '../../workflows/contract/account';
import type {
  EndedBefore,
  EraseOutcome,
  FenceOutcome,
  Stopped,
  VerifyOutcome,
} from '../../workflows/contract/activities';
import type { TargetPlan } from '../../workflows/contract/plan';
import type { StopReason } from '../../workflows/contract/eligibility';
import type { TargetName } from '../../workflows/contract/targets';
import type { Whereabouts } from './whereabouts';

/** Whose data, for which closure; every call of the target ends with the signal. */
export interface Subject {
  readonly closureId: Guid;
  readonly account: Account;
  readonly signal: AbortSignal;
}

/** What is looked at once the closure's policy is known. */
export interface LookedAt extends Subject {
  /** See `ClosurePolicy.reachedThrough`. */
  readonly reachedThrough: string;
}

/** Somebody else is in charge of the account now: nothing more is written. */
export interface TakenOver {
  readonly kind: 'taken-over';
  readonly reason: Exclude<StopReason, 'account-gone'>;
  readonly where: Exclude<Whereabouts, { readonly kind: 'nowhere' }>;
}

/** It is no longer ours to do. Whether anything was changed before, in whatever target, is not the target's to know. */
export type NoLongerOurs = Omit<Stopped, 'isPastPointOfNoReturn'>;

/** An outcome as a target tells it. */
export type Told<Outcome> = Exclude<Outcome, Stopped | EndedBefore> | NoLongerOurs;

/** What this closure has done to the target, in all rounds, as its audit log says. A part is one changing call, as a code. */
export interface OwnDoing {
  /** Such a call was sent, and the far end did not say that it changed nothing: what is different now may be our doing. */
  readonly hasSent: (part: string) => boolean;
  /** Such a call was answered with success, in whatever round. */
  readonly hasDone: (part: string) => boolean;
  /** Such a call was answered with success in this round. */
  readonly hasDoneNow: (part: string) => boolean;
  /** Such a call was answered with success and the target was not fenced anew since. */
  readonly hasDoneSinceFence: (part: string) => boolean;
  /** The target was fenced, in whatever round. */
  readonly isFenced: boolean;
  /** An earlier round has counted what it erased. */
  readonly isCounted: boolean;
}

/** An effect on a target that is under way: its intent entry is in the audit log. */
export interface Erasure extends LookedAt {
  readonly own: OwnDoing;
  /**
   * Is this still ours to do, and where is the account? Call it before *each* changing call, and make the call only when it
   * says where.
   */
  readonly recheck: () => Promise<Whereabouts | TakenOver>;
  /**
   * Makes one changing call: one request, so that what refuses it refuses all of it. Passes the point of no return first, and
   * leaves its traces before and after. Ends the whole effect, with nothing changed, when the closure was ended meanwhile.
   */
  readonly change: <T extends string>(part: string, call: () => Promise<T | 'absent'>) => Promise<T | 'absent'>;
  /** Notes what a question was answered in this attempt: seeing something else begins the count of `believe` anew. */
  readonly notice: (question: string, seen: string) => void;
  /**
   * Comes back only when the question has had this answer for as long as reads may lag.
   * @throws NotYetError `ReadsUnsettled` until then
   */
  readonly believe: (question: string, seen: string) => void;
  /**
   * Two reads contradict each other, so one of them lags: the next attempt begins with reading.
   * @throws NotYetError `ReadsUnsettled` always
   */
  readonly lookAgain: () => never;
}

/**
 * One system that holds personal data of the person. Every method may run twice, die at any line, or run beside its own
 * zombie. There is no default success: what cannot be told is a fault or has an outcome of its own.
 */
export interface ErasureTarget {
  readonly name: TargetName;
  /** What is held and what stays, as counts. Reads only; the same holdings give the same plan. */
  readonly plan: (subject: Subject) => Promise<TargetPlan>;
  /** Keeps new data from coming in. Targets that cannot do that leave it out. */
  readonly fence?: (erasure: Erasure) => Promise<Told<FenceOutcome>>;
  readonly erase: (erasure: Erasure) => Promise<Told<EraseOutcome>>;
  /** What can be found now, by reading. Judges one look; how long to wait between two is not the target's business. */
  readonly verify: (subject: LookedAt) => Promise<VerifyOutcome>;
}
