import type { DataConverter } from '@temporalio/common';
import { emptyStorage } from './storage-references';
import { TolerantCodec } from './tolerant-codec';

/** How the worker reads and writes payloads: what refers to an external storage is disarmed before it gets there. */
export const workerDataConverter = { payloadCodecs: [new TolerantCodec()] } satisfies DataConverter;

/** The same for the client and for replay, which look for references themselves. */
export const closureDataConverter: DataConverter = {
  ...workerDataConverter,
  externalStorage: emptyStorage,
};
