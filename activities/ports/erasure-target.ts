import type { Account, Guid } from '../../workflows/contract/account';
import type { PlannedRetention, TargetPlan } from '../../workflows/contract/plan';
import type {
  EndedBefore,
  EraseOutcome,
  FenceOutcome,
  Stopped,
  VerifyOutcome,
} from '../../workflows/contract/target-outcomes';
import type { Identifiers } from './identifier-vault';
import type { Sensitive } from './sensitive';

/** Whose data, for which closure; every call of the target ends with the signal. */
export interface Subject {
  readonly closureId: Guid;
  readonly account: Account;
  readonly signal: AbortSignal;
}

/** What a target needs to know of the person besides the account's ids: kept from the plan on, and used unchanged. */
export interface Planning extends Subject {
  /** Keeps what was found, unless something was kept for this plan before: answers what is kept. */
  readonly keep: (found: Identifiers) => Promise<Kept>;
}

/** Identifiers that are kept, with the key for what is hashed: random, of this closure alone, gone when it is over. */
export interface Kept {
  readonly identifiers: Identifiers;
  /** 32 bytes, base64url. */
  readonly hashKey: Sensitive<string>;
  /** What a plan says of them: their HMAC by that key. */
  readonly digest: string;
}

/** A target that is looked at after its plan was confirmed. */
export interface Confirmed extends Subject {
  /**
   * What was kept when the plan was made.
   * @throws StepNeedsOperatorError `IdentifiersMissing` when nothing is kept any more
   */
  readonly kept: () => Promise<Kept>;
  /** What the plan says is kept, and why. */
  readonly retains: readonly Pick<PlannedRetention, 'what' | 'basis'>[];
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

/** Which effect of a closure as one history: the key of idempotency of whatever a far end does for it. */
export interface EffectId {
  readonly firstRunId: string;
  readonly target: string;
  /** From 1; grows when the target is erased again. */
  readonly round: number;
}

/** An effect on a target that is under way: its intent entry is in the audit log. */
export interface Erasure extends Confirmed, EffectId {
  readonly own: OwnDoing;
  /** Whether nobody waits for it any more: it ends after what is under way. */
  readonly isCancelled: () => boolean;
  /**
   * Is this still ours to do? Nothing when it is; otherwise nothing more may be written. To be asked before the first changing
   * call of an attempt, and again when the last answer is a minute old. Ends the attempt while it cannot be told.
   */
  readonly noLongerOurs: () => Promise<NoLongerOurs | undefined>;
  /**
   * Makes one changing call: one request, so that what refuses it refuses all of it. Passes the point of no return first, and
   * leaves its traces before and after. Ends the whole effect, with nothing changed, when the closure was ended meanwhile.
   */
  readonly change: <T>(part: string, call: () => Promise<T | 'absent'>) => Promise<T | 'absent'>;
  /** The work that an earlier attempt had kept, as it came over the wire; and keeps some for the next one. */
  readonly keptWork: unknown;
  readonly keepWork: (work: unknown) => void;
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
  /** What is held and what stays, as counts. Reads only; the same holdings give the same plan. */
  readonly plan: (planning: Planning) => Promise<Holdings>;
  /** Keeps new data from coming in. Targets that cannot do that leave it out. */
  readonly fence?: (erasure: Erasure) => Promise<Told<FenceOutcome>>;
  /** Erases what the plan says. When its signal is aborted by a cancellation it ends after the call that is under way. */
  readonly erase: (erasure: Erasure) => Promise<Told<EraseOutcome>>;
  /** What can be found now, by reading. Judges one look; how long to wait between two is not the target's business. */
  readonly verify: (subject: Confirmed) => Promise<VerifyOutcome>;
}

/** What a target says for the plan; its name, kind and definition are known without it. */
export type Holdings = Pick<TargetPlan, 'subject' | 'erases' | 'retains' | 'keptByProvider'>;
