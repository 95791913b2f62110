import type { Guid } from '../../workflows/contract/account';

/** Which effect: the key of idempotency. The round is counted by the Workflow. */
export interface EffectKey {
  readonly closureId: Guid;
  /** `export` or the name of an erasure target. */
  readonly target: string;
  /** `request`, `fence`, `erase`, `delete`. */
  readonly step: string;
  readonly round: number;
}

/** One entry to write. At most one of each kind per effect. */
export interface NewAuditEntry extends EffectKey {
  /** `intent` is written before an effect, `result` after it. */
  readonly kind: 'intent' | 'result';
  /** The plan that was confirmed, for effects that carry one out. */
  readonly planDigest?: string;
  /** What the effect did, without personal data; only with `result`. */
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** One entry as it is kept. */
export interface AuditEntry extends NewAuditEntry {
  /** Grows with every entry. */
  readonly sequence: number;
  /** ISO 8601, UTC; the database's clock. */
  readonly recordedAt: string;
}

/** The record of what was done. Append-only: nothing is ever changed or removed. */
export interface AuditLog {
  /** Writes the entry, unless one of that kind is there already for the effect: then that one is kept and returned. */
  readonly append: (
    entry: NewAuditEntry,
    signal: AbortSignal,
  ) => Promise<{ readonly entry: AuditEntry; readonly isNew: boolean }>;
  /** The entry of that kind for the effect, if there is one. */
  readonly find: (effect: EffectKey, kind: AuditEntry['kind'], signal: AbortSignal) => Promise<AuditEntry | undefined>;
  /** All entries of a closure, oldest first. */
  readonly list: (closureId: Guid, signal: AbortSignal) => Promise<readonly AuditEntry[]>;
}
