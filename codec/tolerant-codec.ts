import type { Payload, PayloadCodec } from '@temporalio/common';
import { UNDECODABLE } from '../workflows/contract/undecodable';

const text = new TextDecoder('utf-8', { fatal: true });
const MARKER: Payload = {
  metadata: { encoding: new TextEncoder().encode('json/plain') },
  data: new TextEncoder().encode(JSON.stringify(UNDECODABLE)),
};

/** Leaves every payload as it is, except that what the default converter would choke on becomes the marker. */
export class TolerantCodec implements PayloadCodec {
  readonly encode = (payloads: Payload[]): Promise<Payload[]> => Promise.resolve(payloads);

  readonly decode = (payloads: Payload[]): Promise<Payload[]> =>
    Promise.resolve(payloads.map((payload) => (isDecodable(payload) ? payload : MARKER)));
}

/** What the default converter reads without looking at the bytes. */
const ALWAYS_READABLE = ['binary/null', 'binary/plain'];

function isDecodable({ metadata, data }: Payload): boolean {
  const encoding = encodingOf(metadata);
  if (encoding === undefined) return false;
  return ALWAYS_READABLE.includes(encoding) || (encoding === 'json/plain' && isJson(data));
}

function encodingOf(metadata: Payload['metadata']): string | undefined {
  const bytes = metadata?.['encoding'];
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
}

function isJson(data: Payload['data']): boolean {
  if (!data || data.length === 0) return false;
  try {
    JSON.parse(text.decode(data));
    return true;
  } catch {
    return false;
  }
}
