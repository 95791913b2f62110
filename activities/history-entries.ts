import type { AuditEntry, AuditLog, HistoryRef } from './ports/audit-log';

/** Which entries of a history: those with these fields. */
export type Sought = Pick<HistoryRef, 'firstRunId'> & Partial<Pick<AuditEntry, 'target' | 'step' | 'round' | 'kind'>>;

const FIELDS = ['firstRunId', 'target', 'step', 'round', 'kind'] as const;

/** Whether an entry is among those: of this history, and with the fields that are named. */
export function isAmong(sought: Sought, entry: AuditEntry): boolean {
  return FIELDS.every((field) => sought[field] === undefined || entry[field] === sought[field]);
}

/** The entries of one history of a closure that have these fields, oldest first. */
export async function entriesOf(
  auditLog: AuditLog,
  sought: HistoryRef & Sought,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  const entries = await auditLog.list(sought.closureId, signal);
  return entries.filter((entry) => isAmong(sought, entry));
}
