import { Sensitive } from '../../activities/ports/sensitive';
import { startAnsweringServer, type ArrivedRequest, type Reply } from './answering-server';

/** Storage whose containers can be written to and neither read nor listed, as a SAS for exports makes them. */
export interface WriteOnlyStorage {
  /** The address of a container that nobody has used yet, with something in it that looks like a SAS. */
  readonly newLocation: () => Sensitive<string>;
  readonly close: () => Promise<void>;
}

/** Starts the storage. It speaks as much of Azure Blob Storage as the export service uses. */
export async function startWriteOnlyStorage(): Promise<WriteOnlyStorage> {
  const blobs = new Set<string>();
  const server = await startAnsweringServer((request) => answer(blobs, request));
  let containers = 0;
  return {
    newLocation: () => {
      containers += 1;
      return new Sensitive(`${server.url}/storage/container-${containers}?sv=2021-12-02&sr=c&sp=acw&sig=c2VjcmV0`);
    },
    close: server.close,
  };
}

function answer(blobs: Set<string>, { method, path, headers }: ArrivedRequest): Reply {
  if (method !== 'PUT') return { status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } };
  const blob = path.replace(/\?.*/, '');
  const isCreation = headers['x-ms-blob-type'] === 'AppendBlob';
  if (isCreation && blobs.has(blob)) return { status: 409, headers: { 'x-ms-error-code': 'BlobAlreadyExists' } };
  blobs.add(blob);
  return { status: 201 };
}
