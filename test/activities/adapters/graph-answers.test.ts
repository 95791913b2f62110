import { afterEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import type { Directory } from '../../../activities/ports/directory';
import { Sensitive } from '../../../activities/ports/sensitive';
import {
  startAnsweringServer,
  type AnsweringServer,
  type ArrivedRequest,
  type Reply,
} from '../../support/answering-server';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('0b000000-0000-4000-8000-00000000000a'),
};
const USER = { id: ACCOUNT.objectId, userPrincipalName: 'ada@analytical.example', accountEnabled: true };

let server: AnsweringServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function directoryThatAnswers(reply: Reply | ((request: ArrivedRequest) => Reply)): Promise<Directory> {
  server = await startAnsweringServer(typeof reply === 'function' ? reply : () => reply);
  return createGraphDirectory({
    graphUrl: `${server.url}/v1.0`,
    tokens: createStaticTokens(new Sensitive('token')),
    timeoutMs: 500,
  });
}

const indeterminate = { name: 'IndeterminateAnswerError', farEnd: 'directory' };

describe('An account that Graph answers with', () => {
  it('is asked for by object id, with what is needed and no more', async () => {
    const directory = await directoryThatAnswers({ body: USER });

    await directory.findAccount(ACCOUNT, signal);

    expect(server?.requests).toMatchObject([
      {
        method: 'GET',
        path: `/v1.0/users/${ACCOUNT.objectId}?$select=id,userPrincipalName,accountEnabled,userType,deletedDateTime`,
        headers: { authorization: 'Bearer token', 'x-ms-throttle-priority': 'low' },
      },
    ]);
  });

  it.each([
    ['another id', { ...USER, id: '0b000000-0000-4000-8000-00000000000b' }],
    ['no id', { ...USER, id: undefined }],
    ['no accountEnabled', { ...USER, accountEnabled: undefined }],
    ['accountEnabled as text', { ...USER, accountEnabled: 'true' }],
    ['accountEnabled as null', { ...USER, accountEnabled: null }],
    ['no address', { ...USER, userPrincipalName: null }],
    ['an address without @', { ...USER, userPrincipalName: 'ada' }],
    ['an odd userType', { ...USER, userType: 7 }],
    ['an array around it', [USER]],
    ['null', 'null'],
    ['no body', ''],
    ['a page of a proxy', '<html></html>'],
  ])('cannot be told with %s', async (_oddity, body) => {
    const directory = await directoryThatAnswers({ body });

    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    await expect(directory.findDeletedAccount(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
  });

  it('cannot be told when it is deleted and still among the live ones', async () => {
    const directory = await directoryThatAnswers({ body: { ...USER, deletedDateTime: '2026-03-01T12:00:00Z' } });

    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    await expect(directory.findDeletedAccount(ACCOUNT, signal)).resolves.toBeDefined();
  });

  it.each([
    [{ userType: 'Guest' }, true],
    [{ userType: 'Member', userPrincipalName: 'ada_home.example#EXT#@analytical.example' }, true],
    [{ userType: 'Member', userPrincipalName: 'ada_home.example#ext#@analytical.example' }, true],
    [{ userType: 'Member' }, false],
    [{ userType: null }, false],
  ])('is a guest or not: %j', async (fields, isGuest) => {
    const directory = await directoryThatAnswers({ body: { ...USER, id: USER.id.toUpperCase(), ...fields } });

    await expect(directory.findAccount(ACCOUNT, signal)).resolves.toMatchObject({ isGuest });
  });

  it('is unavailable when the connection breaks or nothing comes', async () => {
    let reply: Reply = 'reset';
    const directory = await directoryThatAnswers(() => reply);

    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject({ name: 'UnavailableError' });
    reply = 'hang';
    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject({ name: 'UnavailableError' });
  });
});

describe('A list that Graph answers with', () => {
  const GROUP = { '@odata.type': '#microsoft.graph.group', id: '0c000000-0000-4000-8000-000000000001' };

  it('never has the token sent to another origin', async () => {
    const elsewhere = await startAnsweringServer(() => ({ body: { value: [] } }));
    const directory = await directoryThatAnswers({ body: { value: [], '@odata.nextLink': `${elsewhere.url}/next` } });

    await expect(directory.hasDirectoryRole(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it.each([
    ['a next page without an address', { value: [], '@odata.nextLink': 'next' }],
    ['a next page that is no text', { value: [], '@odata.nextLink': 7 }],
    ['no value', {}],
    ['a value that is no list', { value: GROUP }],
    ['an item without a type', { value: [{ id: GROUP.id }] }],
    ['an item that is null', { value: [null] }],
    ['no JSON', 'OK'],
  ])('cannot be told with %s', async (_oddity, body) => {
    const directory = await directoryThatAnswers({ body });

    await expect(directory.hasDirectoryRole(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
  });

  it('cannot be told when it never ends', async () => {
    const directory = await directoryThatAnswers(() => ({
      body: { value: [], '@odata.nextLink': `${server?.url ?? ''}/v1.0/again` },
    }));

    await expect(directory.hasDirectoryRole(ACCOUNT, signal)).rejects.toMatchObject({
      ...indeterminate,
      oddity: 'a list does not end',
    });
  });

  it('cannot be told when the account is not there any more', async () => {
    const directory = await directoryThatAnswers({
      status: 404,
      body: { error: { code: 'Request_ResourceNotFound' } },
    });

    await expect(directory.countHoldings(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
  });

  it('is read no further than to the second owner', async () => {
    const directory = await directoryThatAnswers(({ path }) =>
      path.includes('/owners')
        ? {
            body: {
              value: [{ id: ACCOUNT.objectId.toUpperCase() }, { id: '0b000000-0000-4000-8000-00000000000b' }],
              '@odata.nextLink': `${server?.url ?? ''}/v1.0/owners/next`,
            },
          }
        : { body: { value: [GROUP, { '@odata.type': '#microsoft.graph.device', id: 'any' }] } },
    );

    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).resolves.toEqual([]);
    expect(server?.requests.map(({ path }) => path)).toEqual([
      `/v1.0/users/${ACCOUNT.objectId}/ownedObjects?$select=id&$top=999`,
      `/v1.0/groups/${GROUP.id}/owners?$select=id&$top=999`,
    ]);
  });

  it('is looked through to the end for another owner', async () => {
    const directory = await directoryThatAnswers(({ path }) => {
      if (path.includes('ownedObjects')) return { body: { value: [GROUP] } };
      return path.includes('next')
        ? { body: { value: [{ id: '0b000000-0000-4000-8000-00000000000b' }] } }
        : { body: { value: [{ id: ACCOUNT.objectId }], '@odata.nextLink': `${server?.url ?? ''}/v1.0/owners/next` } };
    });

    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).resolves.toEqual([]);
  });

  it('counts an object that has no owner at all as left alone', async () => {
    const owned = ['group', 'servicePrincipal', 'servicePrincipal'].map((type) => ({
      ...GROUP,
      '@odata.type': `#microsoft.graph.${type}`,
    }));
    const directory = await directoryThatAnswers(({ path }) => ({
      body: { value: path.includes('ownedObjects') ? owned : [] },
    }));

    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).resolves.toEqual([
      { kind: 'sole-owner-of-groups', count: 1 },
      { kind: 'sole-owner-of-service-principals', count: 2 },
    ]);
  });

  it('cannot be told when an id in it is no GUID', async () => {
    const directory = await directoryThatAnswers({ body: { value: [{ ...GROUP, id: '../users' }] } });

    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    expect(server?.requests).toHaveLength(1);
  });
});

describe('The end of sessions', () => {
  it.each([[{ status: 204 }], [{ status: 200, body: { value: true } }]])('is told by %j', async (reply) => {
    const directory = await directoryThatAnswers(reply);

    await expect(directory.revokeSessions(ACCOUNT, signal)).resolves.toBe('revoked');
  });

  it.each([{ value: false }, {}, ''])('is not told by 200 with %j', async (body) => {
    const directory = await directoryThatAnswers({ body });

    await expect(directory.revokeSessions(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
  });
});

describe('A write', () => {
  it('is not taken for done when it is redirected', async () => {
    const directory = await directoryThatAnswers({ status: 308, headers: { location: '/v1.0/elsewhere' } });

    await expect(directory.softDelete(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    await expect(directory.purge(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    expect(server?.requests).toHaveLength(2);
  });

  it('blocks sign-in and changes nothing else', async () => {
    const directory = await directoryThatAnswers({ status: 204 });

    await directory.blockSignIn(ACCOUNT, signal);

    expect(server?.requests).toMatchObject([
      { method: 'PATCH', path: `/v1.0/users/${ACCOUNT.objectId}`, body: '{"accountEnabled":false}' },
    ]);
  });

  it('passes on unavailability of a purge as what it is', async () => {
    const directory = await directoryThatAnswers({ status: 502 });

    await expect(directory.purge(ACCOUNT, signal)).rejects.toMatchObject({ name: 'UnavailableError', status: 502 });
  });
});
