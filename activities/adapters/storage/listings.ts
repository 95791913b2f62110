import type { BlobItem, BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import type { StoredFile } from '../../ports/export-storage';
import { IndeterminateAnswerError } from '../../ports/faults';
import { attempt, storageAt, type StorageCall, type StorageOperation } from './blob-faults';
import { REQUEST_INFO_FILE } from './request-info';

/** The exported files of the container in the order of their names, over all pages. */
export async function listFiles(
  container: ContainerClient,
  pageSize: number,
  signal: AbortSignal,
): Promise<readonly StoredFile[]> {
  const pages = await allPages({ operation: 'storage.list-files', signal }, (abortSignal, from) =>
    container.listBlobsFlat({ abortSignal }).byPage({ maxPageSize: pageSize, ...from }),
  );
  return toStoredFiles(pages.flatMap(({ segment }) => segment.blobItems));
}

/** The names of all containers with the prefix, over all pages. */
export async function listContainers(
  service: BlobServiceClient,
  { prefix, pageSize }: { readonly prefix: string; readonly pageSize: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const pages = await allPages({ operation: 'storage.list-containers', signal }, (abortSignal, from) =>
    service.listContainers({ prefix, abortSignal }).byPage({ maxPageSize: pageSize, ...from }),
  );
  return pages.flatMap(({ containerItems }) => containerItems.map(({ name }) => name));
}

interface PagePosition {
  readonly continuationToken?: string;
}

/** One request a page, each with a time of its own. */
async function allPages<P extends PagePosition>(
  call: StorageCall,
  pagesFrom: (abortSignal: AbortSignal, from: PagePosition) => AsyncIterableIterator<P>,
): Promise<readonly P[]> {
  const pages: P[] = [];
  let next: PagePosition | undefined = {};
  while (next !== undefined) {
    const from: PagePosition = next;
    const page = await attempt(call, (abortSignal) => firstOf(call.operation, pagesFrom(abortSignal, from)));
    pages.push(page);
    next = hasNext(page) ? { continuationToken: page.continuationToken } : undefined;
  }
  return pages;
}

/** The service ends a listing with an empty token. */
function hasNext(page: PagePosition): page is Required<PagePosition> {
  return page.continuationToken !== undefined && page.continuationToken !== '';
}

async function firstOf<P>(operation: StorageOperation, pages: AsyncIterableIterator<P>): Promise<P> {
  const first = await pages.next();
  if (first.done !== true) return first.value;
  throw new IndeterminateAnswerError(storageAt(operation), 'a listing has no first page');
}

function toStoredFiles(blobs: readonly BlobItem[]): readonly StoredFile[] {
  return blobs
    .filter(({ name }) => name !== REQUEST_INFO_FILE)
    .map(toStoredFile)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function toStoredFile({ name, properties }: BlobItem): StoredFile {
  const { contentLength: sizeBytes } = properties;
  // Typed as always there, which an answer of somebody else's need not keep.
  const etag: unknown = properties.etag;
  if (sizeBytes !== undefined && typeof etag === 'string' && etag !== '') return { name, sizeBytes, etag };
  throw new IndeterminateAnswerError(storageAt('storage.list-files'), 'a listed file has no size or no ETag');
}
