import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccountSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  type ContainerClient,
} from '@azure/storage-blob';
import { z } from 'zod';

import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA, DOROTHY, JOAN, MARGARET } from '../../sandbox/entra/people';
import { call, type Seen } from './graph-caller';

const operation = z.object({
  status: z.string(),
  progress: z.union([z.number(), z.string()]),
  storageLocation: z.string().nullable(),
  completedDateTime: z.string().nullable(),
});
const requestInfo = z.object({ CommandId: z.string(), Subject: z.record(z.string(), z.string()) });

let azurite: Azurite;
let entra: Entra;
let containers = 0;

beforeAll(async () => {
  azurite = await startAzurite();
  entra = await startEntra({ exportDurationMs: 200, retryAfterSeconds: 3 });
});

afterAll(async () => {
  await entra.close();
  await azurite.close();
});

function serviceClient(): BlobServiceClient {
  return BlobServiceClient.fromConnectionString(azurite.connectionString);
}

async function newContainer(): Promise<ContainerClient> {
  containers += 1;
  const container = serviceClient().getContainerClient(`export-${containers}`);
  await container.create();
  return container;
}

const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

function sasOf(container: ContainerClient, permissions = 'acw'): Promise<string> {
  return container.generateSasUrl({
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: inAnHour(),
  });
}

function requestExport(objectId: string, storageLocation: unknown): Promise<Seen> {
  return call(entra, `POST /v1.0/users/${objectId}/exportPersonalData`, { json: { storageLocation } });
}

async function look(location: string): Promise<z.infer<typeof operation>> {
  const { body } = await call(entra, `GET ${location}`);
  return operation.parse(body);
}

async function waitUntilComplete(location: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  if ((await look(location)).status !== 'complete') {
    await waitUntilComplete(location);
  }
}

async function readBlobs(container: ContainerClient): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for await (const { name, properties } of container.listBlobsFlat()) {
    // The client cannot read an empty blob whole.
    const isEmpty = properties.contentLength === 0;
    blobs.set(name, isEmpty ? Buffer.alloc(0) : await container.getBlobClient(name).downloadToBuffer());
  }
  return blobs;
}

function infoOf(blobs: ReadonlyMap<string, Buffer>): z.infer<typeof requestInfo> {
  return requestInfo.parse(JSON.parse(blobs.get('RequestInfo.json')?.toString() ?? ''));
}

describe('an export by the stand-in', () => {
  it('is accepted with 202, no body and the operation in the headers', async () => {
    const { status, headers, body } = await requestExport(ADA.objectId, await sasOf(await newContainer()));

    const id = headers.get('request-id') ?? '';
    expect({ status, body }).toEqual({ status: 202, body: undefined });
    expect(headers.get('location')).toBe(`${entra.graphUrl}/dataPolicyOperations/${id}`);
    expect(headers.get('operation-location')).toBe(headers.get('location'));
    expect(headers.get('retry-after')).toBe('3');
  });

  it('writes RequestInfo.json first, and the files when it completes', async () => {
    const container = await newContainer();

    const { headers } = await requestExport(ADA.objectId, await sasOf(container));
    const early = await readBlobs(container);
    await waitUntilComplete(headers.get('location') ?? '');
    const late = await readBlobs(container);

    expect([...early.keys()]).toEqual(['RequestInfo.json']);
    expect(infoOf(early)).toMatchObject({
      CommandId: headers.get('request-id'),
      Subject: { ObjectId: ADA.objectId, TenantId: ADA.tenantId },
    });
    late.delete('RequestInfo.json');
    const files = entra.world.exportFilesOf(ADA.objectId);
    expect(files.length).toBeGreaterThan(2);
    expect([...late.entries()].sort()).toEqual(files.map(({ name, content }) => [name, Buffer.from(content)]).sort());
  });

  it('spells the subject the other way in an older tenant, and may hold no files', async () => {
    const container = await newContainer();

    const { headers } = await requestExport(MARGARET.objectId, await sasOf(container));
    await waitUntilComplete(headers.get('location') ?? '');
    const blobs = await readBlobs(container);

    expect([...blobs.keys()]).toEqual(['RequestInfo.json']);
    expect(infoOf(blobs).Subject).toEqual({ objectId: MARGARET.objectId, tenantId: MARGARET.tenantId });
  });

  it('shows progress as number and as text, and its location not always', async () => {
    const { headers } = await requestExport(JOAN.objectId, await sasOf(await newContainer()));
    const location = headers.get('location') ?? '';
    await waitUntilComplete(location);

    const looks = [await look(location), await look(location), await look(location)];

    expect(new Set(looks.map(({ progress }) => typeof progress))).toEqual(new Set(['number', 'string']));
    expect(looks.filter(({ storageLocation }) => storageLocation === null)).toHaveLength(1);
    expect(looks[0]).toMatchObject({ status: 'complete', completedDateTime: expect.any(String) });
  });

  it('runs for ever when its files cannot be written any more', async () => {
    const container = await newContainer();
    const sas = await sasOf(container);

    const { headers } = await requestExport(DOROTHY.objectId, sas);
    await container.delete();
    await new Promise((resolve) => setTimeout(resolve, 400));

    expect(await look(headers.get('location') ?? '')).toMatchObject({ status: 'running', completedDateTime: null });
  });

  it('answers 400 for an operation that nobody knows', async () => {
    const { status, body } = await call(entra, 'GET /v1.0/dataPolicyOperations/0b000000-0000-4000-8000-00000000dead');

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'OperationNotFound' } });
  });

  it('fails in the queue with the container burnt and nothing running', async () => {
    const container = await newContainer();
    const sas = await sasOf(container);
    entra.world.failQueueing(1);

    const failed = await requestExport(ADA.objectId, sas);
    const again = await requestExport(ADA.objectId, sas);
    const { CommandId } = infoOf(await readBlobs(container));

    expect(failed.status).toBe(500);
    expect(again.body).toMatchObject({ error: { code: 'StorageLocationAlreadyUsed' } });
    expect(entra.world.exports.map(({ id }) => id)).not.toContain(CommandId);
  });

  it('happens although its answer is lost', async () => {
    const container = await newContainer();
    const sas = await sasOf(container);
    entra.faults.add({ path: /exportPersonalData/, kind: 'loseAnswer' });

    await expect(requestExport(ADA.objectId, sas)).rejects.toThrow('fetch failed');

    const { CommandId } = infoOf(await readBlobs(container));
    expect(entra.world.exports.map(({ id }) => id)).toContain(CommandId);
  });
});

describe('a storage location that the stand-in refuses', () => {
  async function refusalOf(storageLocation: unknown): Promise<unknown> {
    const { status, body } = await requestExport(ADA.objectId, storageLocation);
    return { status, ...z.object({ error: z.object({ code: z.string() }) }).parse(body).error };
  }

  it('is no URL, or nothing', async () => {
    expect(await refusalOf('container')).toMatchObject({ status: 400, code: 'StorageLocationInvalid' });
    expect(await refusalOf(undefined)).toMatchObject({ status: 400, code: 'StorageLocationInvalid' });
  });

  it('has no signature, an account signature, or is not exactly a container', async () => {
    const container = await newContainer();
    const accountSas = serviceClient().generateAccountSasUrl(inAnHour(), AccountSASPermissions.parse('acw'), 'sco');
    const blobSas = (await sasOf(container)).replace('?', '/folder?');

    expect(await refusalOf(container.url)).toMatchObject({ code: 'SharedAccessSignatureTokenInvalid' });
    expect(await refusalOf(`${container.url}?${new URL(accountSas).searchParams.toString()}`)).toMatchObject({
      code: 'StorageLocationNotServiceSAS',
    });
    expect(await refusalOf(blobSas)).toMatchObject({ code: 'StorageLocationNotAzureBlob' });
  });

  it('can be listed: nothing is written', async () => {
    const container = await newContainer();

    expect(await refusalOf(await sasOf(container, 'acwl'))).toMatchObject({
      code: 'StorageLocationShouldNotAllowListAccess',
    });
    expect((await readBlobs(container)).size).toBe(0);
  });

  it('can be read: the file is left behind when it cannot be deleted', async () => {
    const container = await newContainer();

    expect(await refusalOf(await sasOf(container, 'racw'))).toMatchObject({
      code: 'StorageLocationShouldNotAllowReadAccess',
    });
    expect([...(await readBlobs(container)).keys()]).toEqual(['RequestInfo.json']);
  });

  it('cannot be written: nothing is left', async () => {
    const container = await newContainer();

    expect(await refusalOf(await sasOf(container, 'd'))).toMatchObject({
      code: 'StorageLocationNeedsWriteAddPermissions',
    });
    expect((await readBlobs(container)).size).toBe(0);
  });

  it('may be created in but not added to: burnt, with an empty file', async () => {
    const container = await newContainer();

    expect(await refusalOf(await sasOf(container, 'c'))).toMatchObject({
      code: 'StorageLocationNeedsWriteAddPermissions',
    });
    expect([...(await readBlobs(container)).entries()]).toEqual([['RequestInfo.json', Buffer.alloc(0)]]);
    expect(await refusalOf(await sasOf(container))).toMatchObject({ code: 'StorageLocationAlreadyUsed' });
  });

  it('cannot be reached', async () => {
    const sas = new URL(await sasOf(await newContainer()));
    sas.port = '1';

    expect(await refusalOf(sas.href)).toMatchObject({ code: 'StorageLocationInvalid' });
  });

  it('was used before', async () => {
    const sas = await sasOf(await newContainer());
    await requestExport(ADA.objectId, sas);

    expect(await refusalOf(sas)).toMatchObject({ status: 400, code: 'StorageLocationAlreadyUsed' });
  });
});
