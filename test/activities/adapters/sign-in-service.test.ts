import { afterEach, describe, expect, it } from '@jest/globals';
import { createSignInRealm } from '../../../activities/adapters/realm/sign-in-service';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { RealmKind, TenantRealm } from '../../../activities/ports/tenant-realm';
import { startEntra } from '../../../sandbox/entra/entra';
import { ADA, BARBARA, GRACE, HEDY, JOAN } from '../../../sandbox/entra/people';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';
import { guid } from '../../support/guid';
import { describeTenantRealm } from '../ports/tenant-realm.contract';

const { signal } = new AbortController();
const TENANT = '1a000000-0000-4000-8000-000000000001';

describeTenantRealm('The sign-in service', async () => {
  const entra = await startEntra();
  return {
    realm: createSignInRealm({ loginUrl: `${entra.loginUrl}/` }),
    known: [
      { address: ADA.address, kind: 'unmanaged', tenantId: guid(ADA.tenantId) },
      { address: JOAN.address, kind: 'unmanaged', tenantId: guid(JOAN.tenantId) },
      { address: GRACE.address, kind: 'managed', tenantId: guid(GRACE.tenantId) },
      { address: BARBARA.address, kind: 'federated', tenantId: guid(BARBARA.tenantId) },
      { address: HEDY.address, kind: 'unmanaged', tenantId: guid(HEDY.tenantId) },
      { address: 'ada+closing/100%@analytical.example', kind: 'unmanaged', tenantId: guid(ADA.tenantId) },
      { address: 'mary@nowhere.example', kind: 'unknown' },
    ],
    close: entra.close,
  };
});

const { LOGIN_CONTRACT_URL: loginUrl = 'https://login.microsoftonline.com', LOGIN_CONTRACT_KNOWN: known = '' } =
  process.env;
const describeWhenGiven = known === '' ? describe.skip : describe;

/** E.g. `unmanaged|ada@analytical.example|<tenant id> unknown|mary@nowhere.example`. */
describeWhenGiven('The real service', () => {
  describeTenantRealm('The sign-in service', () =>
    Promise.resolve({
      realm: createSignInRealm({ loginUrl }),
      known: known.split(' ').map((entry) => {
        const [kind = '', address = '', tenantId] = entry.split('|');
        return { address, kind: realmKind(kind), ...(tenantId === undefined ? {} : { tenantId: guid(tenantId) }) };
      }),
      close: () => Promise.resolve(),
    }),
  );
});

describe('The sign-in service in trouble', () => {
  let server: AnsweringServer | undefined;

  afterEach(async () => {
    await server?.close();
  });

  async function realmThatAnswers(reply: Reply): Promise<TenantRealm> {
    server = await startAnsweringServer(() => reply);
    return createSignInRealm({ loginUrl: server.url, timeoutMs: 200 });
  }

  const kindOf = (realm: TenantRealm): Promise<unknown> => realm.kindOf(new Sensitive(ADA.address), signal);
  const tenantOf = (realm: TenantRealm): Promise<unknown> =>
    realm.tenantOf(new Sensitive('analytical.example'), signal);

  const TROUBLES: readonly (readonly [string, Reply, object])[] = [
    ['throttles', { status: 429, headers: { 'retry-after': '3' } }, { name: 'ThrottledError', retryAfterMs: 3000 }],
    ['is unavailable', { status: 503 }, { name: 'UnavailableError', detail: { status: 503 } }],
    ['breaks the connection', 'reset', { name: 'UnavailableError' }],
    ['hangs', 'hang', { name: 'UnavailableError' }],
    ['has a proxy that refuses', { status: 403, body: {} }, { name: 'IndeterminateAnswerError' }],
    ['redirects', { status: 302, headers: { location: '/' } }, { name: 'IndeterminateAnswerError' }],
    ['answers a page', { body: '<html></html>' }, { name: 'IndeterminateAnswerError' }],
    ['answers nothing', { body: '' }, { name: 'IndeterminateAnswerError' }],
    ['answers something else', { body: { NameSpaceType: 'Managed' } }, { name: 'IndeterminateAnswerError' }],
  ];

  it.each(TROUBLES)('answers neither question when it %s', async (_trouble, reply, fault) => {
    const realm = await realmThatAnswers(reply);

    await expect(kindOf(realm)).rejects.toMatchObject(fault);
    await expect(tenantOf(realm)).rejects.toMatchObject(fault);
  });

  it('names the question and the service’s own id of it in a fault', async () => {
    const requestId = '0c000000-0000-4000-8000-00000000000c';
    const realm = await realmThatAnswers({ status: 503, headers: { 'x-ms-request-id': requestId } });

    await expect(kindOf(realm)).rejects.toMatchObject({ detail: { operation: 'realm.kind-of', requestId } });
    await expect(tenantOf(realm)).rejects.toMatchObject({ detail: { operation: 'realm.tenant-of', requestId } });
  });

  it('asks exactly once, at the documented places', async () => {
    const realm = await realmThatAnswers({ status: 500 });

    await expect(realm.kindOf(new Sensitive('ada+x/y@analytical.example'), signal)).rejects.toThrow('500');
    await expect(tenantOf(realm)).rejects.toThrow('500');

    expect(server?.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /common/userrealm/ada%2Bx%2Fy%40analytical.example?api-version=2.1',
      'GET /analytical.example/v2.0/.well-known/openid-configuration',
    ]);
  });

  it('takes no other refusal for a domain without a tenant', async () => {
    const realm = await realmThatAnswers({ status: 400, body: { error: 'invalid_request' } });

    await expect(tenantOf(realm)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it('takes no 400 for a domain without a tenant that says nothing', async () => {
    const realm = await realmThatAnswers({ status: 400, body: 'Bad Request' });

    await expect(tenantOf(realm)).rejects.toMatchObject({ name: 'IndeterminateAnswerError' });
  });

  it.each(['common', '..', '.', ''])('does not ask for the domain "%s"', async (domain) => {
    const realm = await realmThatAnswers({ body: {} });

    await expect(realm.tenantOf(new Sensitive(domain), signal)).rejects.toMatchObject({
      name: 'IndeterminateAnswerError',
    });
    expect(server?.requests).toEqual([]);
  });

  it('reads the tenant where both addresses name the same one', async () => {
    const realm = await realmThatAnswers({
      body: {
        issuer: `https://login.example/${TENANT.toUpperCase()}/v2.0`,
        token_endpoint: `https://login.example/${TENANT}/oauth2/v2.0/token`,
      },
    });

    await expect(tenantOf(realm)).resolves.toBe(TENANT);
  });
});

function realmKind(text: string): RealmKind {
  const kinds: readonly RealmKind[] = ['unmanaged', 'managed', 'federated', 'unknown'];
  const kind = kinds.find((known) => known === text);
  if (kind === undefined) throw new TypeError('LOGIN_CONTRACT_KNOWN names no kind of organisation.');
  return kind;
}
