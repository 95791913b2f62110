import BlobConfiguration from 'azurite/dist/src/blob/BlobConfiguration';
import BlobServer from 'azurite/dist/src/blob/BlobServer';
import { EMULATOR_ACCOUNT_KEY_STR, EMULATOR_ACCOUNT_NAME } from 'azurite/dist/src/blob/utils/constants';
import { MemoryExtentChunkStore } from 'azurite/dist/src/common/persistence/MemoryExtentStore';
import { AzuriteTelemetryClient } from 'azurite/dist/src/common/Telemetry';
import { usablePort } from './ports';

/** A running stand-in for Azure Blob Storage, in memory and in this process. */
export interface Azurite {
  /** For `AZURE_STORAGE_CONNECTION_STRING`; with the emulator's account key, which is public. */
  readonly connectionString: string;
  /** The blob endpoint of the account. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

// Of one server; an export in development is some kilobytes.
const MEMORY_LIMIT_BYTES = 512 * 1024 * 1024;

/**
 * Starts Azurite's blob service on the loopback interface; several may run in one process, each with a store of its own.
 * @throws PortTakenError when the port that was asked for is in use.
 */
export async function startAzurite(options: { readonly port?: number } = {}): Promise<Azurite> {
  const port = await usablePort(options.port, 'the blob storage');
  AzuriteTelemetryClient.init('', false, undefined);
  const server = new BlobServer(configuration(port));
  await server.start();
  const url = `http://127.0.0.1:${port}/${EMULATOR_ACCOUNT_NAME}`;
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${EMULATOR_ACCOUNT_NAME}`,
      `AccountKey=${EMULATOR_ACCOUNT_KEY_STR}`,
      `BlobEndpoint=${url}`,
    ].join(';'),
    url,
    close: () => server.close(),
  };
}

function configuration(port: number): BlobConfiguration {
  const store = new MemoryExtentChunkStore(MEMORY_LIMIT_BYTES);
  const noLogs = [false, undefined, false, undefined] as const;
  // Loose, and any API version: newer clients than this Azurite knows are welcome.
  const tolerant = [true, true] as const;
  const noCertificate = ['', '', ''] as const;
  return new BlobConfiguration(
    ...['127.0.0.1', port, 5, '', '', [], ...noLogs, ...tolerant, ...noCertificate, undefined, false, true, store],
  );
}
