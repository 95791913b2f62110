import type { Guid } from '../workflows/contract/account';

/** Beginning of the names of all export containers of a closure. */
export function exportContainerPrefix(closureId: Guid): string {
  return `export-${closureId}-`;
}

/** The container of one request for an export: one of its own each, because a request burns its container. */
export function exportContainer(closureId: Guid, attempt: number): string {
  return `${exportContainerPrefix(closureId)}${attempt}`;
}
