import { describe, expect, it } from '@jest/globals';
import { AccountSASPermissions } from '@azure/storage-blob';
import { z } from 'zod';
import { ADA } from '../../sandbox/entra/people';
import { exportingEntraOfThisFile, inAnHour, readBlobs, sasOf } from './export-caller';

const standIn = exportingEntraOfThisFile();

describe('a storage location that the stand-in refuses', () => {
  async function refusalOf(storageLocation: unknown): Promise<unknown> {
    const { status, body } = await standIn.requestExport(ADA.objectId, storageLocation);
    return { status, ...z.object({ error: z.object({ code: z.string() }) }).parse(body).error };
  }

  it('is no URL, or nothing', async () => {
    expect(await refusalOf('container')).toMatchObject({ status: 400, code: 'StorageLocationInvalid' });
    expect(await refusalOf(undefined)).toMatchObject({ status: 400, code: 'StorageLocationInvalid' });
  });

  it('has no signature, an account signature, or is not exactly a container', async () => {
    const container = await standIn.newContainer();
    const accountSas = standIn
      .serviceClient()
      .generateAccountSasUrl(inAnHour(), AccountSASPermissions.parse('acw'), 'sco');
    const blobSas = (await sasOf(container)).replace('?', '/folder?');

    expect(await refusalOf(container.url)).toMatchObject({ code: 'SharedAccessSignatureTokenInvalid' });
    expect(await refusalOf(`${container.url}?${new URL(accountSas).searchParams.toString()}`)).toMatchObject({
      code: 'StorageLocationNotServiceSAS',
    });
    expect(await refusalOf(blobSas)).toMatchObject({ code: 'StorageLocationNotAzureBlob' });
  });

  it('can be listed: nothing is written', async () => {
    const container = await standIn.newContainer();

    expect(await refusalOf(await sasOf(container, 'acwl'))).toMatchObject({
      code: 'StorageLocationShouldNotAllowListAccess',
    });
    expect((await readBlobs(container)).size).toBe(0);
  });

  it('can be read: the file is left behind when it cannot be deleted', async () => {
    const container = await standIn.newContainer();

    expect(await refusalOf(await sasOf(container, 'racw'))).toMatchObject({
      code: 'StorageLocationShouldNotAllowReadAccess',
    });
    expect([...(await readBlobs(container)).keys()]).toEqual(['RequestInfo.json']);
  });

  it('cannot be written: nothing is left', async () => {
    const container = await standIn.newContainer();

    expect(await refusalOf(await sasOf(container, 'd'))).toMatchObject({
      code: 'StorageLocationNeedsWriteAddPermissions',
    });
    expect((await readBlobs(container)).size).toBe(0);
  });

  it('may be created in but not added to: burnt, with an empty file', async () => {
    const container = await standIn.newContainer();

    expect(await refusalOf(await sasOf(container, 'c'))).toMatchObject({
      code: 'StorageLocationNeedsWriteAddPermissions',
    });
    expect([...(await readBlobs(container)).entries()]).toEqual([['RequestInfo.json', Buffer.alloc(0)]]);
    expect(await refusalOf(await sasOf(container))).toMatchObject({ code: 'StorageLocationAlreadyUsed' });
  });

  it('cannot be reached', async () => {
    const sas = new URL(await sasOf(await standIn.newContainer()));
    sas.port = '1';

    expect(await refusalOf(sas.href)).toMatchObject({ code: 'StorageLocationInvalid' });
  });

  it('was used before', async () => {
    const sas = await sasOf(await standIn.newContainer());
    await standIn.requestExport(ADA.objectId, sas);

    expect(await refusalOf(sas)).toMatchObject({ status: 400, code: 'StorageLocationAlreadyUsed' });
  });
});
