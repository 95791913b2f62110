import { once } from 'node:events';
import { createServer } from 'node:http';
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

  it('has app roles of the account, and of groups and of others, of which only the own ones are counted', async () => {
    const principals = [
      { principalId: ACCOUNT.objectId.toUpperCase(), principalType: 'User' },
      { principalId: GROUP.id, principalType: 'Group' },
      { principalId: '0b000000-0000-4000-8000-00000000000b', principalType: 'User' },
    ];
    const directory = await directoryThatAnswers(({ path }) => ({
      body: { value: path.includes('appRoleAssignments') ? principals : [] },
    }));

    await expect(directory.countHoldings(ACCOUNT, signal)).resolves.toMatchObject({ appRoleAssignments: 1 });
  });

  it.each([{}, { principalId: null }, { principalId: 'ada' }])(
    'cannot be told with an app role of %j',
    async (principal) => {
      const directory = await directoryThatAnswers(({ path }) => ({
        body: { value: path.includes('appRoleAssignments') ? [principal] : [] },
      }));

      await expect(directory.countHoldings(ACCOUNT, signal)).rejects.toMatchObject(indeterminate);
    },
  );

  it('is counted page after page, without the index that may lag', async () => {
    const directory = await directoryThatAnswers(({ path }) => {
      if (path.includes('/owned/next')) return { body: { value: [GROUP] } };
      return path.includes('ownedObjects')
        ? { body: { value: [GROUP, GROUP], '@odata.nextLink': `${server?.url ?? ''}/v1.0/owned/next` } }
        : { body: { value: [] } };
    });

    await expect(directory.countHoldings(ACCOUNT, signal)).resolves.toMatchObject({ ownedObjects: 3 });
    expect(server?.requests.filter(({ path }) => path.includes('count')).map(({ path }) => path)).toEqual([]);
    expect(server?.requests.flatMap(({ headers }) => Object.keys(headers))).not.toContain('consistencylevel');
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

  it('is read for many owned objects at once, and for no more than eight', async () => {
    const owned = Array.from({ length: 40 }, (_, index) => ({ ...GROUP, id: guidOf(index) }));
    const arrived: string[] = [];
    let most = 0;
    const far = await startSlowDirectory(owned, {
      arrive: (path) => arrived.push(path),
      see: (now) => (most = Math.max(most, now)),
    });

    const directory = createGraphDirectory({ graphUrl: far.url, tokens: createStaticTokens(new Sensitive('token')) });
    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).resolves.toEqual([
      { kind: 'sole-owner-of-groups', count: 40 },
    ]);

    expect(most).toBe(8);
    expect(new Set(arrived).size).toBe(40);
    await far.close();
  });

  it('is given up for all owned objects as soon as one is throttled', async () => {
    const owned = Array.from({ length: 100 }, (_, index) => ({ ...GROUP, id: guidOf(index) }));
    const directory = await directoryThatAnswers(({ path }) =>
      path.includes('ownedObjects')
        ? { body: { value: owned } }
        : { status: 429, headers: { 'retry-after': '9' }, body: { error: { code: 'TooManyRequests' } } },
    );

    await expect(directory.listSoleOwnerships(ACCOUNT, signal)).rejects.toMatchObject({
      name: 'ThrottledError',
      retryAfterMs: 9_000,
      detail: { operation: 'directory.list-owners' },
    });
    expect(server?.requests.length).toBeLessThanOrEqual(1 + 8);
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

function guidOf(index: number): string {
  return `0c000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

/** Answers each question for owners a moment later: with nobody but the account. */
async function startSlowDirectory(
  owned: readonly object[],
  watch: { readonly arrive: (path: string) => void; readonly see: (underWay: number) => void },
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  let underWay = 0;
  const far = createServer((request, response) => {
    const isOwned = request.url?.includes('ownedObjects') === true;
    const value = isOwned ? owned : [{ id: ACCOUNT.objectId }];
    if (isOwned) {
      response.end(JSON.stringify({ value }));
      return;
    }
    underWay += 1;
    watch.arrive(request.url ?? '');
    watch.see(underWay);
    setTimeout(() => {
      underWay -= 1;
      response.end(JSON.stringify({ value }));
    }, 20);
  });
  await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
  const address = far.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
  const close = async (): Promise<void> => {
    far.closeAllConnections();
    far.close();
    await once(far, 'close');
  };
  return { url: `http://127.0.0.1:${address.port}`, close };
}
