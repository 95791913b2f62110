import type { Account } from '../../workflows/contract/account';
import type { EffectKey } from './audit-log';
import type { Sensitive } from './sensitive';

/** Whose rows: the account's ids, and the person's key in this database where the definition looks one up. */
export interface SubjectIds {
  readonly account: Account;
  readonly key?: Sensitive<string>;
}

/** What a lookup of the person's key found. */
export type KeyLook =
  | { readonly kind: 'found'; readonly key: Sensitive<string> }
  /** No row for the person: nothing is held. */
  | { readonly kind: 'none' }
  /** More than one row, or a row without a key: nobody can say whose rows would be erased. */
  | { readonly kind: 'ambiguous' };

/** How many rows of the person a table holds. */
export interface HeldRows {
  /** The table's `what`. */
  readonly what: string;
  readonly count: number;
  /** Of retained rows with a rule: the latest end of all of them, ISO 8601, UTC; absent when there are none. */
  readonly until?: string;
}

/** One erasure: its batches are counted in the ledger of the database itself. */
export interface RowErasure {
  readonly effect: EffectKey;
  readonly ids: SubjectIds;
  /** For columns that are set to a keyed hash: 32 bytes, base64url. */
  readonly hashKey: Sensitive<string> | undefined;
}

/** What one batch did. */
export interface Batch {
  /**
   * What all batches of this effect have dealt with so far, by the ledger, a line a table in the order of the definition: rows
   * deleted, anonymised, or (of a table that is retained) kept. Nothing is counted twice or lost.
   */
  readonly soFar: readonly HeldRows[];
  /** Nothing is left to do. */
  readonly isLast: boolean;
}

/**
 * The rows of one person in one database, as the definition says. Statements and locks are bounded in time: the owner's
 * traffic never waits longer than a batch.
 */
export interface SubjectRows {
  readonly findKey: (account: Account, signal: AbortSignal) => Promise<KeyLook>;
  /** What each table holds, in the order of the definition. Reads only, on the primary. */
  readonly count: (ids: SubjectIds, signal: AbortSignal) => Promise<readonly HeldRows[]>;
  /**
   * What the ledger says of the effect; `undefined` when no batch of it was committed. Reads only.
   */
  readonly progress: (effect: EffectKey, signal: AbortSignal) => Promise<Batch | undefined>;
  /**
   * Erases the next batch: one transaction with its row in the ledger, so that a lost answer neither doubles nor loses. What is
   * next is known from the ledger alone. Beside another attempt of the same effect one of the two changes nothing.
   */
  readonly eraseBatch: (erasure: RowErasure, signal: AbortSignal) => Promise<Batch>;
  /**
   * What is left to erase, and what is retained, by another path than the erasure's: on `verifyUrl` once that has replayed
   * everything committed before, else on a read-only connection to the same server. Columns are compared, not whole rows.
   * `behind`: the replica has not replayed the last commit yet.
   */
  readonly remaining: (
    erasure: Omit<RowErasure, 'effect'>,
    signal: AbortSignal,
  ) => Promise<
    | {
        readonly kind: 'read';
        readonly path: 'replica' | 'same-server';
        readonly remaining: number;
        readonly retained: readonly HeldRows[];
      }
    | { readonly kind: 'behind' }
  >;
}
