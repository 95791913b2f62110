import type { RequestExportInput } from '../workflows/contract/activities';
import { historyEntries } from './history-entries';
import { behindMark, isCallOf, standingMarks } from './marks';
import type { AuditEntry, AuditLog } from './ports/audit-log';

/** A container that may be asked for an export. */
export interface InContainer extends RequestExportInput {
  readonly container: string;
  /** The first round that may use the container. Its marks are kept there, whichever round sends: so no two have the same number. */
  readonly firstRound: number;
}

/** The requests that were sent into a container, in whatever round. */
export interface SentRequests {
  readonly times: number;
  /** The last one that was not refused: the directory may have accepted it. */
  readonly standing: AuditEntry | undefined;
}

const EXPORT_REQUEST = { target: 'export', step: 'request' } as const;

/** What was sent into the container before. */
export async function requestsInto(
  auditLog: AuditLog,
  { closureId, firstRunId, container }: InContainer,
  signal: AbortSignal,
): Promise<SentRequests> {
  const entries = await historyEntries(auditLog, { closureId, firstRunId, ...EXPORT_REQUEST }, signal);
  const into = (marks: readonly AuditEntry[]): readonly AuditEntry[] =>
    marks.filter((mark) => isCallOf(container, mark));
  const times = into(entries.filter(({ kind }) => kind === 'mark')).length;
  return { times, standing: into(standingMarks(entries)).at(-1) };
}

/**
 * Sends the request of that number behind its mark: of all attempts that want to send it, the one that writes the mark does.
 * `undefined`: another one does.
 */
export async function sendRequest<T>(
  auditLog: AuditLog,
  { input, number, signal }: { readonly input: InContainer; readonly number: number; readonly signal: AbortSignal },
  send: () => Promise<T>,
): Promise<T | undefined> {
  const { closureId, firstRunId, firstRound: round, container } = input;
  const mark = {
    closureId,
    firstRunId,
    ...EXPORT_REQUEST,
    round,
    kind: 'mark',
    occasion: `${container}:${number}`,
  } as const;
  const { entry, isNew } = await auditLog.append(mark, signal);
  return isNew ? await behindMark({ auditLog }, entry, send) : undefined;
}
