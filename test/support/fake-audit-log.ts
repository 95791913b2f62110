import { z } from 'zod';
import type { AuditEntry, AuditLog, EffectKey, NewAuditEntry } from '../../activities/ports/audit-log';

/** An audit log in memory, with the same promises as a real one. */
export function createFakeAuditLog(): AuditLog & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  const ofEffect = (effect: EffectKey, kind: AuditEntry['kind']): AuditEntry[] =>
    entries.filter(
      (entry) =>
        entry.kind === kind &&
        entry.closureId === effect.closureId &&
        entry.firstRunId === effect.firstRunId &&
        entry.target === effect.target &&
        entry.step === effect.step &&
        entry.round === effect.round,
    );
  return {
    entries,
    append: async (entry, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      const there = ofEffect(entry, entry.kind).find(({ occasion }) => occasion === entry.occasion);
      if (there !== undefined) return { entry: there, isNew: false };
      const appended = { ...kept(entry), sequence: entries.length + 1, recordedAt: new Date().toISOString() };
      entries.push(appended);
      return { entry: appended, isNew: true };
    },
    find: async (effect, kind, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      return ofEffect(effect, kind)[0];
    },
    list: async (closureId, signal) => {
      await Promise.resolve();
      signal.throwIfAborted();
      return entries.filter((entry) => entry.closureId === closureId);
    },
  };
}

/** As a database would keep it: the outcome as JSON. */
function kept({ outcome, ...entry }: NewAuditEntry): NewAuditEntry {
  if (outcome === undefined) return entry;
  const read: unknown = JSON.parse(JSON.stringify(outcome));
  return { ...entry, outcome: z.record(z.string(), z.unknown()).parse(read) };
}
