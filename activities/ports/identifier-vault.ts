import type { HistoryRef } from './audit-log';
import type { Sensitive } from './sensitive';

/** What is kept under one key: names of our own (`key`, `hashKey`), and values that may be personal data. */
export type Identifiers = Readonly<Record<string, Sensitive<string>>>;

/** Whose identifiers, and of which plan: those of a plan are used unchanged for as long as it is carried out. */
export interface VaultKey extends HistoryRef {
  /** Of which target, by its name and its description; or `closure` for what all targets share. Up to 64 characters. */
  readonly target: string;
  /** The plan's round. */
  readonly round: number;
}

/**
 * Identifiers that later steps need, sealed to a public key: who reads the database cannot read them, and who has the public
 * half alone can keep but not open. Bounded in time; ends at once with the signal's reason, and something may be kept or removed
 * all the same: each of them is simply repeated. Never in Temporal, never in the audit log. Removed when the closure has ended.
 */
export interface IdentifierVault {
  /** Keeps them, unless some are kept under this key already: the first writer wins. Answers what is kept. */
  readonly keep: (key: VaultKey, identifiers: Identifiers, signal: AbortSignal) => Promise<Identifiers>;
  /** What is kept under the key; `undefined` when nothing is, or nothing is any more. */
  readonly open: (key: VaultKey, signal: AbortSignal) => Promise<Identifiers | undefined>;
  /** Removes everything of this history of a closure. Answers how much there was. */
  readonly forget: (closure: HistoryRef, signal: AbortSignal) => Promise<number>;
  /** The histories of which something is kept, and all of it for at least so long. */
  readonly histories: (olderThanMs: number, signal: AbortSignal) => Promise<readonly HistoryRef[]>;
}
