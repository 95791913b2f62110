import type { BlobClient } from '@azure/storage-blob';
import type { RequestInfo } from '../../ports/export-storage';
import { IndeterminateAnswerError, RequestRefusedError } from '../../ports/faults';
import { boundSteps, storageAt, type BoundedSteps, type StorageCall } from './blob-faults';
import { parseRequestInfo } from './request-info';

/** The directory writes less than 1 KiB. */
const MAX_REQUEST_INFO_BYTES = 65_536;

/** The content of a blob, piece by piece. The answer has begun when the promise is kept. */
export async function readBlob(blob: BlobClient, call: StorageCall): Promise<AsyncIterable<Uint8Array>> {
  const steps = boundSteps(call);
  try {
    // The SDK would ask again for the rest of a broken answer: Temporal is the retry engine.
    const options = { abortSignal: steps.signal, maxRetryRequests: 0 };
    const { readableStreamBody: body } = await steps.within(blob.download(0, undefined, options));
    if (body === undefined) throw new IndeterminateAnswerError(storageAt(call.operation), 'there is no body');
    return piecesOf(body, steps);
  } catch (error) {
    steps.release();
    throw error;
  }
}

/** What the blob says of an export. Without the blob, or without its container, nothing was written. */
export async function readRequestInfo(blob: BlobClient, signal: AbortSignal): Promise<RequestInfo> {
  try {
    const call = { operation: 'storage.read-request-info', signal } as const;
    return parseRequestInfo(await firstBytes(await readBlob(blob, call)));
  } catch (error) {
    if (isMissing(error)) return { kind: 'absent' };
    throw error;
  }
}

/** In the service's own words: a 404 of anybody else on the way says nothing about the container. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof RequestRefusedError) || error.detail.status !== 404) return false;
  return error.detail.code === 'BlobNotFound' || error.detail.code === 'ContainerNotFound';
}

/** All bytes, or none when there are more than the directory would ever write. */
async function firstBytes(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of content) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    if (sizeBytes > MAX_REQUEST_INFO_BYTES) return new Uint8Array();
  }
  return Buffer.concat(pieces);
}

async function* piecesOf(body: NodeJS.ReadableStream, steps: BoundedSteps): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    let next = await steps.within(pieces.next());
    while (next.done !== true) {
      yield typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
      next = await steps.within(pieces.next());
    }
  } finally {
    // A reader that stops early closes the connection.
    steps.release();
    await pieces.return?.();
  }
}
