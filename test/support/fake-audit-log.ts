import type { AuditEntry, AuditLog, EffectKey } from '../../activities/ports/audit-log';

/** An audit log in memory, with the same promises as a real one. */
export function createFakeAuditLog(): AuditLog & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const find = (effect: EffectKey, kind: AuditEntry['kind']): AuditEntry | undefined =>
    entries.find(
      (entry) =>
        entry.kind === kind &&
        entry.closureId === effect.closureId &&
        entry.target === effect.target &&
        entry.step === effect.step &&
        entry.round === effect.round,
    );
  return {
    entries,
    append: (entry) => {
      const there = find(entry, entry.kind);
      if (there !== undefined) return Promise.resolve({ entry: there, isNew: false });
      const appended = { ...entry, sequence: entries.length + 1, recordedAt: new Date().toISOString() };
      entries.push(appended);
      return Promise.resolve({ entry: appended, isNew: true });
    },
    find: (effect, kind) => Promise.resolve(find(effect, kind)),
    list: (closureId) => Promise.resolve(entries.filter((entry) => entry.closureId === closureId)),
  };
}
