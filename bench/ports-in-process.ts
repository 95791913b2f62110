import { randomUUID } from 'node:crypto';
import type { ActivityDependencies } from '../activities';
import type { AuditEntry, AuditLog, EffectKey } from '../activities/ports/audit-log';
import type { Directory, DirectoryAccount } from '../activities/ports/directory';
import type { ExportStorage } from '../activities/ports/export-storage';
import { Sensitive } from '../activities/ports/sensitive';
import type { TenantRealm } from '../activities/ports/tenant-realm';
import { toGuid, type Account } from '../workflows/contract/account';
import type { ClosurePolicy } from '../workflows/contract/policy';

const DAY_MS = 86_400_000;

/** Nothing is waited for but the confirmation. */
const POLICY: ClosurePolicy = {
  confirmationWindowMs: 14 * DAY_MS,
  coolingOffMs: 0,
  exportDeadlineMs: 35 * DAY_MS,
  exportRetentionMs: 0,
  verifyAfterMs: 0,
  targets: ['directory'],
};

const DOMAIN_SUFFIX = '.example';
const EXPORTED = Buffer.from(JSON.stringify([{ Action: 'OpenFile' }]));

/**
 * Far ends that answer at once, from memory: every account is there until it is deleted, lives in an unmanaged tenant and
 * has one exported file. What is left of a closure's time is the time of our own code and of Temporal.
 */
export function createPortsInProcess(): ActivityDependencies & { readonly auditLog: AuditLog } {
  const containers = new Map<string, Request>();
  return {
    directory: createDirectory(containers),
    realm: createRealm(),
    storage: createStorage(containers),
    policy: POLICY,
    auditLog: createAuditLog(),
  };
}

/** What was asked for in a container; `undefined` inside as long as nothing was. */
interface Request {
  readonly operation: { readonly operationId: string; readonly account: Account } | undefined;
}

/** The tenant is written into the domain, so that no list of tenants is needed. */
function createRealm(): TenantRealm {
  return {
    kindOf: () => Promise.resolve('unmanaged'),
    tenantOf: (domain) => Promise.resolve(toGuid(domain.reveal().slice(0, -DOMAIN_SUFFIX.length))),
  };
}

function createDirectory(containers: Map<string, Request>): Directory {
  const deleted = new Set<string>();
  const purged = new Set<string>();
  const blocked = new Set<string>();
  const isLive = ({ objectId }: Account): boolean => !deleted.has(objectId) && !purged.has(objectId);
  const found = ({ tenantId, objectId }: Account): DirectoryAccount => ({
    address: new Sensitive(`ada@${tenantId}${DOMAIN_SUFFIX}`),
    isSignInBlocked: blocked.has(objectId),
    isGuest: false,
  });
  return {
    findAccount: (account) => Promise.resolve(isLive(account) ? found(account) : undefined),
    findDeletedAccount: (account) => Promise.resolve(deleted.has(account.objectId) ? found(account) : undefined),
    hasDirectoryRole: () => Promise.resolve(false),
    listSoleOwnerships: () => Promise.resolve([]),
    countHoldings: () => Promise.resolve({ memberships: 2, appRoleAssignments: 1, consents: 0 }),
    requestExport: (account, sasUrl) => {
      const operationId = randomUUID();
      containers.set(sasUrl.reveal(), { operation: { operationId, account } });
      return Promise.resolve({ kind: 'accepted', operationId });
    },
    exportProgress: () => Promise.resolve({ progress: 'complete' }),
    blockSignIn: (account) => {
      blocked.add(account.objectId);
      return Promise.resolve(isLive(account) ? 'blocked' : 'absent');
    },
    revokeSessions: (account) => Promise.resolve(isLive(account) ? 'revoked' : 'absent'),
    softDelete: (account) => {
      if (!isLive(account)) return Promise.resolve('absent');
      deleted.add(account.objectId);
      return Promise.resolve('deleted');
    },
    purge: ({ objectId }) => {
      if (!deleted.delete(objectId)) return Promise.resolve('absent');
      purged.add(objectId);
      return Promise.resolve('purged');
    },
  };
}

function createStorage(containers: Map<string, Request>): ExportStorage {
  return {
    createContainer: (container) => {
      if (!containers.has(container)) containers.set(container, { operation: undefined });
      return Promise.resolve();
    },
    grantWriting: (container) => Promise.resolve(new Sensitive(container)),
    revokeWriting: () => Promise.resolve(),
    readRequestInfo: (container) => {
      const operation = containers.get(container)?.operation;
      if (operation === undefined) return Promise.resolve({ kind: 'absent' });
      return Promise.resolve({ kind: 'present', operationId: operation.operationId, ...operation.account });
    },
    listFiles: () => Promise.resolve([{ name: 'activity.json', sizeBytes: EXPORTED.byteLength }]),
    readFile: () => Promise.resolve(oneChunk()),
    linkToFile: () => Promise.resolve(new Sensitive('https://storage.example/activity.json')),
    listContainers: (prefix) =>
      Promise.resolve([...containers.keys()].filter((container) => container.startsWith(prefix))),
    deleteContainer: (container) => Promise.resolve(containers.delete(container) ? 'deleted' : 'absent'),
  };
}

async function* oneChunk(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(EXPORTED);
}

function createAuditLog(): AuditLog {
  const entries = new Map<string, AuditEntry>();
  const keyOf = ({ closureId, target, step, round }: EffectKey, kind: AuditEntry['kind']): string =>
    [closureId, target, step, round, kind].join('/');
  return {
    append: (entry) => {
      const key = keyOf(entry, entry.kind);
      const there = entries.get(key);
      if (there !== undefined) return Promise.resolve({ entry: there, isNew: false });
      const appended = { ...entry, sequence: entries.size + 1, recordedAt: new Date().toISOString() };
      entries.set(key, appended);
      return Promise.resolve({ entry: appended, isNew: true });
    },
    find: (effect, kind) => Promise.resolve(entries.get(keyOf(effect, kind))),
    list: (closureId) => Promise.resolve([...entries.values()].filter((entry) => entry.closureId === closureId)),
  };
}
