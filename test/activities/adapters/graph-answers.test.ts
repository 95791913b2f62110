import { afterEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import type { Directory } from '../../../activities/ports/directory';
import { IndeterminateAnswerError } from '../../../activities/ports/faults';
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
    await expect(directory.findDeletedAccount(ACCOUNT, signal)).resolves.toMatchObject({ kind: 'found' });
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

describe('The end of sessions', () => {
  it.each([[{ status: 204 }], [{ status: 200, body: { value: true } }]])('is told by %j', async (reply) => {
    const directory = await directoryThatAnswers(reply);

    await expect(directory.revokeSessions(ACCOUNT, signal)).resolves.toBe('revoked');
  });

  it.each([{ value: false }, { value: 'true' }, {}, '', '<html></html>'])(
    'is not told by 200 with %j',
    async (body) => {
      const directory = await directoryThatAnswers({ body });

      await expect(directory.revokeSessions(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    },
  );
});

describe('A read', () => {
  it.each([201, 202, 204, 206])('is not believed with %d, which is not documented of it', async (status) => {
    const directory = await directoryThatAnswers({ status, body: status === 204 ? '' : USER });

    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    await expect(directory.countHoldings(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
  });
});

describe('A write', () => {
  const EFFECTS: readonly (readonly [string, (directory: Directory) => Promise<unknown>, readonly number[]])[] = [
    ['block', (directory) => directory.blockSignIn(ACCOUNT, signal), [204]],
    ['delete', (directory) => directory.softDelete(ACCOUNT, signal), [204]],
    ['purge', (directory) => directory.purge(ACCOUNT, signal), [204]],
    ['revocation', (directory) => directory.revokeSessions(ACCOUNT, signal), [200, 204]],
  ];

  it.each(EFFECTS)('is believed with its documented success alone: %s', async (_name, write, documented) => {
    let status = 0;
    const directory = await directoryThatAnswers(() => ({ status, body: status === 204 ? '' : { value: true } }));

    for (status of [200, 201, 202, 203, 204, 206, 302, 304]) {
      const outcome = await write(directory).catch((error: unknown) => error);

      expect([status, outcome instanceof IndeterminateAnswerError]).toEqual([status, !documented.includes(status)]);
    }
  });

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

    await expect(directory.purge(ACCOUNT, signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { operation: 'directory.purge', status: 502 },
    });
  });
});
