import { afterAll, beforeAll } from '@jest/globals';
import { BlobServiceClient, ContainerSASPermissions, type ContainerClient } from '@azure/storage-blob';
import { startAzurite, type Azurite } from '../../sandbox/azurite';
import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { call, type Seen } from './graph-caller';

/** The stand-in with a storage to export to. */
export interface ExportingEntra {
  readonly entra: Entra;
  readonly serviceClient: () => BlobServiceClient;
  readonly newContainer: () => Promise<ContainerClient>;
  readonly requestExport: (objectId: string, storageLocation: unknown) => Promise<Seen>;
}

/** Starts both before the tests of a file, and ends them after them. To be called at the file's top level. */
export function exportingEntraOfThisFile(): ExportingEntra {
  let running: { readonly azurite: Azurite; readonly entra: Entra } | undefined;
  let containers = 0;
  const started = (): NonNullable<typeof running> => {
    if (running === undefined) throw new TypeError('The stand-in is not started yet.');
    return running;
  };
  beforeAll(async () => {
    const azurite = await startAzurite();
    running = { azurite, entra: await startEntra({ exportDurationMs: 200, retryAfterSeconds: 3 }) };
  });
  afterAll(async () => {
    await started().entra.close();
    await started().azurite.close();
  });
  const serviceClient = (): BlobServiceClient =>
    BlobServiceClient.fromConnectionString(started().azurite.connectionString);
  return {
    get entra() {
      return started().entra;
    },
    serviceClient,
    newContainer: async () => {
      containers += 1;
      const container = serviceClient().getContainerClient(`export-${containers}`);
      await container.create();
      return container;
    },
    requestExport: (objectId, storageLocation) =>
      call(started().entra, `POST /v1.0/users/${objectId}/exportPersonalData`, { json: { storageLocation } }),
  };
}

/** When a signature of a test ends. */
export const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

/** The container's address with a signature that allows this. */
export function sasOf(container: ContainerClient, permissions = 'acw'): Promise<string> {
  return container.generateSasUrl({
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: inAnHour(),
  });
}

/** All that is in the container, by name. */
export async function readBlobs(container: ContainerClient): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for await (const { name, properties } of container.listBlobsFlat()) {
    // The client cannot read an empty blob whole.
    const isEmpty = properties.contentLength === 0;
    blobs.set(name, isEmpty ? Buffer.alloc(0) : await container.getBlobClient(name).downloadToBuffer());
  }
  return blobs;
}
