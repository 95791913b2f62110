import type { Account, Guid } from '../workflows/contract/account';
import type { ExportStorage, RequestInfo } from './ports/export-storage';
import { IndeterminateAnswerError } from './ports/faults';

/** Beginning of the names of all export containers of a closure. */
export function exportContainerPrefix(closureId: Guid): string {
  return `export-${closureId}-`;
}

/** The container of one request for an export: one of its own each, because a request burns its container. */
export function exportContainer(closureId: Guid, attempt: number): string {
  return `${exportContainerPrefix(closureId)}${attempt}`;
}

/**
 * What the directory left in the container when it was asked for the account's export.
 * @throws IndeterminateAnswerError when it names somebody else's
 */
export async function ownRequestInfo(
  storage: ExportStorage,
  { container, account }: { readonly container: string; readonly account: Account },
  signal: AbortSignal,
): Promise<RequestInfo> {
  const info = await storage.readRequestInfo(container, signal);
  if (info.kind !== 'present') return info;
  if (info.objectId === account.objectId && info.tenantId === account.tenantId) return info;
  throw new IndeterminateAnswerError(
    { farEnd: 'export-storage', operation: 'storage.read-request-info' },
    "the container names somebody else's export",
  );
}
