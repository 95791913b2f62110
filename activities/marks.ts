import { randomUUID } from 'node:crypto';
import type { AuditEntry, AuditLog } from './ports/audit-log';
import { isRefusedUnchanged } from './ports/faults';

/** Noting a refusal does not wait for long: a mark without one counts as sent, which is the safe side. */
const REFUSAL_MS = 5_000;

/** The occasion of the mark of one call more of that part: no other call has it, of whatever attempt. */
export function newCall(part: string): string {
  return `${part}:${randomUUID()}`;
}

/** Whether the mark is of a call of that part. */
export function isCallOf(part: string, { occasion = '' }: AuditEntry): boolean {
  return occasion.slice(0, occasion.lastIndexOf(':')) === part;
}

/**
 * Makes the call that the mark stands for, and notes it when the far end itself said that the call changed nothing. Answers
 * and throws what the call does, also when the refusal cannot be written. `onEntry`: what was written besides.
 */
export async function behindMark<T>(
  {
    auditLog,
    onEntry = () => undefined,
  }: { readonly auditLog: AuditLog; readonly onEntry?: (entry: AuditEntry) => void },
  mark: AuditEntry,
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (fault) {
    const refusal = isRefusedUnchanged(fault) ? await noteRefusal(auditLog, mark) : undefined;
    if (refusal !== undefined) onEntry(refusal);
    throw fault;
  }
}

async function noteRefusal(auditLog: AuditLog, mark: AuditEntry): Promise<AuditEntry | undefined> {
  const { sequence, recordedAt, ...ofMark } = mark;
  // The attempt's own signal may be aborted by now, and what is known is known all the same.
  const signal = AbortSignal.timeout(REFUSAL_MS);
  return await auditLog.append({ ...ofMark, kind: 'refusal' }, signal).then(
    ({ entry }) => entry,
    () => undefined,
  );
}

/** The marks among the entries whose calls were not refused: each may have changed something, or may yet. */
export function standingMarks(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const refusals = entries.filter(({ kind }) => kind === 'refusal');
  return entries.filter((entry) => entry.kind === 'mark' && !refusals.some((refusal) => isSameCall(refusal, entry)));
}

function isSameCall(one: AuditEntry, other: AuditEntry): boolean {
  return (
    one.firstRunId === other.firstRunId &&
    one.target === other.target &&
    one.step === other.step &&
    one.round === other.round &&
    one.occasion === other.occasion
  );
}
