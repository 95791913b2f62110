import { isUtf8 } from 'node:buffer';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { UNDECODABLE } from '../workflows/contract/undecodable';

/** Ours are less than ten levels deep. */
const MAX_DEPTH = 100;
const MARKER = defaultPayloadConverter.toPayload(UNDECODABLE);

/**
 * Leaves every payload as it is, except that what the SDK would throw at becomes the marker. Whether its converter would
 * is asked of the converter itself: what a payload must be like is not written down a second time here, so it cannot differ.
 */
export class TolerantCodec implements PayloadCodec {
  readonly encode = (payloads: Payload[]): Promise<Payload[]> => Promise.resolve(payloads);

  readonly decode = (payloads: Payload[]): Promise<Payload[]> =>
    Promise.resolve(payloads.map((payload) => (isReadable(payload) ? payload : MARKER)));
}

function isReadable(payload: Payload): boolean {
  try {
    const value: unknown = defaultPayloadConverter.fromPayload(payload);
    return !isText(value) || (isUtf8(payload.data ?? new Uint8Array()) && !isDeeperThan(MAX_DEPTH, value));
  } catch {
    return false;
  }
}

/** Made of JSON, not of bytes or of nothing. In text that is no UTF-8 the converter puts replacement characters: nobody said that. */
function isText(value: unknown): boolean {
  return value !== undefined && !(value instanceof Uint8Array);
}

/** Whatever copies such a value (the SDK does, between its threads) runs out of stack, and the Workflow Task fails for ever. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner));
}
