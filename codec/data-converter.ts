import type { DataConverter } from '@temporalio/common';
import { emptyStorage } from './storage-references';
import { TolerantCodec } from './tolerant-codec';

/** How payloads are read and written: the same for the worker, the client and replay. */
export const closureDataConverter: DataConverter = {
  payloadCodecs: [new TolerantCodec()],
  externalStorage: emptyStorage,
};
