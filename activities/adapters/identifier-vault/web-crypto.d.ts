import type { webcrypto } from 'node:crypto';

// Node has them as globals, and its types do not say so; those of @hpke/core need them.
declare global {
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
}
