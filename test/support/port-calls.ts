import type { AuditLog } from '../../activities/ports/audit-log';
import type { Directory } from '../../activities/ports/directory';
import type { ExportStorage } from '../../activities/ports/export-storage';
import type { TenantRealm } from '../../activities/ports/tenant-realm';
import type { Turns } from '../../activities/ports/turns';

/** Which port calls there are, to make one fail or to watch it. */
export type Call = keyof Directory | keyof TenantRealm | keyof ExportStorage | keyof AuditLog | keyof Turns;

/** All of them. */
export const CALLS: readonly Call[] = [
  'findAccount',
  'findDeletedAccount',
  'hasDirectoryRole',
  'listSoleOwnerships',
  'countHoldings',
  'requestExport',
  'exportProgress',
  'blockSignIn',
  'revokeSessions',
  'softDelete',
  'purge',
  'kindOf',
  'tenantOf',
  'createContainer',
  'grantWriting',
  'revokeWriting',
  'readRequestInfo',
  'listFiles',
  'readFile',
  'linkToFile',
  'listContainers',
  'deleteContainer',
  'check',
  'append',
  'find',
  'list',
  'last',
  'pass',
  'reopen',
  'end',
];
