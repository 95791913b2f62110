import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import type { Absent, Directory } from '../../../activities/ports/directory';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  ThrottledError,
  UnavailableError,
} from '../../../activities/ports/faults';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startEntra, type Entra } from '../../../sandbox/entra/entra';
import { ADA, DOROTHY, FRANCES, HEDY, JOAN, KAREN, RADIA, type SamplePerson } from '../../../sandbox/entra/people';
import type { Account } from '../../../workflows/contract/account';
import { guid } from '../../support/guid';
import { startWriteOnlyStorage } from '../../support/write-only-storage';
import { describeDirectory, describeDirectoryReading, type DirectoryWorld } from '../ports/directory.contract';

const { signal } = new AbortController();

/** The stand-in with everybody in it; `person` is the one who closes the account. */
async function openStandIn(person: SamplePerson, provenBy: Absent['provenBy']): Promise<DirectoryWorld> {
  const entra = await startEntra({ exportDurationMs: 100 });
  const storage = await startWriteOnlyStorage();
  return {
    directory: provenBy === 'pinned-tenant' ? directoryOn(entra) : gatewayOn(entra),
    account: accountOf(person),
    provenBy,
    others: {
      signInBlocked: accountOf(RADIA),
      administrator: accountOf(FRANCES),
      soleOwner: accountOf(KAREN),
      guest: accountOf(HEDY),
    },
    holdings: {
      memberships: 3,
      appRoleAssignments: 2,
      consents: 3,
      ownedObjects: person.traits.includes('co-owner') ? 1 : 0,
    },
    newExportLocation: storage.newLocation,
    close: async () => {
      await entra.close();
      await storage.close();
    },
  };
}

/** With a token for each tenant, as the real service gives them. */
function directoryOn({ graphUrl, tokenFor }: Entra): Directory {
  const tokens = { tokenFor: (tenantId: string) => Promise.resolve(new Sensitive(tokenFor(tenantId))) };
  return createGraphDirectory({ graphUrl, tokens });
}

/** With one token for all tenants. */
function gatewayOn({ graphUrl }: Entra): Directory {
  return createGraphDirectory({ graphUrl, tokens: createStaticTokens(new Sensitive('sandbox-token')) });
}

function accountOf({ tenantId, objectId }: SamplePerson): Account {
  return { tenantId: guid(tenantId), objectId: guid(objectId) };
}

describeDirectory('Microsoft Graph', () => openStandIn(ADA, 'pinned-tenant'));
describeDirectory('Microsoft Graph with answers of the older kind', () => openStandIn(JOAN, 'pinned-tenant'));
describeDirectory('A gateway before several tenants', () => openStandIn(ADA, 'among-several'));

const {
  GRAPH_CONTRACT_URL: graphUrl = 'https://graph.microsoft.com/v1.0',
  GRAPH_CONTRACT_TOKEN: token = '',
  GRAPH_CONTRACT_TENANT: tenantId = '',
  GRAPH_CONTRACT_OBJECT: objectId = '',
} = process.env;
const describeWhenGiven = token === '' ? describe.skip : describe;

describeWhenGiven('A real tenant', () => {
  describeDirectoryReading('Microsoft Graph', () =>
    Promise.resolve({
      directory: createGraphDirectory({ graphUrl, tokens: createStaticTokens(new Sensitive(token)) }),
      account: { tenantId: guid(tenantId), objectId: guid(objectId) },
      provenBy: 'pinned-tenant',
      close: () => Promise.resolve(),
    }),
  );
});

describe('Microsoft Graph in trouble', () => {
  let entra: Entra;
  let directory: Directory;
  const ada = accountOf(ADA);

  beforeEach(async () => {
    entra = await startEntra();
    directory = directoryOn(entra);
  });
  afterEach(async () => {
    await entra.close();
  });

  it('passes on how long a throttling directory asks to wait', async () => {
    entra.faults.add({ path: /users/, kind: 'status', status: 429, retryAfter: '7' });

    await expect(directory.findAccount(ada, signal)).rejects.toMatchObject({
      name: 'ThrottledError',
      retryAfterMs: 7000,
    });
  });

  it('makes one attempt, whatever goes wrong', async () => {
    entra.faults.add({ path: /users/, kind: 'status', status: 500, times: 5 });

    await expect(directory.softDelete(ada, signal)).rejects.toBeInstanceOf(UnavailableError);
    expect(entra.requests).toHaveLength(1);
  });

  it('does not know what became of a write whose answer is lost', async () => {
    entra.faults.add({ method: 'DELETE', path: /users/, kind: 'loseAnswer' });

    await expect(directory.softDelete(ada, signal)).rejects.toBeInstanceOf(UnavailableError);
    expect(entra.world.isDeleted(ADA.objectId)).toBe(true);
    await expect(directory.softDelete(ada, signal)).resolves.toBe('absent');
  });

  it.each([
    ['a proxy’s page', { body: 'html' }],
    ['a proxy without a word', { body: 'none' }],
    ['a directory that cannot read its tenant', { code: 'Directory_ObjectNotFound' }],
    ['an export that is not known', { code: 'OperationNotFound' }],
  ])('does not take the 404 of %s for absence', async (_whose, answer) => {
    entra.faults.add({ path: /users|deletedItems/, kind: 'status', status: 404, times: 9, ...answer });

    const calls = [
      () => directory.findAccount(ada, signal),
      () => directory.findDeletedAccount(ada, signal),
      () => directory.blockSignIn(ada, signal),
      () => directory.revokeSessions(ada, signal),
      () => directory.softDelete(ada, signal),
      () => directory.purge(ada, signal),
      () => directory.requestExport(ada, new Sensitive('x'), signal),
    ];

    for (const call of calls) await expect(call()).rejects.toBeInstanceOf(IndeterminateAnswerError);
    expect(entra.world.findUser(ADA.objectId)).toMatchObject({ isEnabled: true });
  });

  it.each([200, 202])('does not take the %d of a gateway’s page for an effect', async (status) => {
    const writes = [
      () => directory.blockSignIn(ada, signal),
      () => directory.revokeSessions(ada, signal),
      () => directory.requestExport(ada, new Sensitive('x'), signal),
      () => directory.softDelete(ada, signal),
      () => directory.purge(ada, signal),
    ];
    entra.faults.add({ path: /./, kind: 'status', status, body: 'html', times: writes.length });

    for (const write of writes) await expect(write()).rejects.toBeInstanceOf(IndeterminateAnswerError);
    expect(entra.world.isLive(ADA.objectId)).toBe(true);
    await expect(directory.findAccount(ada, signal)).resolves.toMatchObject({ isSignInBlocked: false });
  });

  it('says that a protected account may not be changed, and by which call', async () => {
    await expect(directory.blockSignIn(accountOf(FRANCES), signal)).rejects.toMatchObject({
      name: AccessDeniedError.name,
      detail: {
        operation: 'directory.block-sign-in',
        code: 'Authorization_RequestDenied',
        status: 403,
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  it.each([403, 409])('takes a purge that is answered with %d as refused', async (status) => {
    await directory.softDelete(ada, signal);
    entra.faults.add({ method: 'DELETE', path: /deletedItems/, kind: 'status', status });

    await expect(directory.purge(ada, signal)).rejects.toMatchObject({
      name: 'PurgeRefusedError',
      detail: { operation: 'directory.purge', status },
    });
    expect(entra.world.isDeleted(ADA.objectId)).toBe(true);
  });

  it('never finds the account of somebody who signed up again under the same address', async () => {
    await directory.softDelete(ada, signal);
    await directory.purge(ada, signal);
    entra.world.createAfresh(ADA.objectId, '0b000000-0000-4000-8000-0000000000ff');

    await expect(directory.softDelete(ada, signal)).resolves.toBe('absent');
    expect(entra.world.isLive('0b000000-0000-4000-8000-0000000000ff')).toBe(true);
  });

  it('reports a co-owner’s group only when the other owners are gone', async () => {
    await directory.softDelete(accountOf(KAREN), signal);
    await expect(directory.listSoleOwnerships(ada, signal)).resolves.toEqual([]);

    await directory.softDelete(accountOf(DOROTHY), signal);
    await expect(directory.listSoleOwnerships(ada, signal)).resolves.toEqual([
      { kind: 'sole-owner-of-groups', count: 1 },
    ]);
  });

  it('carries a container’s refusal as its code', async () => {
    const notAContainer = new Sensitive('https://storage.example/container?sv=2021-12-02');

    await expect(directory.requestExport(ada, notAContainer, signal)).rejects.toMatchObject({
      name: 'ExportLocationRefusedError',
      detail: { operation: 'directory.request-export', code: 'SharedAccessSignatureTokenInvalid' },
    });
  });

  it('has no time to give for an export endpoint that throttles without Retry-After', async () => {
    entra.faults.add({ path: /exportPersonalData/, kind: 'status', status: 429 });

    const fault = await directory.requestExport(ada, new Sensitive('x'), signal).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(ThrottledError);
    expect(fault).toHaveProperty('retryAfterMs', undefined);
  });

  it('tells an export that failed from one in a state it does not know', async () => {
    const storage = await startWriteOnlyStorage();
    const answer = await directory.requestExport(ada, storage.newLocation(), signal);
    const operationId = answer.kind === 'accepted' ? answer.operationId : '';

    entra.world.setExportStatus(operationId, 'failed');
    await expect(directory.exportProgress(ada, operationId, signal)).resolves.toMatchObject({ progress: 'failed' });
    await expect(directory.exportProgress(accountOf(JOAN), operationId, signal)).rejects.toMatchObject({
      oddity: "the export is somebody else's",
    });
    await storage.close();
  });
});
