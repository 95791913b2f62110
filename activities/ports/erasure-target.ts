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
  /** How often the target is being erased; more than 1 when a look afterwards still found something. */
  readonly round: number;
  /** For how long this effect has been tried, in milliseconds: reads of a replicated store lag up to ten minutes. */
  readonly triedForMs: number;
  /**
   * Is this still ours to do, and where is the account? Call it immediately before *each* destructive call, make the call
   * only when it says where, and return it when it says `stopped`: the tenant became managed, or the domain moved.
   */
  readonly recheck: () => Promise<Whereabouts | Stopped>;
}

/** Where the account can be found now. `nowhere` may be a read that lags. */
export interface Whereabouts {
  readonly kind: 'live' | 'deleted' | 'nowhere';
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
