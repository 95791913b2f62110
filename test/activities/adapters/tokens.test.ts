import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureTokens, type AzureTokensOptions } from '../../../activities/adapters/directory/azure-tokens';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createFileTokens, createStaticTokens, type TokenSource } from '../../../activities/adapters/directory/tokens';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startAnsweringServer, type AnsweringServer } from '../../support/answering-server';
import { guid } from '../../support/guid';

const { signal } = new AbortController();
const TENANT = guid('1a000000-0000-4000-8000-000000000001');
const OBJECT = guid('0b000000-0000-4000-8000-00000000000a');
const FIRST = { isRetry: false };
const AGAIN = { isRetry: true };

async function tokenOf(source: TokenSource, options: { readonly isRetry: boolean }): Promise<string> {
  return (await source.tokenFor(TENANT, options, signal)).reveal();
}

describe('A static token', () => {
  it('is the same for everybody, without the white space around it', async () => {
    const source = createStaticTokens(new Sensitive(' token\n'));

    await expect(tokenOf(source, FIRST)).resolves.toBe('token');
    await expect(tokenOf(source, AGAIN)).resolves.toBe('token');
  });

  it.each(['', 'two words', 'line\nline', 'tökén'])('is no credential when it cannot be a token: %j', async (text) => {
    const source = createStaticTokens(new Sensitive(text));

    await expect(tokenOf(source, FIRST)).rejects.toMatchObject({ name: 'NotAuthenticatedError' });
  });
});

describe('A token in a file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('is read once, and again when it was not accepted', async () => {
    const path = join(folder, 'token');
    const source = createFileTokens(path);
    await writeFile(path, 'old\n');
    await expect(tokenOf(source, FIRST)).resolves.toBe('old');
    await writeFile(path, 'new\n');

    await expect(tokenOf(source, FIRST)).resolves.toBe('old');
    await expect(tokenOf(source, AGAIN)).resolves.toBe('new');
    await expect(tokenOf(source, FIRST)).resolves.toBe('new');
  });

  it('is no credential while there is no file', async () => {
    await expect(tokenOf(createFileTokens(join(folder, 'none')), FIRST)).rejects.toMatchObject({
      name: 'NotAuthenticatedError',
    });
  });
});

describe('A token of the Azure identity', () => {
  const credentialThat = (getToken: TokenCredential['getToken']): AzureTokensOptions => ({
    createCredential: () => ({ getToken }),
  });
  const graphUrl = 'https://graph.example/v1.0';

  it('is for the closure’s tenant and for this directory', async () => {
    const asked: unknown[] = [];
    const source = createAzureTokens(
      graphUrl,
      credentialThat((scopes, options) => {
        asked.push([scopes, options?.tenantId]);
        return Promise.resolve({ token: 'token', expiresOnTimestamp: 0 });
      }),
    );

    await expect(tokenOf(source, FIRST)).resolves.toBe('token');
    expect(asked).toEqual([['https://graph.example/.default', TENANT]]);
  });

  it('comes from a new credential after one was not accepted: the old one has it in its cache', async () => {
    let made = 0;
    const createCredential = (): TokenCredential => {
      made += 1;
      const token = `token-${made}`;
      return { getToken: () => Promise.resolve({ token, expiresOnTimestamp: 0 }) };
    };
    const source = createAzureTokens(graphUrl, { createCredential });

    await expect(tokenOf(source, FIRST)).resolves.toBe('token-1');
    await expect(tokenOf(source, FIRST)).resolves.toBe('token-1');
    await expect(tokenOf(source, AGAIN)).resolves.toBe('token-2');
  });

  it('is no credential when the library has none', async () => {
    const source = createAzureTokens(
      graphUrl,
      credentialThat(() => Promise.resolve(null)),
    );

    await expect(tokenOf(source, FIRST)).rejects.toMatchObject({ name: 'NotAuthenticatedError' });
  });

  it('is not waited for any longer when the caller aborts', async () => {
    const caller = new AbortController();
    const reason = new Error('withdrawn');
    const source = createAzureTokens(
      graphUrl,
      credentialThat(() => new Promise(() => undefined)),
    );
    const token = source.tokenFor(TENANT, FIRST, caller.signal);

    caller.abort(reason);

    await expect(token).rejects.toBe(reason);
  });
});

describe('A call that is answered with 401', () => {
  let server: AnsweringServer;
  const account = { tenantId: TENANT, objectId: OBJECT };

  beforeEach(async () => {
    server = await startAnsweringServer(({ headers }) =>
      headers.authorization === 'Bearer fresh'
        ? { status: 204 }
        : { status: 401, body: { error: { code: 'InvalidAuthenticationToken' } } },
    );
  });
  afterEach(async () => {
    await server.close();
  });

  function deleteWith(...tokens: readonly string[]): Promise<unknown> {
    const left = [...tokens];
    const source: TokenSource = { tokenFor: () => Promise.resolve(new Sensitive(left.shift() ?? 'none')) };
    return createGraphDirectory({ graphUrl: server.url, tokens: source }).softDelete(account, signal);
  }

  it('is made again, once, with a token that is another one', async () => {
    await expect(deleteWith('stale', 'fresh')).resolves.toBe('deleted');
    expect(server.requests).toHaveLength(2);
  });

  it('is not made a third time', async () => {
    await expect(deleteWith('stale', 'stale too', 'fresh')).rejects.toMatchObject({ name: 'NotAuthenticatedError' });
    expect(server.requests).toHaveLength(2);
  });

  it('is not made again with the same token', async () => {
    await expect(deleteWith('stale', 'stale')).rejects.toMatchObject({ name: 'NotAuthenticatedError' });
    expect(server.requests).toHaveLength(1);
  });
});
