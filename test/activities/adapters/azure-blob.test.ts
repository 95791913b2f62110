import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAzureBlobStorage } from '../../../activities/adapters/storage/azure-blob';
import type { ExportStorage } from '../../../activities/ports/export-storage';
import { startAzurite, type Azurite } from '../../../sandbox/azurite';
import { describeExportStorage, inDays } from '../ports/export-storage.contract';

const { signal } = new AbortController();
const appendBlob = { headers: { 'x-ms-blob-type': 'AppendBlob' }, body: '' };

describeExportStorage('Azure Blob', async () => {
  const azurite = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  return {
    storage: createAzureBlobStorage({ connectionString: azurite.connectionString, pageSize: 2 }),
    put: async (container, name, content) => {
      const bytes = Buffer.from(content);
      await service.getContainerClient(container).getBlockBlobClient(name).upload(bytes, bytes.byteLength);
    },
    close: () => azurite.close(),
  };
});

describe('a right to write into a container of Azure Blob', () => {
  let azurite: Azurite;
  let service: BlobServiceClient;
  let storage: ExportStorage;
  let container = '';

  beforeAll(async () => {
    azurite = await startAzurite();
    service = BlobServiceClient.fromConnectionString(azurite.connectionString);
    storage = createAzureBlobStorage({ connectionString: azurite.connectionString });
  });
  afterAll(async () => {
    await azurite.close();
  });
  beforeEach(async () => {
    container = `export-${randomUUID()}`;
    await storage.createContainer(container, signal);
  });

  it('lets the directory create and append, and neither read nor list nor delete', async () => {
    const sas = new URL((await storage.grantWriting(container, inDays(40), signal)).reveal());

    expect(await statusOf('PUT', at(sas, 'RequestInfo.json'), appendBlob)).toBe(201);
    expect(await statusOf('PUT', at(sas, 'RequestInfo.json', 'comp=appendblock'), { body: '{}' })).toBe(201);
    expect(await statusOf('GET', at(sas, 'RequestInfo.json'))).toBe(403);
    expect(await statusOf('GET', at(sas, '', 'restype=container&comp=list'))).toBe(403);
    expect(await statusOf('DELETE', at(sas, 'RequestInfo.json'))).toBe(403);
  });

  it('is a service SAS of exactly one container, that names nothing but its policy', async () => {
    const sas = new URL((await storage.grantWriting(container, inDays(40), signal)).reveal());

    expect(sas.pathname.split('/').at(-1)).toBe(container);
    expect([...sas.searchParams.keys()].sort()).toStrictEqual(['si', 'sig', 'sr', 'sv']);
    expect(sas.searchParams.get('sr')).toBe('c');
  });

  it('is over as soon as it is revoked', async () => {
    const sas = new URL((await storage.grantWriting(container, inDays(40), signal)).reveal());

    await storage.revokeWriting(container, signal);

    expect(await statusOf('PUT', at(sas, 'late.json'), appendBlob)).toBe(403);
  });

  it('keeps the later end of two', async () => {
    const later = inDays(40);
    await storage.grantWriting(container, later, signal);

    await storage.grantWriting(container, inDays(2), signal);

    const { signedIdentifiers } = await service.getContainerClient(container).getAccessPolicy();
    expect(signedIdentifiers.map(({ accessPolicy }) => accessPolicy.expiresOn)).toStrictEqual([later]);
  });

  it('replaces a policy that lets more than write', async () => {
    const wide = { id: 'export', accessPolicy: { permissions: 'racwdl', expiresOn: inDays(400) } };
    await service.getContainerClient(container).setAccessPolicy('container', [wide]);

    await storage.grantWriting(container, inDays(40), signal);

    const { signedIdentifiers, blobPublicAccess } = await service.getContainerClient(container).getAccessPolicy();
    expect(signedIdentifiers.map(({ accessPolicy }) => accessPolicy.permissions)).toStrictEqual(['acw']);
    expect(blobPublicAccess).toBeUndefined();
  });

  it('is not given for a container that is not there', async () => {
    await expect(storage.grantWriting(`none-${container}`, inDays(1), signal)).rejects.toMatchObject({
      name: 'RequestRefusedError',
      detail: { operation: 'storage.grant-writing', code: 'ContainerNotFound' },
    });
  });
});

describe('a link to an exported file in Azure Blob', () => {
  let azurite: Azurite;
  let storage: ExportStorage;
  const container = 'export-links';

  beforeAll(async () => {
    azurite = await startAzurite();
    storage = createAzureBlobStorage({ connectionString: azurite.connectionString });
    await storage.createContainer(container, signal);
    const client = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(container);
    for (const name of ['a b?.json', 'other.json']) await client.getBlockBlobClient(name).upload(name, name.length);
  });
  afterAll(async () => {
    await azurite.close();
  });

  it('reads exactly this file', async () => {
    const link = (await storage.linkToFile(container, 'a b?.json', new Date(Date.now() + 60_000))).reveal();

    expect(await (await fetch(link)).text()).toBe('a b?.json');
    expect(await statusOf('GET', link.replace('a%20b%3F.json', 'other.json'))).toBe(403);
    expect(await statusOf('DELETE', link)).toBe(403);
  });

  it('begins five minutes in the past, for clocks that are late', async () => {
    const link = new URL((await storage.linkToFile(container, 'a.json', new Date(Date.now() + 60_000))).reveal());

    const startsAt = Date.parse(link.searchParams.get('st') ?? '');
    expect(Math.abs(Date.now() - 300_000 - startsAt)).toBeLessThan(5000);
  });

  it('is for https alone at an https endpoint', async () => {
    const away = createAzureBlobStorage({
      connectionString:
        'DefaultEndpointsProtocol=https;AccountName=exports;AccountKey=bm9uZQ==;EndpointSuffix=core.example',
    });

    const link = new URL((await away.linkToFile(container, 'a.json', new Date(Date.now() + 60_000))).reveal());

    expect([link.protocol, link.searchParams.get('spr')]).toStrictEqual(['https:', 'https']);
  });

  it.each(['', '.', '..', 'a/../../other', 'a\\..\\b'])('is not made for a file by the name of %j', async (name) => {
    await expect(storage.linkToFile(container, name, new Date(Date.now() + 60_000))).rejects.toBeInstanceOf(RangeError);
  });
});

it.each([
  ['unreadable', 'AccountName=exports;AccountKey=c2VjcmV0'],
  ['without a key', 'BlobEndpoint=https://exports.example/;SharedAccessSignature=sv=1&sig=c2VjcmV0'],
])('refuses a connection string that is %s, without quoting it', (_kind, connectionString) => {
  const create = (): ExportStorage => createAzureBlobStorage({ connectionString });

  expect(create).toThrow(RangeError);
  expect(create).not.toThrow(/c2VjcmV0/);
});

function at(sas: URL, name: string, query = ''): string {
  const url = new URL(sas);
  url.pathname += name === '' ? '' : `/${name}`;
  url.search += query === '' ? '' : `&${query}`;
  return url.href;
}

async function statusOf(method: string, url: string, init: Omit<RequestInit, 'method'> = {}): Promise<number> {
  return (await fetch(url, { ...init, method })).status;
}
