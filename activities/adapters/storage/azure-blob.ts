import {
  BlobSASPermissions,
  BlobServiceClient,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
  type BlobClient,
  type ContainerClient,
} from '@azure/storage-blob';
import type { ExportStorage } from '../../ports/export-storage';
import { Sensitive } from '../../ports/sensitive';
import { readBlob, readRequestInfo } from './blob-content';
import { attempt, isAnswer } from './blob-faults';
import { listContainers, listFiles } from './listings';
import { pipelineFor, type ConnectOptions } from './pipeline';
import { REQUEST_INFO_FILE } from './request-info';
import { grantWriting, sasProtocolFor } from './write-grant';

const HOUR_MS = 3_600_000;
/** Links begin a little in the past, for clocks that are late. */
const CLOCK_SKEW_MS = 300_000;

/** Where the exports are kept, and how patient to be. */
export interface AzureBlobOptions extends ConnectOptions {
  /** With the account's key: only a service SAS may live longer than 7 days. */
  readonly connectionString: string;
  /** How long a stored access policy may take to act: documented are 30 s. Default 45 s. */
  readonly policyWaitMs?: number;
  /** Between two tries of a SAS. Default 1 s. */
  readonly retryDelayMs?: number;
  /** Names per page of a listing. Default 5000, the most that the service gives. */
  readonly pageSize?: number;
}

/**
 * Exports in Azure Blob Storage, by the account's key. Every request is one attempt, ends after 30 s without an answer,
 * and ends with the signal; its errors are the faults of the port. A container that does not exist is a
 * `RequestRefusedError` with `ContainerNotFound`, unless a method says otherwise.
 * @throws RangeError when the connection string cannot be read or has no account key, and for names that cannot be
 */
export function createAzureBlobStorage(options: AzureBlobOptions): ExportStorage {
  const { service, credential } = connect(options);
  const { policyWaitMs = 45_000, retryDelayMs = 1000, pageSize = 5000 } = options;
  const containerOf = (container: string): ContainerClient => service.getContainerClient(toContainerName(container));
  const blobOf = (container: string, name: string): BlobClient =>
    containerOf(container).getBlobClient(toBlobName(name));
  return {
    createContainer: async (container, signal) => {
      const call = { operation: 'storage.create-container', signal } as const;
      await attempt(call, (abortSignal) => containerOf(container).createIfNotExists({ abortSignal }));
    },
    grantWriting: async (container, expiresAt, signal) => {
      const grant = { container: containerOf(container), credential, expiresAt, policyWaitMs, retryDelayMs };
      return grantWriting({ ...grant, connect: options }, signal);
    },
    revokeWriting: async (container, signal) => removePolicies(containerOf(container), signal),
    readRequestInfo: async (container, signal) => readRequestInfo(blobOf(container, REQUEST_INFO_FILE), signal),
    check: async (signal) => {
      const call = { operation: 'storage.check', signal } as const;
      await attempt(call, (abortSignal) => service.getProperties({ abortSignal }));
    },
    listFiles: async (container, signal) => listFiles(containerOf(container), pageSize, signal),
    readFile: async (container, name, signal) =>
      readBlob(blobOf(container, name), { operation: 'storage.read-file', signal }),
    linkToFile: (container, name, expiresAt) =>
      new Promise((resolve) => {
        resolve(readLink(blobOf(container, name), credential, expiresAt));
      }),
    listContainers: async (prefix, signal) => listContainers(service, { prefix, pageSize }, signal),
    deleteContainer: async (container, signal) => deleteContainer(containerOf(container), signal),
  };
}

function connect(options: AzureBlobOptions): { service: BlobServiceClient; credential: StorageSharedKeyCredential } {
  const { url, credential } = parseConnectionString(options.connectionString);
  if (credential instanceof StorageSharedKeyCredential) {
    return { service: new BlobServiceClient(url, pipelineFor(credential, options)), credential };
  }
  throw new RangeError(
    'The connection string of the storage has no account key: a shared access signature is not enough.',
  );
}

function parseConnectionString(connectionString: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(connectionString);
  } catch {
    // Without the cause: it may quote what it could not read.
    throw new RangeError('The connection string of the storage cannot be read.');
  }
}

/** The rules of the service, so that a wrong name fails here and not as somebody's request. */
function toContainerName(name: string): string {
  if (/^[a-z0-9](?:-?[a-z0-9]){2,62}$/.test(name) && name.length <= 63) return name;
  throw new RangeError('A container name has 3 to 63 lower-case letters, digits and single hyphens.');
}

/** Names come from a listing. A dot segment is in none, and would lead a URL out of its container. */
function toBlobName(name: string): string {
  const isPath = name.length > 0 && name.length <= 1024 && !name.split(/[/\\]/).some((part) => /^\.{1,2}$/.test(part));
  if (isPath) return name;
  throw new RangeError('This cannot be the name of a file.');
}

/** A container that is not there has no policy to remove. */
async function removePolicies(container: ContainerClient, signal: AbortSignal): Promise<void> {
  await attempt({ operation: 'storage.revoke-writing', signal }, async (abortSignal) => {
    try {
      await container.setAccessPolicy(undefined, [], { abortSignal });
    } catch (error) {
      if (!isAnswer(error, 404, 'ContainerNotFound') && !isAnswer(error, 409, 'ContainerBeingDeleted')) throw error;
    }
  });
}

async function deleteContainer(container: ContainerClient, signal: AbortSignal): Promise<'deleted' | 'absent'> {
  return attempt({ operation: 'storage.delete-container', signal }, async (abortSignal) => {
    try {
      await container.delete({ abortSignal });
      return 'deleted';
    } catch (error) {
      if (isAnswer(error, 404, 'ContainerNotFound')) return 'absent';
      if (isAnswer(error, 409, 'ContainerBeingDeleted')) return 'deleted';
      throw error;
    }
  });
}

function readLink(blob: BlobClient, credential: StorageSharedKeyCredential, expiresAt: Date): Sensitive<string> {
  const now = Date.now();
  if (!(expiresAt.getTime() > now && expiresAt.getTime() <= now + HOUR_MS)) {
    throw new RangeError('A link ends in the future, at most an hour from now.');
  }
  const query = generateBlobSASQueryParameters(
    {
      containerName: blob.containerName,
      blobName: blob.name,
      permissions: BlobSASPermissions.parse('r'),
      startsOn: new Date(now - CLOCK_SKEW_MS),
      expiresOn: expiresAt,
      ...sasProtocolFor(blob.url),
    },
    credential,
  );
  return new Sensitive(`${blob.url}?${query.toString()}`);
}
