import { randomUUID } from 'node:crypto';
import type { ActivityDependencies } from '../../activities';
import type { AuditEntry, AuditLog } from '../../activities/ports/audit-log';
import type { AccountLook, Absent, Directory } from '../../activities/ports/directory';
import type { ExportStorage, RequestInfo } from '../../activities/ports/export-storage';
import { PurgeRefusedError } from '../../activities/ports/faults';
import { Sensitive } from '../../activities/ports/sensitive';
import type { HttpDefinition, TargetCatalog } from '../../activities/ports/target-catalog';
import type { RealmKind, TenantRealm } from '../../activities/ports/tenant-realm';
import { DIRECTORY_ALONE } from '../../activities/adapters/targets-file/definitions';
import type { Account, Guid } from '../../workflows/contract/account';
import type { Blocker } from '../../workflows/contract/eligibility';
import type { ClosurePolicy } from '../../workflows/contract/policy';
import { createFakeAuditLog } from './fake-audit-log';
import { createFakeTurns } from './fake-turns';
import { FakeService, serviceDefinition } from './fake-service';
import { createFakeVault } from './fake-vault';
import { guid } from './guid';
import { CALLS, type Call } from './port-calls';
import { DIRECTORY_POLICY } from './planned-targets';

export type { Call } from './port-calls';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The rules that tests go by where they set no others. */
export const POLICY: ClosurePolicy = {
  confirmationWindowMs: 14 * DAY_MS,
  coolingOffMs: 0,
  exportDeadlineMs: 35 * DAY_MS,
  exportRetentionMs: 30 * DAY_MS,
  readsLagMs: 10 * MINUTE_MS,
  reachedThrough: 'directory-1',
  verifyAfterMs: 15 * MINUTE_MS,
  targets: [DIRECTORY_POLICY],
  bases: [],
};

/** One person's account and everything around it, as the ports see it. Tests turn the screws. */
export class FakeWorld {
  /** Whose account it is: somebody else in every world. */
  readonly person: Account = { tenantId: guid(randomUUID()), objectId: guid(randomUUID()) };
  realmKind: RealmKind = 'unmanaged';
  domainTenant: Guid | undefined = this.person.tenantId;
  account: 'live' | 'deleted' | 'gone' = 'live';
  /** What the directory proves of itself when it does not find somebody. */
  proof: Absent['provenBy'] = 'pinned-tenant';
  isSignInBlocked = false;
  isGuest = false;
  isAdministrator = false;
  ownerships: readonly Blocker[] = [];
  memberships = 2;
  purge: 'allowed' | 'refused' = 'allowed';
  exportState: 'running' | 'complete' | 'failed' | 'unknown' = 'complete';
  /** What the directory exported, by name. */
  files = new Map([['activity.json', '[{"Action":"OpenFile"}]']]);
  readonly containers = new Map<string, { operationId?: string; isBroken?: true }>();
  /** Every call in order, as it began. */
  readonly calls: Call[] = [];
  readonly auditLog: AuditLog & { readonly entries: AuditEntry[] } = createFakeAuditLog();
  readonly turns: ReturnType<typeof createFakeTurns> = createFakeTurns();
  readonly vault: ReturnType<typeof createFakeVault> = createFakeVault();
  /** The targets file. */
  catalog: TargetCatalog = DIRECTORY_ALONE;
  readonly #services = new Map<string, FakeService>();
  #before = new Map<Call, (times: number) => unknown>();
  #after = new Map<Call, (times: number) => unknown>();

  /** Adds a service to the targets file, and to what is out there. */
  withService(name: string, changes: Partial<HttpDefinition> = {}): FakeService {
    const definition = serviceDefinition(name, changes);
    this.catalog = { ...this.catalog, targets: [definition, ...this.catalog.targets] };
    const service = this.#services.get(name) ?? new FakeService();
    this.#services.set(name, service);
    return service;
  }

  serviceNamed(name: string): FakeService {
    const service = this.#services.get(name);
    if (service === undefined) throw new TypeError(`no service ${name}`);
    return service;
  }

  /** Runs before each such call; what it throws the port throws. */
  before(call: Call, hook: (times: number) => unknown): void {
    this.#before.set(call, hook);
  }

  /** Runs when the effect of such a call has happened; what it throws the port throws: a lost answer. */
  after(call: Call, hook: (times: number) => unknown): void {
    this.#after.set(call, hook);
  }

  /** The calls that change something in the directory, in order. */
  get effects(): Call[] {
    const effects: Call[] = ['requestExport', 'blockSignIn', 'revokeSessions', 'softDelete', 'purge'];
    return this.calls.filter((call) => effects.includes(call));
  }

  get dependencies(): ActivityDependencies {
    return {
      directory: this.#watched(this.#directory()),
      realm: this.#watched(this.#realm()),
      storage: this.#watched(this.#storage()),
      policy: POLICY,
      vault: this.vault,
      catalog: this.catalog,
      rowsOf: () => {
        throw new TypeError('no database is described here');
      },
      serviceOf: ({ name }) => this.serviceNamed(name),
      auditLog: this.#watched(this.auditLog),
      turns: this.#watched(this.turns),
    };
  }

  #watched<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => this.#call(String(name), () => Reflect.apply(method, target, args));
      },
    });
  }

  async #call(name: string, perform: () => unknown): Promise<unknown> {
    const call = CALLS.find((known) => known === name);
    if (call === undefined) throw new TypeError(`unknown call ${name}`);
    this.calls.push(call);
    const times = this.calls.filter((earlier) => earlier === call).length;
    await this.#before.get(call)?.(times);
    const answer = await perform();
    await this.#after.get(call)?.(times);
    return answer;
  }

  #realm(): TenantRealm {
    return { kindOf: () => Promise.resolve(this.realmKind), tenantOf: () => Promise.resolve(this.domainTenant) };
  }

  #look(isThere: boolean): AccountLook {
    if (!isThere) return { kind: 'absent', provenBy: this.proof };
    return {
      kind: 'found',
      address: new Sensitive('ada@unmanaged.example'),
      isSignInBlocked: this.isSignInBlocked,
      isGuest: this.isGuest,
    };
  }

  #directory(): Directory {
    const live = (): boolean => this.account === 'live';
    return {
      reachedThrough: POLICY.reachedThrough,
      findAccount: () => Promise.resolve(this.#look(live())),
      findDeletedAccount: () => Promise.resolve(this.#look(this.account === 'deleted')),
      hasDirectoryRole: () => Promise.resolve(this.isAdministrator),
      listSoleOwnerships: () => Promise.resolve(this.ownerships),
      countHoldings: () =>
        Promise.resolve({ memberships: this.memberships, appRoleAssignments: 1, consents: 0, ownedObjects: 0 }),
      requestExport: (_account, sasUrl) => Promise.resolve(this.#requestExport(sasUrl.reveal())),
      exportProgress: () => Promise.resolve({ progress: this.exportState, retryAfterMs: MINUTE_MS }),
      blockSignIn: () => {
        if (live()) this.isSignInBlocked = true;
        return Promise.resolve(live() ? 'blocked' : 'absent');
      },
      revokeSessions: () => Promise.resolve(live() ? 'revoked' : 'absent'),
      softDelete: () => {
        const wasLive = live();
        if (wasLive) this.account = 'deleted';
        return Promise.resolve(wasLive ? 'deleted' : 'absent');
      },
      purge: () => {
        if (this.account !== 'deleted') return Promise.resolve('absent');
        if (this.purge === 'refused')
          throw new PurgeRefusedError({ farEnd: 'directory', operation: 'directory.purge' });
        this.account = 'gone';
        return Promise.resolve('purged');
      },
    };
  }

  #requestInfo(container: string): RequestInfo {
    const { operationId, isBroken } = this.containers.get(container) ?? {};
    if (isBroken) return { kind: 'broken' };
    return operationId === undefined ? { kind: 'absent' } : { kind: 'present', operationId, ...this.person };
  }

  #requestExport(container: string): Awaited<ReturnType<Directory['requestExport']>> {
    const used = this.containers.get(container);
    if (used?.operationId !== undefined) return { kind: 'location-used' };
    const operationId = `00000000-0000-4000-8000-${String(this.containers.size).padStart(12, '0')}`;
    this.containers.set(container, { operationId });
    return { kind: 'accepted', operationId };
  }

  #storage(): ExportStorage {
    return {
      createContainer: (container) => {
        if (!this.containers.has(container)) this.containers.set(container, {});
        return Promise.resolve();
      },
      grantWriting: (container) => Promise.resolve(new Sensitive(container)),
      revokeWriting: () => Promise.resolve(),
      check: () => Promise.resolve(),
      readRequestInfo: (container) => Promise.resolve(this.#requestInfo(container)),
      listFiles: () =>
        Promise.resolve(
          [...this.files]
            .map(([name, text]) => ({ name, sizeBytes: Buffer.byteLength(text), etag: `"${text}"` }))
            .sort(byName),
        ),
      readFile: (_container, name) => Promise.resolve(bytes(this.files.get(name) ?? '')),
      linkToFile: () => Promise.reject(new Error('not asked for here')),
      listContainers: (prefix) =>
        Promise.resolve([...this.containers.keys()].filter((name) => name.startsWith(prefix))),
      deleteContainer: (container) => Promise.resolve(this.containers.delete(container) ? 'deleted' : 'absent'),
    };
  }
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield new TextEncoder().encode(text);
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}
