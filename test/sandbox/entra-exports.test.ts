import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ADA, DOROTHY, JOAN, MARGARET } from '../../sandbox/entra/people';
import { exportingEntraOfThisFile, readBlobs, sasOf } from './export-caller';
import { call } from './graph-caller';

const operation = z.object({
  status: z.string(),
  progress: z.union([z.number(), z.string()]),
  storageLocation: z.string().nullable(),
  completedDateTime: z.string().nullable(),
});
const requestInfo = z.object({ CommandId: z.string(), Subject: z.record(z.string(), z.string()) });

const standIn = exportingEntraOfThisFile();

async function look(location: string): Promise<z.infer<typeof operation>> {
  const { body } = await call(standIn.entra, `GET ${location}`);
  return operation.parse(body);
}

async function waitUntilComplete(location: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  if ((await look(location)).status !== 'complete') {
    await waitUntilComplete(location);
  }
}

function infoOf(blobs: ReadonlyMap<string, Buffer>): z.infer<typeof requestInfo> {
  return requestInfo.parse(JSON.parse(blobs.get('RequestInfo.json')?.toString() ?? ''));
}

describe('an export by the stand-in', () => {
  it('is accepted with 202, no body and the operation in the headers', async () => {
    const { status, headers, body } = await standIn.requestExport(
      ADA.objectId,
      await sasOf(await standIn.newContainer()),
    );

    const id = headers.get('request-id') ?? '';
    expect({ status, body }).toEqual({ status: 202, body: undefined });
    expect(headers.get('location')).toBe(`${standIn.entra.graphUrl}/dataPolicyOperations/${id}`);
    expect(headers.get('operation-location')).toBe(headers.get('location'));
    expect(headers.get('retry-after')).toBe('3');
  });

  it('writes RequestInfo.json first, and the files when it completes', async () => {
    const container = await standIn.newContainer();

    const { headers } = await standIn.requestExport(ADA.objectId, await sasOf(container));
    const early = await readBlobs(container);
    await waitUntilComplete(headers.get('location') ?? '');
    const late = await readBlobs(container);

    expect([...early.keys()]).toEqual(['RequestInfo.json']);
    expect(infoOf(early)).toMatchObject({
      CommandId: headers.get('request-id'),
      Subject: { ObjectId: ADA.objectId, TenantId: ADA.tenantId },
    });
    late.delete('RequestInfo.json');
    const files = standIn.entra.world.exportFilesOf(ADA.objectId);
    expect(files.length).toBeGreaterThan(2);
    expect([...late.entries()].sort()).toEqual(files.map(({ name, content }) => [name, Buffer.from(content)]).sort());
  });

  it('spells the subject the other way in an older tenant, and may hold no files', async () => {
    const container = await standIn.newContainer();

    const { headers } = await standIn.requestExport(MARGARET.objectId, await sasOf(container));
    await waitUntilComplete(headers.get('location') ?? '');
    const blobs = await readBlobs(container);

    expect([...blobs.keys()]).toEqual(['RequestInfo.json']);
    expect(infoOf(blobs).Subject).toEqual({ objectId: MARGARET.objectId, tenantId: MARGARET.tenantId });
  });

  it('shows progress as number and as text, and its location not always', async () => {
    const { headers } = await standIn.requestExport(JOAN.objectId, await sasOf(await standIn.newContainer()));
    const location = headers.get('location') ?? '';
    await waitUntilComplete(location);

    const looks = [await look(location), await look(location), await look(location)];

    expect(new Set(looks.map(({ progress }) => typeof progress))).toEqual(new Set(['number', 'string']));
    expect(looks.filter(({ storageLocation }) => storageLocation === null)).toHaveLength(1);
    expect(looks[0]).toMatchObject({ status: 'complete', completedDateTime: expect.any(String) });
  });

  it('runs for ever when its files cannot be written any more', async () => {
    const container = await standIn.newContainer();
    const sas = await sasOf(container);

    const { headers } = await standIn.requestExport(DOROTHY.objectId, sas);
    await container.delete();
    await new Promise((resolve) => setTimeout(resolve, 400));

    expect(await look(headers.get('location') ?? '')).toMatchObject({ status: 'running', completedDateTime: null });
  });

  it('answers 400 for an operation that nobody knows', async () => {
    const { status, body } = await call(
      standIn.entra,
      'GET /v1.0/dataPolicyOperations/0b000000-0000-4000-8000-00000000dead',
    );

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'OperationNotFound' } });
  });

  it('fails in the queue with the container burnt and nothing running', async () => {
    const container = await standIn.newContainer();
    const sas = await sasOf(container);
    standIn.entra.world.failQueueing(1);

    const failed = await standIn.requestExport(ADA.objectId, sas);
    const again = await standIn.requestExport(ADA.objectId, sas);
    const { CommandId } = infoOf(await readBlobs(container));

    expect(failed.status).toBe(500);
    expect(again.body).toMatchObject({ error: { code: 'StorageLocationAlreadyUsed' } });
    expect(standIn.entra.world.exports.map(({ id }) => id)).not.toContain(CommandId);
  });

  it('happens although its answer is lost', async () => {
    const container = await standIn.newContainer();
    const sas = await sasOf(container);
    standIn.entra.faults.add({ path: /exportPersonalData/, kind: 'loseAnswer' });

    await expect(standIn.requestExport(ADA.objectId, sas)).rejects.toThrow('fetch failed');

    const { CommandId } = infoOf(await readBlobs(container));
    expect(standIn.entra.world.exports.map(({ id }) => id)).toContain(CommandId);
  });
});
