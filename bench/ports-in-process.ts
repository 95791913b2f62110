import { randomUUID } from 'node:crypto';
import type { ActivityDependencies, ConfiguredPolicy } from '../activities';
import type { AuditEntry, AuditLog, EffectKey } from '../activities/ports/audit-log';
import type { AccountLook, Directory } from '../activities/ports/directory';
import type { ExportStorage } from '../activities/ports/export-storage';
import type { IdentifierVault } from '../activities/ports/identifier-vault';
import { Sensitive } from '../activities/ports/sensitive';
import type { Turn, Turns } from '../activities/ports/turns';
import type { TenantRealm } from '../activities/ports/tenant-realm';
import type { Account } from '../workflows/contract/account';
import { toGuid } from '../workflows/contract/ids';
import type { TargetsInProcess } from './targets-in-process';

const DAY_MS = 86_400_000;

/** Nothing is waited for but the confirmation. */
const POLICY: ConfiguredPolicy = {
  confirmationWindowMs: 14 * DAY_MS,
  coolingOffMs: 0,
  exportDeadlineMs: 35 * DAY_MS,
  exportRetentionMs: 0,
  readsLagMs: 0,
  verifyAfterMs: 0,
};

const DOMAIN_SUFFIX = '.example';
const EXPORTED = Buffer.from(JSON.stringify([{ Action: 'OpenFile' }]));

/**
 * Far ends that answer at once, from memory: every account is there until it is deleted, lives in an unmanaged tenant and
 * has one exported file. What is left of a closure's time is the time of our own code and of Temporal.
 */
export function createPortsInProcess(
  targets: TargetsInProcess,
): ActivityDependencies & { readonly auditLog: AuditLog; readonly turns: Turns } {
  const containers = new Map<string, Request>();
  return {
    directory: createDirectory(containers),
    realm: createRealm(),
    storage: createStorage(containers),
    policy: POLICY,
    vault: NOTHING_KEPT,
    ...targets,
    auditLog: createAuditLog(),
    turns: createTurns(),
  };
}

/** No target of the bench keeps anything. */
const NOTHING_KEPT: IdentifierVault = {
  keep: (_key, identifiers) => Promise.resolve(identifiers),
  open: () => Promise.resolve(undefined),
  forget: () => Promise.resolve(0),
  histories: () => Promise.resolve([]),
};

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
  const lookAt = (account: Account, isThere: boolean): Promise<AccountLook> =>
    Promise.resolve(isThere ? found(account) : { kind: 'absent', provenBy: 'pinned-tenant' });
  const found = ({ tenantId, objectId }: Account): AccountLook => ({
    kind: 'found',
    address: new Sensitive(`ada@${tenantId}${DOMAIN_SUFFIX}`),
    isSignInBlocked: blocked.has(objectId),
    isGuest: false,
  });
  return {
    reachedThrough: 'in-process',
    findAccount: (account) => lookAt(account, isLive(account)),
    findDeletedAccount: (account) => lookAt(account, deleted.has(account.objectId)),
    hasDirectoryRole: () => Promise.resolve(false),
    listSoleOwnerships: () => Promise.resolve([]),
    countHoldings: () => Promise.resolve({ memberships: 2, appRoleAssignments: 1, consents: 0, ownedObjects: 0 }),
    requestExport: (account, sasUrl) => Promise.resolve(accept(containers, account, sasUrl.reveal())),
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

/** The export into the container is complete at once. */
function accept(
  containers: Map<string, Request>,
  account: Account,
  container: string,
): Awaited<ReturnType<Directory['requestExport']>> {
  const operationId = randomUUID();
  containers.set(container, { operation: { operationId, account } });
  return { kind: 'accepted', operationId };
}

/** A worker that was started anew has to find the exports of the one before it: what was not deleted is there. */
function createStorage(containers: Map<string, Request>): ExportStorage {
  const deleted = new Set<string>();
  const listed = (prefix: string): readonly string[] => {
    const known = [...containers.keys()].filter((container) => container.startsWith(prefix));
    const first = prefix.endsWith('-') ? `${prefix}1` : prefix;
    return [...new Set([...known, first])].filter((container) => !deleted.has(container));
  };
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
    check: () => Promise.resolve(),
    listFiles: () => Promise.resolve([{ name: 'activity.json', sizeBytes: EXPORTED.byteLength, etag: '"1"' }]),
    readFile: () => Promise.resolve(oneChunk()),
    linkToFile: () => Promise.resolve(new Sensitive('https://storage.example/activity.json')),
    listContainers: (prefix) => Promise.resolve(listed(prefix)),
    deleteContainer: (container) => {
      containers.delete(container);
      deleted.add(container);
      return Promise.resolve('deleted');
    },
  };
}

async function* oneChunk(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(EXPORTED);
}

/** By closure, as the database's index has them: what one closure has written does not slow down the next. */
function createAuditLog(): AuditLog {
  const written = new Map<string, Map<string, AuditEntry>>();
  let sequence = 0;
  const of = (closureId: string): Map<string, AuditEntry> => {
    const entries = written.get(closureId) ?? new Map<string, AuditEntry>();
    written.set(closureId, entries);
    return entries;
  };
  return {
    append: (entry) => {
      const entries = of(entry.closureId);
      const key = keyOf(entry, entry.kind);
      const there = entries.get(key);
      if (there !== undefined) return Promise.resolve({ entry: there, isNew: false });
      sequence += 1;
      const appended = { ...entry, sequence, recordedAt: new Date().toISOString() };
      entries.set(key, appended);
      return Promise.resolve({ entry: appended, isNew: true });
    },
    find: (effect, kind) => Promise.resolve(of(effect.closureId).get(keyOf(effect, kind))),
    list: (closureId) => Promise.resolve([...of(closureId).values()]),
  };
}

function keyOf(effect: EffectKey & Partial<Pick<AuditEntry, 'occasion'>>, kind: AuditEntry['kind']): string {
  const { firstRunId, target, step, round, occasion = '' } = effect;
  return [firstRunId, target, step, round, kind, occasion].join('/');
}

function createTurns(): Turns {
  const turns = new Map<string, Turn[]>();
  const of = ({ closureId, firstRunId }: { readonly closureId: string; readonly firstRunId: string }): Turn[] => {
    const key = `${closureId}/${firstRunId}`;
    const known = turns.get(key) ?? [];
    turns.set(key, known);
    return known;
  };
  return {
    last: (closure) => Promise.resolve(of(closure).at(-1)),
    pass: ({ planDigest, attemptId, ...closure }) => {
      const known = of(closure);
      if (known.at(-1)?.kind !== 'erase') {
        const recordedAt = new Date().toISOString();
        known.push({ number: known.length + 1, kind: 'erase', planDigest, attemptId, recordedAt });
      }
      return Promise.resolve({ kind: 'passed' });
    },
    // Nobody refuses, withdraws or lets expire in the bench.
    reopen: () => Promise.reject(new TypeError('Nothing is refused in process.')),
    end: () => Promise.reject(new TypeError('Nothing ends early in process.')),
  };
}
