import { z } from 'zod';
import type { NoExportLeft, RequestedExport, RequestExportInput } from '../workflows/contract/activities';
import { exportContainerPrefix, ownRequestInfo } from './export-containers';
import { historyEntries } from './history-entries';
import type { AuditLog } from './ports/audit-log';
import type { ExportStorage } from './ports/export-storage';

/** Where exports leave their traces. */
interface Traces {
  readonly auditLog: AuditLog;
  readonly storage: ExportStorage;
}

/**
 * The export of a closure past its point of no return, by its record, or else by what stands in its containers: the newest one,
 * of whatever round. The account may be gone, so the directory is not asked for anything, and nothing is created.
 */
export async function exportMadeBefore(
  { auditLog, storage }: Traces,
  input: RequestExportInput,
  signal: AbortSignal,
): Promise<RequestedExport | NoExportLeft> {
  const recorded = await recordedExport(auditLog, input, signal);
  return recorded ?? (await exportInContainers(storage, input, signal)) ?? { kind: 'none-left' };
}

const Made: z.ZodType<RequestedExport> = z.object({ operationId: z.string(), container: z.string() });

async function recordedExport(
  auditLog: AuditLog,
  { closureId, firstRunId }: RequestExportInput,
  signal: AbortSignal,
): Promise<RequestedExport | undefined> {
  const sought = { closureId, firstRunId, target: 'export', step: 'request', kind: 'result' } as const;
  return Made.safeParse((await historyEntries(auditLog, sought, signal)).at(-1)?.outcome).data;
}

async function exportInContainers(
  storage: ExportStorage,
  { closureId, account, lost }: RequestExportInput,
  signal: AbortSignal,
): Promise<RequestedExport | undefined> {
  const prefix = exportContainerPrefix(closureId);
  const numberOf = (container: string): number => Number(container.slice(prefix.length));
  const newestFirst = (await storage.listContainers(prefix, signal))
    .filter((container) => !lost.includes(container))
    .sort((one, other) => numberOf(other) - numberOf(one));
  for (const container of newestFirst) {
    const info = await ownRequestInfo(storage, { container, account }, signal);
    if (info.kind === 'present') return { operationId: info.operationId, container };
  }
  return undefined;
}
