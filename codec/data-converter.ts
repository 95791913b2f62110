import type { DataConverter } from '@temporalio/common';
import { TolerantCodec } from './tolerant-codec';

/** How payloads are read and written: the same for the worker, the client and replay. */
export const closureDataConverter: DataConverter = { payloadCodecs: [new TolerantCodec()] };
