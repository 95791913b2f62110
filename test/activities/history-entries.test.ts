import { describe, expect, it } from '@jest/globals';
import { entriesAmong, historyEntries } from '../../activities/history-entries';
import type { NewAuditEntry } from '../../activities/ports/audit-log';
import { createFakeAuditLog } from '../support/fake-audit-log';
import { HISTORY } from '../support/inputs';

const { signal } = new AbortController();
const MARK: NewAuditEntry = {
  ...HISTORY,
  target: 'directory',
  step: 'erase',
  round: 1,
  kind: 'mark',
  occasion: 'purge:1',
};
const OTHERS: readonly Partial<NewAuditEntry>[] = [
  { firstRunId: 'run-0' },
  { target: 'export' },
  { step: 'fence' },
  { round: 2 },
  { kind: 'refusal' },
];

async function logOf(entries: readonly NewAuditEntry[]): Promise<ReturnType<typeof createFakeAuditLog>> {
  const auditLog = createFakeAuditLog();
  for (const entry of entries) await auditLog.append(entry, signal);
  return auditLog;
}

describe('the entries of a history', () => {
  it('are all of it when nothing more is said, oldest first', async () => {
    const auditLog = await logOf([MARK, ...OTHERS.map((other) => ({ ...MARK, ...other }))]);

    const entries = await historyEntries(auditLog, HISTORY, signal);

    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 3, 4, 5, 6]);
  });

  it.each(OTHERS)('are only those that are sought, which is no entry with %j', async (other) => {
    const auditLog = await logOf([{ ...MARK, ...other }, MARK]);

    const entries = await historyEntries(auditLog, MARK, signal);

    expect(entries).toMatchObject([{ sequence: 2 }]);
    expect(entriesAmong(auditLog.entries, MARK)).toEqual(entries);
  });
});
