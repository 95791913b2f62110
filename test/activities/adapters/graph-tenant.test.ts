import { afterEach, describe, expect, it } from '@jest/globals';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens, type TokenSource } from '../../../activities/adapters/directory/tokens';
import type { AccountLook, Directory } from '../../../activities/ports/directory';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startEntra } from '../../../sandbox/entra/entra';
import { ADA, GRACE } from '../../../sandbox/entra/people';
import {
  startAnsweringServer,
  type AnsweringServer,
  type ArrivedRequest,
  type Reply,
} from '../../support/answering-server';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const TENANT = '1a000000-0000-4000-8000-000000000001';
const OTHER = '1a000000-0000-4000-8000-000000000002';
const ACCOUNT = { tenantId: guid(TENANT), objectId: guid('0b000000-0000-4000-8000-00000000000a') };
const USER = { id: ACCOUNT.objectId, userPrincipalName: 'ada@analytical.example', accountEnabled: true };
const ABSENT: Reply = { status: 404, body: { error: { code: 'Request_ResourceNotFound' } } };
const REFUSED: Reply = { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } };
const ORGANIZATION = '/v1.0/organization?$select=id';

let server: AnsweringServer | undefined;

afterEach(async () => {
  await server?.close();
});

const LOOKS: readonly (readonly [string, (directory: Directory) => Promise<AccountLook>])[] = [
  ['live', (directory) => directory.findAccount(ACCOUNT, signal)],
  ['deleted', (directory) => directory.findDeletedAccount(ACCOUNT, signal)],
];

async function directoryThatAnswers(
  answer: (request: ArrivedRequest) => Reply,
  ...tokens: string[]
): Promise<Directory> {
  server = await startAnsweringServer(answer);
  return createGraphDirectory({ graphUrl: `${server.url}/v1.0`, tokens: inTurn(tokens), timeoutMs: 500 });
}

/** The first until one is not accepted, then the next, and so on; the last one for ever. */
function inTurn(tokens: readonly string[]): TokenSource {
  let at = 0;
  return {
    tokenFor: (_tenantId, { isRetry }) => {
      at += isRetry && at < tokens.length - 1 ? 1 : 0;
      return Promise.resolve(new Sensitive(tokens[at] ?? 'token'));
    },
  };
}

/** The object is absent, and the directory is asked which tenant it is. */
function absentIn(organization: Reply): (request: ArrivedRequest) => Reply {
  return ({ path }) => (path.startsWith('/v1.0/organization') ? organization : ABSENT);
}

function seen(): readonly (readonly [string, string | undefined])[] {
  return (server?.requests ?? []).map(({ path, headers }) => [path.replace(/\?.*/, ''), headers.authorization]);
}

describe.each(LOOKS)('The absence of a %s account', (_place, look) => {
  it('is proven by a directory that says it is the account’s tenant and no other', async () => {
    const directory = await directoryThatAnswers(absentIn({ body: { value: [{ id: TENANT.toUpperCase() }] } }));

    await expect(look(directory)).resolves.toEqual({ kind: 'absent', provenBy: 'pinned-tenant' });
    expect(server?.requests.map(({ path }) => path).at(-1)).toBe(ORGANIZATION);
  });

  it('is worth less from a gateway that serves several tenants, over all pages', async () => {
    const directory = await directoryThatAnswers(({ path }) => {
      if (path.includes('next')) return { body: { value: [{ id: TENANT }] } };
      const next = `${server?.url ?? ''}/v1.0/organization/next`;
      return absentIn({ body: { value: [{ id: OTHER }], '@odata.nextLink': next } })({
        path,
        method: '',
        headers: {},
        body: '',
      });
    });

    await expect(look(directory)).resolves.toEqual({ kind: 'absent', provenBy: 'among-several' });
  });

  it.each<[string, Reply, string]>([
    ['is another tenant’s', { body: { value: [{ id: OTHER }] } }, "it is another tenant's directory"],
    [
      'is that of others',
      { body: { value: [{ id: OTHER }, { id: ACCOUNT.objectId }] } },
      "it is another tenant's directory",
    ],
    ['does not say which it is', { body: { value: [] } }, 'it does not say which tenant it is'],
    ['has a name for an id', { body: { value: [{ id: 'analytical' }] } }, 'an id is not a GUID'],
    ['answers a page', { body: '<html></html>' }, 'it is not JSON'],
    ['has no such path', ABSENT, 'it is a 404 that does not speak of the object'],
    ['answers in another way', { status: 203, body: { value: [{ id: TENANT }] } }, 'it has an unexpected status'],
  ])('is not told by a directory that %s', async (_what, organization, oddity) => {
    const directory = await directoryThatAnswers(absentIn(organization));

    await expect(look(directory)).rejects.toMatchObject({ name: 'IndeterminateAnswerError', oddity });
  });

  it.each<[number, Reply]>([
    [403, { status: 403, body: { error: { code: 'Authorization_RequestDenied' } } }],
    [401, REFUSED],
  ])('waits for a right when the tenant may not be read (%d)', async (status, organization) => {
    const directory = await directoryThatAnswers(absentIn(organization));

    await expect(look(directory)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      detail: { operation: 'directory.read-organization', status },
    });
  });

  it('waits for a directory that is throttled while it is asked which it is', async () => {
    const directory = await directoryThatAnswers(absentIn({ status: 429, headers: { 'retry-after': '4' } }));

    await expect(look(directory)).rejects.toMatchObject({ name: 'ThrottledError', retryAfterMs: 4_000 });
  });

  it('is looked for again when the token is renewed before the proof', async () => {
    const answer = absentIn({ body: { value: [{ id: TENANT }] } });
    const directory = await directoryThatAnswers(
      (request) =>
        request.path === ORGANIZATION && request.headers.authorization === 'Bearer old' ? REFUSED : answer(request),
      'old',
      'new',
    );

    await expect(look(directory)).resolves.toMatchObject({ kind: 'absent' });
    const [object = ''] = seen()[0] ?? [];
    expect(seen()).toEqual([
      [object, 'Bearer old'],
      ['/v1.0/organization', 'Bearer old'],
      [object, 'Bearer new'],
      ['/v1.0/organization', 'Bearer new'],
    ]);
  });

  it('is no absence when the new token finds the account', async () => {
    const directory = await directoryThatAnswers(
      ({ path, headers }) => {
        if (headers.authorization === 'Bearer new') return { body: USER };
        return path === ORGANIZATION ? REFUSED : ABSENT;
      },
      'old',
      'new',
    );

    await expect(look(directory)).resolves.toMatchObject({ kind: 'found' });
  });

  it('is not asked for a proof when the account is there', async () => {
    const directory = await directoryThatAnswers(() => ({ body: USER }));

    await expect(look(directory)).resolves.toMatchObject({ kind: 'found' });
    expect(server?.requests).toHaveLength(1);
  });
});

describe('A token of another tenant', () => {
  it('gives honest-looking absences, none of which is believed', async () => {
    const entra = await startEntra();
    const tokens = createStaticTokens(new Sensitive(entra.tokenFor(GRACE.tenantId)));
    const directory = createGraphDirectory({ graphUrl: entra.graphUrl, tokens });
    const ada = { tenantId: guid(ADA.tenantId), objectId: guid(ADA.objectId) };

    await expect(directory.findAccount(ada, signal)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
    await expect(directory.findDeletedAccount(ada, signal)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
    expect(entra.world.isLive(ADA.objectId)).toBe(true);
    await entra.close();
  });

  it('that says so itself is never sent', async () => {
    const directory = await directoryThatAnswers(() => ({ body: USER }), jwt({ tid: OTHER }));

    for (const call of [LOOKS[0]?.[1], (d: Directory) => d.softDelete(ACCOUNT, signal)]) {
      await expect(call?.(directory)).rejects.toMatchObject({
        name: 'NotAuthenticatedError',
        detail: { operation: 'directory.get-token', code: 'token-of-another-tenant' },
      });
    }
    expect(server?.requests).toEqual([]);
  });

  it('gives way to the right one, where there is one', async () => {
    const directory = await directoryThatAnswers(() => ({ body: USER }), jwt({ tid: OTHER }), jwt({ tid: TENANT }));

    await expect(directory.findAccount(ACCOUNT, signal)).resolves.toMatchObject({ kind: 'found' });
    expect(seen().map(([, authorization]) => authorization)).toEqual([`Bearer ${jwt({ tid: TENANT })}`]);
  });
});

describe('A token that says the right tenant', () => {
  it('proves nothing', async () => {
    const directory = await directoryThatAnswers(absentIn({ body: { value: [{ id: OTHER }] } }), jwt({ tid: TENANT }));

    await expect(directory.findAccount(ACCOUNT, signal)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it.each([
    'opaque',
    'a.b.c',
    jwt({}),
    jwt({ tid: 7 }),
    jwt({ tid: TENANT.toUpperCase() }),
    `${jwt({ tid: OTHER })}.x.y`,
  ])('or no tenant is sent: %#', async (token) => {
    const directory = await directoryThatAnswers(() => ({ body: USER }), token);

    await expect(directory.findAccount(ACCOUNT, signal)).resolves.toMatchObject({ kind: 'found' });
  });
});

describe('The far end of the looks', () => {
  const at = (graphUrl: string): string =>
    createGraphDirectory({ graphUrl, tokens: createStaticTokens(new Sensitive('token')) }).reachedThrough;

  it('is the same for every spelling of its address, and says nothing of it', () => {
    const same = ['https://graph.microsoft.com/v1.0', 'https://GRAPH.microsoft.com:443/v1.0/'].map(at);

    expect(new Set(same).size).toBe(1);
    expect(same[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is another one for another address', () => {
    const others = [
      'https://graph.microsoft.com/v1.0',
      'https://graph.microsoft.com/beta',
      'https://gateway.example/v1.0',
    ];

    expect(new Set(others.map(at)).size).toBe(3);
  });
});

function jwt(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.signature`;
}
