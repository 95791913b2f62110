import type { Guid } from '../../workflows/contract/account';

/** A closure as one history: the first run id of the chain keeps a later run of the same token apart. */
export interface HistoryRef {
  readonly closureId: Guid;
  readonly firstRunId: string;
}

/** Which effect: the key of idempotency. The round is counted by the Workflow. */
export interface EffectKey extends HistoryRef {
  /** `closure`, `export` or the name of an erasure target. */
  readonly target: string;
  /** `request`, `fence`, `erase`, `delete`, …; of a decision its name. */
  readonly step: string;
  readonly round: number;
}

/** All kinds of entries, in the order in which they come. */
export const AUDIT_KINDS = ['decision', 'intent', 'mark', 'refusal', 'answer', 'result'] as const;

/**
 * `decision`: somebody decided. `intent`: written before an effect. `mark`: immediately before one changing call of it.
 * `refusal`: the far end said that the call of that mark (same key and occasion) changed nothing. `answer`: such a call was
 * answered with success. `result`: after the effect.
 */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** One entry to write. At most one of each kind and occasion per effect. */
export interface NewAuditEntry extends EffectKey {
  readonly kind: AuditKind;
  /**
   * Of an answer the changing call (`soft-delete`), of a mark and its refusal with what tells this one of it from others
   * (`soft-delete:<UUID>`); of a decision its instant; absent otherwise.
   */
  readonly occasion?: string;
  /** The plan that was confirmed, for effects that carry one out. */
  readonly planDigest?: string;
  /** What the effect did or what was decided, without personal data: JSON, at most 256 KiB. */
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** One entry as it is kept. */
export interface AuditEntry extends NewAuditEntry {
  /** Grows with every entry. */
  readonly sequence: number;
  /** ISO 8601, UTC; the database's clock. */
  readonly recordedAt: string;
}

/**
 * The record of what was done and decided. Append-only: nothing is ever changed or removed. Every method is bounded in time
 * and ends at once with its signal's reason; an entry may be written all the same, so an `append` is simply repeated.
 */
export interface AuditLog {
  /** Writes the entry, unless one with its key is there already: then that one is kept and returned. */
  readonly append: (
    entry: NewAuditEntry,
    signal: AbortSignal,
  ) => Promise<{ readonly entry: AuditEntry; readonly isNew: boolean }>;
  /** The entry of that kind for the effect, if there is one; of several (marks, by their occasions) the first. */
  readonly find: (effect: EffectKey, kind: AuditKind, signal: AbortSignal) => Promise<AuditEntry | undefined>;
  /** All entries of a closure, of every history of it, oldest first. */
  readonly list: (closureId: Guid, signal: AbortSignal) => Promise<readonly AuditEntry[]>;
}
