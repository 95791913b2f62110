import type { Payload } from '@temporalio/common';

const text = new TextEncoder();

/** A payload as anybody can put it on the wire. */
export function payload(encoding: string | undefined, data: string | Uint8Array): Payload {
  return {
    metadata: encoding === undefined ? {} : { encoding: text.encode(encoding) },
    data: typeof data === 'string' ? text.encode(data) : data,
  };
}

/** The value as the default converter would write it. */
export function json(value: unknown): Payload {
  return payload('json/plain', JSON.stringify(value));
}

/** Arguments that are no confirmation, by what they are; some cannot even be decoded. */
export const NO_CONFIRMATIONS: readonly (readonly [what: string, payloads: readonly Payload[]])[] = [
  ['nothing at all', []],
  ['binary null', [payload('binary/null', '')]],
  ['null', [json(null)]],
  ['a number', [json(42)]],
  ['an array', [json([1, 2, 3])]],
  ['an empty object', [json({})]],
  ['one megabyte of text', [json('x'.repeat(1_000_000))]],
  ['another version', [json({ version: 2, plan: { digest: 'ab'.repeat(32) }, signatures: [] })]],
  ['a digest and a signature of other types', [json({ planDigest: 7, signature: { of: 'somebody' } })]],
  ['the right shape, signed by nobody', [json({ planDigest: 'ab'.repeat(32), signature: 'A'.repeat(86) })]],
  ['bytes', [payload('binary/plain', new Uint8Array([0, 255, 1]))]],
  ['broken JSON', [payload('json/plain', '{bad')]],
  ['JSON that is not UTF-8', [payload('json/plain', new Uint8Array([34, 255, 34]))]],
  ['JSON without a byte', [payload('json/plain', '')]],
  ['an unknown encoding', [payload('binary/of-another-world', 'x')]],
  ['a Protobuf message', [payload('binary/protobuf', 'x')]],
  ['no encoding', [payload(undefined, 'x')]],
  ['several arguments', [json(null), payload('json/plain', '{bad')]],
];
