import type { Ending } from '../../workflows/contract/decisions';
import type { HistoryRef } from './audit-log';

/**
 * Which way a closure goes, decided in the database by the first writer. A closure's turns are rows with the numbers 1, 2, …
 * that are inserted and never changed; the last one holds:
 * - `erase`: the point of no return is passed. Written immediately before the first changing call of any target.
 * - `reopened`: that call was refused and changed nothing, so the way back is open again.
 * - an ending: nothing is erased by whoever set out before it.
 */
export type TurnKind = 'erase' | 'reopened' | Ending;

/** One turn as it is kept. */
export interface Turn {
  /** From 1, without gaps within a history. */
  readonly number: number;
  readonly kind: TurnKind;
  /** `erase`: the confirmed plan, and the attempt that wrote it (an opaque id). */
  readonly planDigest?: string;
  readonly attemptId?: string;
  /** ISO 8601, UTC; the database's clock. */
  readonly recordedAt: string;
}

/** Who wants to pass the point of no return, and what it knows. */
export interface Passage extends HistoryRef {
  /** Of this attempt alone: a UUID. */
  readonly attemptId: string;
  readonly planDigest: string;
  /** The last turn that was known when the plan was shown: an ending after it forbids the passage. */
  readonly knownTurn: number;
}

/** How a passage went. */
export type PassageAnswer = { readonly kind: 'passed' } | { readonly kind: 'ended'; readonly ending: Ending };

/**
 * Every method is atomic among all writers, and may be repeated; one attempt calls one at a time.
 *
 * Who may take a passage back: **only the attempt that wrote the last turn, when that is `erase` and the turn before it is
 * none.** An attempt that finds the `erase` of another one writes one of its own behind it. From then on neither can open the
 * way back: the first because its turn is no longer the last, the second because of the one before it, whose call may have
 * changed something. So an attempt that lives on unseen can never take back what a later one relies on. An attempt that died
 * between its passage and its call leaves the point of no return passed: nobody can know that it changed nothing.
 */
export interface Turns {
  /** The last turn; `undefined` when there was none. */
  readonly last: (closure: HistoryRef, signal: AbortSignal) => Promise<Turn | undefined>;
  /**
   * Passes the point of no return: the last turn is `erase` afterwards, and no other attempt can take it back. `ended`: an
   * ending was written after `knownTurn`, and nothing may be changed by this attempt, whatever came after that.
   *
   * When it throws (the signal aborted, no answer) the point was not passed by this attempt: what it has written it takes
   * back, as far as the database can be reached. Therefore a write that has begun is waited for, within its bound.
   */
  readonly pass: (passage: Passage, signal: AbortSignal) => Promise<PassageAnswer>;
  /**
   * Takes the passage back, if this attempt may (see above); otherwise changes nothing. For an attempt none of whose calls
   * can have changed anything.
   */
  readonly reopen: (passage: Passage, signal: AbortSignal) => Promise<void>;
  /**
   * Writes the ending as the last turn, unless the erasure has begun. It is written anew although the last turn may say the
   * same: an attempt that has known that one is forbidden to pass only by one that comes after.
   */
  readonly end: (closure: HistoryRef, ending: Ending, signal: AbortSignal) => Promise<'recorded' | 'erasure-has-begun'>;
}
