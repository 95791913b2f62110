import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';

const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');
const KEM_SUITE = Buffer.from('KEM\0\x20', 'latin1');
/** DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
const SUITE = Buffer.from('HPKE\0\x20\0\x01\0\x02', 'latin1');
const NOTHING = Buffer.alloc(0);

/** What was sealed to an X25519 key. */
export interface SealedByHpke {
  readonly privateKey: Uint8Array;
  readonly info: string;
  readonly enc: Uint8Array;
  readonly aad: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Opens it by the formulas of RFC 9180, sections 4 and 5, written down once more and apart from our code and its package. */
export function openByTheRfc({ privateKey, info: purpose, enc, aad, ciphertext }: SealedByHpke): string {
  const own = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, privateKey]), format: 'der', type: 'pkcs8' });
  const theirs = createPublicKey({ key: Buffer.concat([SPKI_HEAD, enc]), format: 'der', type: 'spki' });
  const ownPublic = createPublicKey(own).export({ format: 'der', type: 'spki' }).subarray(-32);
  const dh = diffieHellman({ privateKey: own, publicKey: theirs });
  const kem = labeled(KEM_SUITE);
  const shared = kem.expand(kem.extract(NOTHING, 'eae_prk', dh), {
    label: 'shared_secret',
    info: [enc, ownPublic],
    length: 32,
  });
  const hpke = labeled(SUITE);
  const info = [
    Buffer.of(0),
    hpke.extract(NOTHING, 'psk_id_hash', NOTHING),
    hpke.extract(NOTHING, 'info_hash', Buffer.from(purpose)),
  ];
  const secret = hpke.extract(shared, 'secret', NOTHING);
  const decipher = createDecipheriv(
    'aes-256-gcm',
    hpke.expand(secret, { label: 'key', info, length: 32 }),
    hpke.expand(secret, { label: 'base_nonce', info, length: 12 }),
  );
  decipher.setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(-16));
  return Buffer.concat([decipher.update(ciphertext.subarray(0, -16)), decipher.final()]).toString('utf8');
}

interface Wanted {
  readonly label: string;
  readonly info: readonly Uint8Array[];
  readonly length: number;
}

interface Labeled {
  readonly extract: (salt: Uint8Array, label: string, secret: Uint8Array) => Buffer;
  readonly expand: (key: Uint8Array, wanted: Wanted) => Buffer;
}

/** `LabeledExtract` and `LabeledExpand`; no more than one block is needed of the latter. */
function labeled(suite: Buffer): Labeled {
  const of = (label: string): Buffer => Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label)]);
  return {
    extract: (salt, label, secret) =>
      createHmac('sha256', salt)
        .update(Buffer.concat([of(label), secret]))
        .digest(),
    expand: (key, { label, info, length }) =>
      createHmac('sha256', key)
        .update(Buffer.concat([Buffer.of(0, length), of(label), ...info, Buffer.of(1)]))
        .digest()
        .subarray(0, length),
  };
}
