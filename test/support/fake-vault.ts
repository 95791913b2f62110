import type { HistoryRef } from '../../activities/ports/audit-log';
import type { Identifiers, IdentifierVault, VaultKey } from '../../activities/ports/identifier-vault';

/** What a vault in memory keeps, as a test looks at it. */
export interface KeptIdentifiers extends VaultKey {
  readonly identifiers: Identifiers;
  readonly keptAtMs: number;
}

/** A vault in memory, with the same promises as a real one; nothing is sealed, so that a test can look at it. */
export function createFakeVault(): IdentifierVault & { readonly kept: readonly KeptIdentifiers[] } {
  const kept: KeptIdentifiers[] = [];
  const find = (key: VaultKey): Identifiers | undefined =>
    kept.find((row) => isOf(row, key) && row.target === key.target && row.round === key.round)?.identifiers;
  return {
    kept,
    keep: async (key, identifiers, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      const there = find(key);
      if (there !== undefined) return there;
      const { closureId, firstRunId, target, round } = key;
      kept.push({ closureId, firstRunId, target, round, identifiers, keptAtMs: Date.now() });
      return identifiers;
    },
    open: async (key, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      return find(key);
    },
    forget: async (closure, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      const others = kept.filter((row) => !isOf(row, closure));
      const count = kept.length - others.length;
      kept.splice(0, kept.length, ...others);
      return count;
    },
    histories: async (olderThanMs, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      const isYoung = ({ keptAtMs }: KeptIdentifiers): boolean => keptAtMs > Date.now() - olderThanMs;
      return kept
        .filter((row, index) => kept.findIndex((other) => isOf(other, row)) === index)
        .filter((row) => !kept.some((other) => isOf(other, row) && isYoung(other)))
        .map(({ closureId, firstRunId }) => ({ closureId, firstRunId }));
    },
  };
}

function isOf(row: HistoryRef, { closureId, firstRunId }: HistoryRef): boolean {
  return row.closureId === closureId && row.firstRunId === firstRunId;
}
