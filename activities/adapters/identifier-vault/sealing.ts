import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256, HpkeError } from '@hpke/core';
import { z } from 'zod';
import type { Identifiers, VaultKey } from '../../ports/identifier-vault';
import { Sensitive } from '../../ports/sensitive';
import { KEY_ID_BYTES, keyBytesOf, keyIdOf, publicHalfOf } from './sealing-keys';

/** Seals identifiers for the place under this key: moved anywhere else they do not open. */
export type Seal = (key: VaultKey, identifiers: Identifiers) => Promise<Uint8Array>;

/** What became of the attempt to open something. */
export type Opening =
  | { readonly kind: 'opened'; readonly identifiers: Identifiers }
  /** It was sealed with a key that is not among ours. */
  | { readonly kind: 'key-missing' }
  /** It was changed, or was kept in another place: of another closure, target or round. */
  | { readonly kind: 'altered' };

/** Opens what was sealed for the place under this key. */
export type Open = (key: VaultKey, sealed: Uint8Array) => Promise<Opening>;

/** HPKE (RFC 9180): base mode, one shot. */
const HPKE = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** What is sealed: version, key id, encapsulated key, ciphertext. */
const VERSION = 1;
const KEY_ID_AT = 1;
const ENCAPSULATED_AT = KEY_ID_AT + KEY_ID_BYTES;
const CIPHERTEXT_AT = ENCAPSULATED_AT + HPKE.kem.encSize;

const INFO = bytesOf('account-closure/identifiers/v1');

/** Lengths would tell one kind of identifier from another, and often one person's. */
const PADDED_TO_BYTES = 256;

/** Pairs, and not an object: no name is special. */
const Pairs = z.array(z.tuple([z.string(), z.string()]));

/**
 * Seals with the public half of a key alone.
 * @throws RangeError when the key has another form than 32 bytes, base64url
 */
export function createSeal(publicKey: string): Seal {
  return sealFor(keyBytesOf(publicKey));
}

/**
 * Opens with the private halves: whichever of them it was sealed for.
 * @throws RangeError when one has another form than 32 bytes, base64url
 */
export function createOpen(privateKeys: readonly Sensitive<string>[]): Open {
  const keys = privateKeys.map((privateKey) => {
    const bytes = keyBytesOf(privateKey.reveal());
    return { keyId: keyIdOf(publicHalfOf(bytes)), bytes: new Sensitive(bytes) };
  });
  return async (key, sealed) => {
    const head = sealed.subarray(0, ENCAPSULATED_AT);
    const found = keys.find(({ keyId }) => Buffer.compare(keyId, head.subarray(KEY_ID_AT)) === 0);
    if (head[0] !== VERSION || found === undefined) return { kind: 'key-missing' };
    const plain = await plainOf({ privateKey: found.bytes, sealed, bound: boundTo(head, key) });
    return plain === undefined ? { kind: 'altered' } : { kind: 'opened', identifiers: toIdentifiers(plain) };
  };
}

/**
 * Both, for whoever holds private halves: the first of them seals, all of them open.
 * @throws RangeError when there is none, or one has another form than 32 bytes, base64url
 */
export function createSealing(privateKeys: readonly Sensitive<string>[]): { readonly seal: Seal; readonly open: Open } {
  const [first] = privateKeys;
  if (first === undefined) throw new RangeError('names no key');
  return { seal: sealFor(publicHalfOf(keyBytesOf(first.reveal()))), open: createOpen(privateKeys) };
}

function sealFor(publicKey: Uint8Array): Seal {
  const head = Buffer.concat([Uint8Array.of(VERSION), keyIdOf(publicKey)]);
  return async (key, identifiers) => {
    const recipientPublicKey = await HPKE.kem.deserializePublicKey(publicKey);
    const { enc, ct } = await HPKE.seal({ recipientPublicKey, info: INFO }, toPlain(identifiers), boundTo(head, key));
    return Buffer.concat([head, new Uint8Array(enc), new Uint8Array(ct)]);
  };
}

interface Sealed {
  readonly privateKey: Sensitive<Uint8Array>;
  readonly sealed: Uint8Array;
  readonly bound: Uint8Array;
}

async function plainOf({ privateKey, sealed, bound }: Sealed): Promise<string | undefined> {
  const recipientKey = await HPKE.kem.deserializePrivateKey(privateKey.reveal());
  const enc = sealed.subarray(ENCAPSULATED_AT, CIPHERTEXT_AT);
  try {
    const plain = await HPKE.open({ recipientKey, enc, info: INFO }, sealed.subarray(CIPHERTEXT_AT), bound);
    return new TextDecoder().decode(plain);
  } catch (error) {
    if (error instanceof HpkeError) return undefined;
    throw error;
  }
}

/** The associated data: no two places have the same. */
function boundTo(head: Uint8Array, { closureId, firstRunId, target, round }: VaultKey): Uint8Array {
  return Buffer.concat([head, bytesOf(JSON.stringify([closureId, firstRunId, target, round]))]);
}

function toPlain(identifiers: Identifiers): Uint8Array {
  const pairs = Object.entries(identifiers).map(([name, value]) => [name, value.reveal()]);
  const plain = bytesOf(JSON.stringify(pairs));
  // White space behind JSON means nothing.
  const padding = Buffer.alloc(PADDED_TO_BYTES - (plain.length % PADDED_TO_BYTES), ' ');
  return Buffer.concat([plain, padding]);
}

function toIdentifiers(plain: string): Identifiers {
  const pairs = Pairs.parse(JSON.parse(plain));
  return Object.fromEntries(pairs.map(([name, value]) => [name, new Sensitive(value)]));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
