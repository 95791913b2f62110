import { describe, expect, it } from '@jest/globals';
import * as common from '@temporalio/common';
import { defaultPayloadConverter, encodingTypes, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { closureDataConverter } from '../../codec/data-converter';
import { TolerantCodec } from '../../codec/tolerant-codec';
import { isUndecodable, UNDECODABLE } from '../../workflows/contract/undecodable';
import { CANARY, POISON } from './poison-payloads';

const codec = new TolerantCodec();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const payload = (encoding: string, data?: Uint8Array | null): Payload => ({
  metadata: { encoding: bytes(encoding) },
  ...(data === undefined ? {} : { data }),
});

/** Lists in lists, so many levels. */
function deep(levels: number): unknown {
  return JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
}

async function read(broken: Payload): Promise<unknown> {
  const [decoded = {}] = await codec.decode([broken]);
  return defaultPayloadConverter.fromPayload(decoded);
}

describe('a payload that can be read', () => {
  it.each([null, true, 7, '', 'text', '\ufefftext', [1, 'two'], { a: { b: null } }, deep(100)])(
    'stays as it is: %p',
    async (value) => {
      const [encoded = {}] = await codec.encode([defaultPayloadConverter.toPayload(value)]);
      const [decoded] = await codec.decode([encoded]);

      expect(decoded).toBe(encoded);
      await expect(read(encoded)).resolves.toEqual(value);
    },
  );

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
    ['of JSON behind a byte order mark', payload('json/plain', bytes('\ufeff1'))],
    ['of no data', payload('json/plain')],
    ['with null for data', payload('json/plain', null)],
    ['of no bytes', payload('json/plain', new Uint8Array())],
    ['of more than a hundred levels', payload('json/plain', bytes(`${'['.repeat(102)}${']'.repeat(102)}`))],
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

describe('the list of poison', () => {
  it('knows every encoding and every key of metadata that the SDK knows: look at what a new one means', () => {
    expect(Object.values(encodingTypes)).toEqual([
      'binary/null',
      'binary/plain',
      'json/plain',
      'json/protobuf',
      'binary/protobuf',
    ]);
    const keys = Object.entries(common).filter(([name]) => name.startsWith('METADATA_'));
    expect(Object.fromEntries(keys)).toEqual({
      METADATA_ENCODING_KEY: 'encoding',
      METADATA_MESSAGE_TYPE_KEY: 'messageType',
    });
  });

  it('has a payload of each encoding that the converter would throw at, or of none where it never does', () => {
    const thrownAt = Object.values(encodingTypes).filter((encoding) =>
      POISON.some(([what, poison]) => what.startsWith(`${encoding},`) && throwsAt(poison)),
    );

    expect(thrownAt).toEqual(['json/plain', 'json/protobuf', 'binary/protobuf']);
  });

  it('is read by the converter after it went through the codec, and what it would have thrown at is the marker', async () => {
    const decoded = await codec.decode(POISON.map(([, poison]) => poison));

    POISON.forEach(([what, poison], index) => {
      const { [index]: one = {} } = decoded;
      const value: unknown = defaultPayloadConverter.fromPayload(one);
      expect({ what, isMarker: isUndecodable(value) || !throwsAt(poison) }).toEqual({ what, isMarker: true });
    });
  });

  it('tells why it matters: the converter’s own error quotes the payload', () => {
    expect(() => {
      defaultPayloadConverter.fromPayload(payload('json/plain', bytes(CANARY)));
    }).toThrow(CANARY.slice(0, 5));
  });

  function throwsAt(poison: Payload): boolean {
    try {
      defaultPayloadConverter.fromPayload(poison);
      return false;
    } catch {
      return true;
    }
  }
});

describe('any payload at all', () => {
  const encoding = fc.oneof(fc.constantFrom(...Object.values(encodingTypes)).map(bytes), fc.uint8Array());
  const json = fc.json().map(bytes);
  const anyPayload = fc.record(
    {
      metadata: fc.oneof(fc.record({ encoding }), fc.dictionary(fc.string(), fc.uint8Array()), fc.constant(null)),
      data: fc.oneof(
        fc.uint8Array(),
        json,
        fc.json().map((text) => bytes(`\ufeff${text}`)),
        fc.constant(null),
      ),
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
  it('has the tolerant codec, a storage in which there is nothing, and nothing else', () => {
    expect(closureDataConverter.payloadCodecs).toEqual([expect.any(TolerantCodec)]);
    expect(Object.keys(closureDataConverter)).toEqual(['payloadCodecs', 'externalStorage']);
  });
});
