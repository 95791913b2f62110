import { inspect } from 'node:util';
import { createHttpHeaders, RestError, type HttpClient } from '@azure/core-rest-pipeline';
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureTokens } from '../../../activities/adapters/directory/azure-tokens';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const TENANT = guid('1a000000-0000-4000-8000-000000000001');
const REQUEST_ID = '0c000000-0000-4000-8000-00000000000c';
const AT = { operation: 'directory.get-token' };

/** An answer of the token endpoint; `silent`: none at all. */
type Answer =
  'silent' | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown };

function aadError(error: string, number: number): Record<string, unknown> {
  const error_description = `AADSTS${number}: kanarienvogel. Trace ID: ${REQUEST_ID}`;
  return { error, error_description, error_codes: [number], trace_id: REQUEST_ID };
}

describe('A token that the identity service does not give', () => {
  const SETTINGS = {
    AZURE_TENANT_ID: TENANT,
    AZURE_CLIENT_ID: '0d000000-0000-4000-8000-00000000000d',
    AZURE_CLIENT_SECRET: 'kanarienvogel',
    AZURE_TOKEN_CREDENTIALS: 'environmentcredential',
  };
  const before = { ...process.env };

  beforeEach(() => {
    Object.assign(process.env, SETTINGS);
  });
  afterEach(() => {
    process.env = { ...before };
  });

  /** The library itself, in front of a service that knows its tenants and answers this about a token. */
  async function faultOf(...answers: readonly Answer[]): Promise<unknown> {
    const left = [...answers];
    let asked = 0;
    const httpClient: HttpClient = {
      sendRequest: (request) => {
        const isToken = new URL(request.url).pathname.endsWith('/token');
        asked += isToken ? 1 : 0;
        const answer = isToken ? (left.shift() ?? 'silent') : { status: 200, body: discovery(request.url) };
        if (answer === 'silent') return Promise.reject(new RestError('kanarienvogel', { code: 'ENOTFOUND' }));
        const { status, headers = {}, body = '' } = answer;
        const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body);
        return Promise.resolve({ status, headers: createHttpHeaders(headers), bodyAsText, request });
      },
    };
    const source = createAzureTokens('https://graph.example/v1.0', { httpClient });
    const outcomes: unknown[] = [];
    while (outcomes.length < answers.length) {
      outcomes.push(await source.tokenFor(TENANT, { isRetry: false }, signal).catch((error: unknown) => error));
    }
    expect(inspect(outcomes, { depth: 10, showHidden: true })).not.toMatch(/kanarienvogel|0d000000/);
    // Temporal is the retry engine.
    expect(asked).toBe(answers.length);
    return outcomes.at(-1);
  }

  it.each<[string, Answer, object]>([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { name: 'ThrottledError', retryAfterMs: 7_000 }],
    ['429 without a time', { status: 429 }, { name: 'ThrottledError', retryAfterMs: undefined }],
    ['429 with a page', { status: 429, body: '<html>' }, { name: 'ThrottledError' }],
    [
      '503 with a time',
      { status: 503, headers: { 'retry-after': '0' } },
      { name: 'ThrottledError', retryAfterMs: 1_000 },
    ],
    ['503', { status: 503 }, { name: 'UnavailableError', detail: { ...AT, status: 503 } }],
    ['502 with a page', { status: 502, body: '<html>' }, { name: 'UnavailableError', detail: { ...AT, status: 502 } }],
    ['a word', { status: 400, body: { error: 'temporarily_unavailable' } }, { name: 'UnavailableError' }],
    [
      'a word and a time',
      { status: 400, headers: { 'retry-after': '3' }, body: { error: 'temporarily_unavailable' } },
      { name: 'ThrottledError', retryAfterMs: 3_000 },
    ],
    [
      'too many of the tenant',
      { status: 400, body: aadError('invalid_request', 90055) },
      { name: 'ThrottledError', detail: { code: 'AADSTS90055' } },
    ],
    ['silence', 'silent', { name: 'UnavailableError' }],
  ])('is asked for again later: %s', async (_what, answer, fault) => {
    await expect(faultOf(answer)).resolves.toMatchObject(fault);
  });

  it.each([50000, 50033, 90006, 90012, 90024, 90033, 90090, 90091])(
    'is asked for again later when AADSTS%d says that something behind the service is away',
    async (number) => {
      await expect(faultOf({ status: 400, body: aadError('invalid_request', number) })).resolves.toMatchObject({
        name: 'UnavailableError',
        detail: { ...AT, status: 400, code: `AADSTS${number}` },
      });
    },
  );

  it.each([
    ['invalid_client', 7000215],
    ['invalid_client', 650051],
    ['unauthorized_client', 700016],
    ['invalid_request', 90002],
  ])('is refused with %s and AADSTS%d', async (error, number) => {
    const headers = { 'x-ms-request-id': REQUEST_ID };

    await expect(faultOf({ status: 401, headers, body: aadError(error, number) })).resolves.toMatchObject({
      name: 'NotAuthenticatedError',
      detail: { ...AT, status: 401, code: `AADSTS${number}`, requestId: REQUEST_ID },
    });
  });

  it('is asked for anew after it was throttled: the library would go on refusing by itself, without a reason', async () => {
    const throttled = { status: 429, headers: { 'retry-after': '60' }, body: { error: 'temporarily_unavailable' } };
    const given = { status: 200, body: { access_token: 'token', token_type: 'Bearer', expires_in: 3600 } };

    await expect(faultOf(throttled, throttled)).resolves.toMatchObject({ name: 'ThrottledError' });
    const token = await faultOf(throttled, given);

    expect(token).toHaveProperty('reveal');
  });
});

describe('A credential that is not there', () => {
  it.each<[Error, object]>([
    [
      new CredentialUnavailableError('nothing is set up'),
      { name: 'NotAuthenticatedError', detail: { code: 'credential-unavailable' } },
    ],
    [
      new AggregateAuthenticationError([new CredentialUnavailableError('nothing is set up')], 'ChainedTokenCredential'),
      { name: 'NotAuthenticatedError', detail: { code: 'credential-unavailable' } },
    ],
    [
      new AggregateAuthenticationError(
        [new Error('AADSTS90033: away'), new CredentialUnavailableError('none')],
        'Chained',
      ),
      { name: 'UnavailableError', detail: { code: 'AADSTS90033' } },
    ],
    [
      new AuthenticationError(400, {
        error: 'EnvironmentCredential authentication failed.',
        error_description: 'invalid_client: AADSTS7000222',
      }),
      { name: 'NotAuthenticatedError', detail: { code: 'AADSTS7000222' } },
    ],
    [
      new AuthenticationError(400, {
        error: 'EnvironmentCredential authentication failed.',
        error_description: 'temporarily_unavailable',
      }),
      { name: 'UnavailableError', detail: { code: 'temporarily_unavailable' } },
    ],
    [new AuthenticationError(503, {}), { name: 'UnavailableError' }],
    [new AuthenticationError(429, {}), { name: 'ThrottledError' }],
    [new AuthenticationError(400, 'endpoints_resolution_error: see the page'), { name: 'UnavailableError' }],
    [new TypeError('fetch failed'), { name: 'UnavailableError' }],
  ])('is told from a service that is away, by the library’s error alone: %#', async (error, fault) => {
    const createCredential = (): { getToken: () => Promise<never> } => ({ getToken: () => Promise.reject(error) });
    const source = createAzureTokens('https://graph.example/v1.0', { createCredential });

    await expect(source.tokenFor(TENANT, { isRetry: false }, signal)).rejects.toMatchObject(fault);
  });
});

/** What the library asks before it asks for a token. */
function discovery(url: string): unknown {
  const { origin } = new URL(url);
  const authority = `${origin}/${TENANT}`;
  if (url.includes('/discovery/instance')) {
    const host = new URL(url).host;
    const metadata = [{ preferred_network: host, preferred_cache: host, aliases: [host] }];
    return { tenant_discovery_endpoint: `${authority}/v2.0/.well-known/openid-configuration`, metadata };
  }
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/keys`,
  };
}
