import type { Account, Guid } from '../../workflows/contract/account';
import type { EraseOutcome, FenceOutcome, Stopped, VerifyOutcome } from '../../workflows/contract/activities';
import type { TargetPlan } from '../../workflows/contract/plan';
import type { TargetName } from '../../workflows/contract/targets';

/** Whose data, for which closure; every call of the target ends with the signal. */
export interface Subject {
  readonly closureId: Guid;
  readonly account: Account;
  readonly signal: AbortSignal;
}

/** An effect on a target that is under way: its intent entry is in the audit log. */
export interface Erasure extends Subject {
  /** An earlier attempt began this effect: what is absent now may be absent because of us. */
  readonly isResumed: boolean;
  /**
   * Is this still ours to do? Call it immediately before *each* destructive call, and return what it answers when it
   * answers something: the tenant became managed, or the domain moved.
   */
  readonly recheck: () => Promise<Stopped | undefined>;
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
  readonly fence?: (erasure: Erasure) => Promise<FenceOutcome>;
  readonly erase: (erasure: Erasure) => Promise<EraseOutcome>;
  /** What can be found now, by reading. Judges one look; how long to wait between two is not the target's business. */
  readonly verify: (subject: Subject) => Promise<VerifyOutcome>;
}
