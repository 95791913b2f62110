import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureTokens } from '../../../activities/adapters/directory/azure-tokens';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import { createOutbound } from '../../../activities/adapters/outbound';
import { createSignInRealm } from '../../../activities/adapters/realm/sign-in-service';
import { createAzureBlobStorage } from '../../../activities/adapters/storage/azure-blob';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startAnsweringServer, type AnsweringServer } from '../../support/answering-server';
import { startForwardProxy, type ForwardProxy } from '../../support/forward-proxy';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const ACCOUNT = {
  tenantId: guid('1a000000-0000-4000-8000-000000000001'),
  objectId: guid('0b000000-0000-4000-8000-00000000000a'),
};
const ADDRESS = 'ada@analytical.example';
const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];

describe('Every adapter', () => {
  const before = { ...process.env };
  let server: AnsweringServer;
  let proxy: ForwardProxy;

  beforeEach(async () => {
    server = await startAnsweringServer(({ path }) => {
      const own = { 'x-ms-request-id': '0c000000-0000-4000-8000-00000000000c', 'content-type': 'application/xml' };
      if (path.includes('restype=service')) return { headers: own, body: '<StorageServiceProperties />' };
      if (path.includes('userrealm')) return { body: { NameSpaceType: 'Managed', Login: ADDRESS } };
      return { body: { id: ACCOUNT.objectId, userPrincipalName: ADDRESS, accountEnabled: true } };
    });
    proxy = await startForwardProxy(server.url);
  });
  afterEach(async () => {
    process.env = { ...before };
    await proxy.close();
    await server.close();
  });

  /** One small call of each, to far ends under this host and port. */
  async function callAll(env: Readonly<Record<string, string>>, host: string): Promise<void> {
    // The libraries of Azure would read them by themselves.
    for (const name of VARIABLES) process.env[name] = env[name] ?? '';
    const { fetch, agentFor } = createOutbound(env);
    const tokens = createStaticTokens(new Sensitive('token'));
    const endpoint = `BlobEndpoint=http://${host}/account`;
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=bm9uZQ==;${endpoint}`;
    await createGraphDirectory({ graphUrl: `http://${host}/v1.0`, tokens, fetch }).findAccount(ACCOUNT, signal);
    await createSignInRealm({ loginUrl: `http://${host}`, fetch }).kindOf(new Sensitive(ADDRESS), signal);
    await createAzureBlobStorage({ connectionString, agentFor }).check(signal);
  }

  it('goes through the proxy that is set', async () => {
    await callAll({ HTTP_PROXY: proxy.url }, 'far.example:81');

    expect(server.requests).toHaveLength(3);
    expect(new Set(proxy.asked)).toEqual(
      new Set(['CONNECT far.example:81', 'GET http://far.example:81/account/?restype=service&comp=properties']),
    );
  });

  it.each(['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])(
    'goes straight to the machine itself, whatever %s says',
    async (name) => {
      await callAll({ [name]: proxy.url }, new URL(server.url).host);

      expect(server.requests).toHaveLength(3);
      expect(proxy.asked).toEqual([]);
    },
  );

  it('does not reach for the proxy of another scheme', async () => {
    const away = callAll({ HTTPS_PROXY: proxy.url }, 'nowhere.invalid:81');

    await expect(away).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(proxy.asked).toEqual([]);
  });

  it.each(['nowhere.invalid', '*', '.invalid', 'nowhere.invalid:81'])(
    'goes straight where NO_PROXY=%s says so',
    async (noProxy) => {
      const env = { HTTP_PROXY: proxy.url, NO_PROXY: noProxy };
      const { fetch, agentFor } = createOutbound(env);
      for (const name of VARIABLES) process.env[name] = 'NO_PROXY' === name ? 'other.example' : proxy.url;
      const realm = createSignInRealm({ loginUrl: 'http://nowhere.invalid:81', fetch });
      const endpoint = 'BlobEndpoint=http://nowhere.invalid:81/account';
      const connectionString = `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=bm9uZQ==;${endpoint}`;

      await expect(realm.kindOf(new Sensitive(ADDRESS), signal)).rejects.toMatchObject({ name: 'UnavailableError' });
      await expect(createAzureBlobStorage({ connectionString, agentFor }).check(signal)).rejects.toMatchObject({
        name: 'UnavailableError',
      });
      expect(proxy.asked).toEqual([]);
    },
  );

  it('says that the far end is unavailable when the proxy is', async () => {
    await proxy.close();
    const { fetch } = createOutbound({ HTTP_PROXY: proxy.url });
    const realm = createSignInRealm({ loginUrl: 'http://far.example', fetch });

    await expect(realm.kindOf(new Sensitive(ADDRESS), signal)).rejects.toMatchObject({ name: 'UnavailableError' });
    proxy = await startForwardProxy(server.url);
  });

  it('asks for tokens by the same rule', async () => {
    process.env['HTTPS_PROXY'] = 'http://library.example:1';
    Object.assign(process.env, {
      AZURE_TENANT_ID: ACCOUNT.tenantId,
      AZURE_CLIENT_ID: ACCOUNT.objectId,
      AZURE_CLIENT_SECRET: 'secret',
      AZURE_TOKEN_CREDENTIALS: 'environmentcredential',
    });
    const agents: (readonly [string, unknown])[] = [];
    const httpClient: HttpClient = {
      sendRequest: (request: PipelineRequest) => {
        agents.push([new URL(request.url).hostname, request.agent]);
        return Promise.resolve({ status: 503, headers: createHttpHeaders(), bodyAsText: '{}', request });
      },
    };

    for (const NO_PROXY of ['', 'microsoftonline.com']) {
      const { agentFor } = createOutbound({ HTTPS_PROXY: proxy.url, NO_PROXY });
      const source = createAzureTokens('https://graph.example/v1.0', { agentFor, httpClient });
      await source.tokenFor(ACCOUNT.tenantId, { isRetry: false }, signal).catch(() => undefined);
    }

    expect(agents).toEqual([
      ['login.microsoftonline.com', expect.objectContaining({ proxy: new URL(proxy.url) })],
      ['login.microsoftonline.com', undefined],
    ]);
  });
});
