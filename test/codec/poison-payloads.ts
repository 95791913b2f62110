import { encodingTypes, METADATA_ENCODING_KEY, METADATA_MESSAGE_TYPE_KEY, type Payload } from '@temporalio/common';

/** Must never be read in a failure: it stands for whatever a payload says. */
export const CANARY = 'kanarienvogel';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A payload of the suite, and what it is. */
export type Poison = readonly [what: string, payload: Payload];

/** The SDK's own list of encodings, and what it does not know. */
const ENCODINGS: readonly (string | undefined)[] = [
  ...Object.values(encodingTypes),
  ...Object.values(encodingTypes).map((encoding) => `${encoding} `),
  undefined,
  '',
  '__proto__',
  'binary/encrypted',
];

/** The type by which the SDK knows a reference to an external storage, and others. */
export const REFERENCE_TYPE = 'temporal.api.sdk.v1.ExternalStorageReference';
const MESSAGE_TYPES: readonly (string | undefined)[] = [
  undefined,
  '',
  REFERENCE_TYPE,
  'temporal.api.common.v1.Payload',
  `${CANARY}.Message`,
];

const DATA: readonly (readonly [what: string, data: Uint8Array | null | undefined])[] = [
  ['no data', undefined],
  ['null', null],
  ['no bytes', new Uint8Array()],
  ['JSON', bytes(`{"text":"${CANARY}"}`)],
  ['JSON with a byte order mark', bytes(`\ufeff"${CANARY}"`)],
  ['JSON with a byte order mark of UTF-16', Uint8Array.from([0xff, 0xfe, 0x31, 0])],
  ['JSON with a byte order mark inside', bytes(`"\ufeff${CANARY}"`)],
  ['broken JSON', bytes(`{${CANARY}`)],
  ['text that is not UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
  ['half a surrogate', Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['ten thousand brackets', bytes('['.repeat(10_000) + ']'.repeat(10_000))],
  ['a reference', bytes(`{"driverName":"${CANARY}","claimData":{"key":"${CANARY}"}}`)],
  ['a reference to no driver', bytes(`{"claimData":{"key":"${CANARY}"}}`)],
  ['a reference of other types', bytes(`{"driverName":{"of":"${CANARY}"},"claimData":7}`)],
];

/** Every encoding, with every message type, with all kinds of data. */
export const POISON: readonly Poison[] = ENCODINGS.flatMap((encoding) =>
  MESSAGE_TYPES.flatMap((messageType) =>
    DATA.map(([what, data]): Poison => [
      `${encoding ?? 'no encoding'}, ${messageType ?? 'no message type'}, ${what}`,
      payloadOf({ [METADATA_ENCODING_KEY]: encoding, [METADATA_MESSAGE_TYPE_KEY]: messageType }, data),
    ]),
  ),
);

/** As many of them as show every way in which the SDK can throw: for runs on a server. */
export const POISON_FOR_SERVERS: readonly Poison[] = POISON.filter(
  // Null and no data are the same on the wire.
  ([what, { data }], index) => data !== null && (what.includes(REFERENCE_TYPE) || index % 7 === 0),
);

function payloadOf(
  metadata: Readonly<Record<string, string | undefined>>,
  data: Uint8Array | null | undefined,
): Payload {
  const given: Record<string, Uint8Array> = {};
  for (const [key, value] of Object.entries(metadata)) if (value !== undefined) given[key] = bytes(value);
  return { metadata: given, ...(data === undefined ? {} : { data }) };
}
