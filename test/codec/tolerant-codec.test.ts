import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { closureDataConverter } from '../../codec/data-converter';
import { TolerantCodec } from '../../codec/tolerant-codec';
import { isUndecodable, UNDECODABLE } from '../../workflows/contract/undecodable';

const codec = new TolerantCodec();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const payload = (encoding: string, data?: Uint8Array | null): Payload => ({
  metadata: { encoding: bytes(encoding) },
  ...(data === undefined ? {} : { data }),
});

async function read(broken: Payload): Promise<unknown> {
  const [decoded = {}] = await codec.decode([broken]);
  return defaultPayloadConverter.fromPayload(decoded);
}

describe('a payload that can be read', () => {
  it.each([null, true, 7, '', 'text', [1, 'two'], { a: { b: null } }])('stays as it is: %p', async (value) => {
    const [encoded = {}] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
    const [decoded] = await codec.decode([encoded]);

    expect(decoded).toBe(encoded);
    await expect(read(encoded)).resolves.toEqual(value);
  });

  it('stays as it is when it is nothing or bytes', async () => {
    const nothing = defaultPayloadConverter.toPayload(undefined);
    const raw = defaultPayloadConverter.toPayload(Uint8Array.from([0xff, 0]));

    expect(await codec.decode([nothing, raw])).toEqual([nothing, raw]);
  });
});

describe('a payload that cannot be read', () => {
  it.each<[string, Payload]>([
    ['without metadata', { data: bytes('{}') }],
    ['with null for metadata', { metadata: null, data: bytes('{}') }],
    ['without an encoding', { metadata: {}, data: bytes('{}') }],
    ['with an empty encoding', payload('', bytes('{}'))],
    ['with an encoding that nobody knows', payload('json/bananas', bytes('{}'))],
    ['encrypted for somebody else', payload('binary/encrypted', bytes('{}'))],
    ['in a protocol buffer', payload('binary/protobuf', bytes(''))],
    ['of no JSON', payload('json/plain', bytes('{'))],
    ['of no data', payload('json/plain')],
    ['with null for data', payload('json/plain', null)],
    ['of no bytes', payload('json/plain', new Uint8Array())],
    ['of bytes that are no UTF-8', payload('json/plain', Uint8Array.from([0x22, 0xff, 0x22]))],
  ])('becomes the marker: %s', async (_what, broken) => {
    await expect(read(broken)).resolves.toEqual(UNDECODABLE);
  });

  it('becomes the marker in its place, and its neighbours stay', async () => {
    const good = payload('json/plain', bytes('1'));
    const [first, second, third] = await codec.decode([good, payload('json/bananas'), good]);

    expect([first, third]).toEqual([good, good]);
    expect(isUndecodable(defaultPayloadConverter.fromPayload(second ?? {}))).toBe(true);
  });
});

describe('any payload at all', () => {
  const encoding = fc.oneof(
    fc.constantFrom('json/plain', 'binary/null', 'binary/plain', 'json/protobuf').map(bytes),
    fc.uint8Array(),
  );
  const anyPayload = fc.record(
    {
      metadata: fc.oneof(fc.record({ encoding }), fc.dictionary(fc.string(), fc.uint8Array()), fc.constant(null)),
      data: fc.oneof(fc.uint8Array(), fc.json().map(bytes), fc.constant(null)),
    },
    { requiredKeys: [] },
  );

  it('is read by the default converter after it went through the codec', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPayload), async (payloads) => {
        const decoded = await codec.decode(payloads);

        expect(decoded).toHaveLength(payloads.length);
        for (const one of decoded) expect(() => defaultPayloadConverter.fromPayload(one)).not.toThrow();
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the data converter of client, worker and replay', () => {
  it('has the tolerant codec and nothing else', () => {
    expect(closureDataConverter.payloadCodecs).toEqual([expect.any(TolerantCodec)]);
    expect(Object.keys(closureDataConverter)).toEqual(['payloadCodecs']);
  });
});
