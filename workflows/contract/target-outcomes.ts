import type { Basis } from './bases';
import type { Ending } from './decisions';
import type { StopReason } from './eligibility';

/** Something of ours that stays in a target in spite of the closure. */
export interface RetainedItems {
  /** What stays, as a code. */
  readonly what: string;
  readonly count: number;
  readonly basis: Basis;
  /** Until when, as far as that is known: the latest end of all of them. ISO 8601, UTC. Who deletes it then is not us. */
  readonly until?: string;
}

/** Whether an account's sign-in is left blocked; `unknown` when the account can no longer be read. */
export type SignIn = 'blocked' | 'not-blocked' | 'unknown';

/** The tenant became managed, or the account is gone without our doing: nothing more is written. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly signIn: SignIn;
  /** Parts of the interrupted step that had been done, as codes (`soft-delete`). */
  readonly done: readonly string[];
  /** Something may have been changed: the closure has stopped. Otherwise it is refused, as by any check before. */
  readonly isPastPointOfNoReturn: boolean;
}

/** An ending was written before anything was changed: nothing is done, and the person has to be asked again. */
export interface EndedBefore {
  readonly kind: 'ended-before';
  readonly ending: Ending;
}

/** It is no longer ours to do, in whatever target. */
export type NotOurs = Stopped | EndedBefore;

/** What a fence did. `needless`: somebody else had done as much already, and nothing was changed. */
export type FenceOutcome = { readonly kind: 'fenced' } | { readonly kind: 'needless' } | NotOurs;

/**
 * What an erasure did. There is no default: a target that cannot tell says `unsupported` or fails. Counts include what was
 * anonymised.
 */
export type EraseOutcome =
  | { readonly kind: 'erased'; readonly count: number; readonly retained: readonly RetainedItems[] }
  /** There was nothing to erase; something may stay all the same. */
  | { readonly kind: 'absent'; readonly retained: readonly RetainedItems[] }
  | { readonly kind: 'unsupported' }
  /** It was cancelled between two calls; so much was erased in this round until then, and it can be gone on with. */
  | { readonly kind: 'interrupted'; readonly count: number }
  | NotOurs;

/**
 * How a target was read again. `re-read`: the system itself was asked, of a database a replica. `same-server`: the database on
 * another connection, by a query of its own. `by-the-service`: a service was asked, and is believed.
 */
export const VERIFICATION_GRADES = ['re-read', 'same-server', 'by-the-service'] as const;

/** One of `VERIFICATION_GRADES`. */
export type VerificationGrade = (typeof VERIFICATION_GRADES)[number];

/** What the look afterwards found. `absent`: nothing but what the plan says is kept. */
export type VerifyOutcome =
  | { readonly kind: 'absent'; readonly grade: VerificationGrade }
  | { readonly kind: 'remains'; readonly count: number }
  | { readonly kind: 'unverifiable' };
