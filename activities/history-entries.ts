import type { AuditEntry, AuditKind, AuditLog, EffectKey, HistoryRef } from './ports/audit-log';

/** Which entries of a history; what is left out may be anything. */
export type SoughtEntries = HistoryRef &
  Partial<Pick<EffectKey, 'target' | 'step' | 'round'>> & { readonly kind?: AuditKind };

/** The entries of one history of a closure that are sought, oldest first: a later closure of the same token has others. */
export async function historyEntries(
  auditLog: Pick<AuditLog, 'list'>,
  sought: SoughtEntries,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  return entriesAmong(await auditLog.list(sought.closureId, signal), sought);
}

/** Those of a closure's entries that are sought, in their order. */
export function entriesAmong(
  entries: readonly AuditEntry[],
  { firstRunId, target, step, round, kind }: Omit<SoughtEntries, 'closureId'>,
): readonly AuditEntry[] {
  return entries.filter(
    (entry) =>
      entry.firstRunId === firstRunId &&
      isSought(entry.target, target) &&
      isSought(entry.step, step) &&
      isSought(entry.round, round) &&
      isSought(entry.kind, kind),
  );
}

function isSought<T>(found: T, sought: T | undefined): boolean {
  return sought === undefined || found === sought;
}
