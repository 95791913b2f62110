import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64urlToBytes, bytesToBase64url } from '../../../workflows/contract/base64url';
import {
  confirmationUpdateId,
  isConfirmation,
  isPublicKey,
  isSignedBy,
  parseConfirmationToken,
  publicKeyOf,
  signConfirmation,
  toConfirmationToken,
} from '../../../workflows/contract/confirmation';
import { closureIdOf } from '../../../workflows/contract/ids';
import { guid } from '../../support/guid';

const WORKFLOW_ID = `closure-${'0'.repeat(64)}`;
const SEED = Uint8Array.from({ length: 32 }, (_, index) => index);
const CLOSURE_ID = guid('6f1d2c3b-4a59-8687-9a0b-1c2d3e4f5061');
const PLAN_DIGEST = 'ab'.repeat(32);

/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
const publicKeyText = (seed: Uint8Array): string | undefined =>
  createPublicKey(privateKey(seed)).export({ format: 'jwk' }).x;
const confirmationText = (closureId: string, planDigest: string): Buffer =>
  Buffer.from(`account-closure/confirmation/v1\n${closureId}\n${planDigest}\n`);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a confirmation token', () => {
  it('is 32 bytes as 43 characters base64url, there and back', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const token = toConfirmationToken(seed);

        expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
        expect(parseConfirmationToken(token)).toEqual(seed);
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['a byte short', bytesToBase64url(SEED.slice(1))],
    ['a byte long', bytesToBase64url(new Uint8Array(33))],
    ['padded', `${bytesToBase64url(SEED)}=`],
    ['plain base64', Buffer.alloc(32, 0xff).toString('base64').replace('=', '')],
    ['followed by a line break', `${bytesToBase64url(SEED)}\n`],
    ['with bits beyond its last byte', `${'A'.repeat(42)}B`],
  ])('is refused when it is %s', (_what, token) => {
    expect(parseConfirmationToken(token)).toBeUndefined();
  });

  it('has the public key that any other Ed25519 derives from it', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(publicKeyOf(seed)).toBe(publicKeyText(seed));
      }),
      { numRuns: 20 },
    );
  });
});

describe('base64url', () => {
  it('is read only in its one spelling', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = base64urlToBytes(text);

        expect(bytes === undefined ? text : bytesToBase64url(bytes)).toBe(text);
      }),
    );
  });

  it('is what Node makes of the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesToBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      }),
    );
  });
});

describe('a public key', () => {
  it('is a point on the curve in base64url', () => {
    expect(isPublicKey(publicKeyOf(SEED))).toBe(true);
  });

  it.each([
    ['no text', 7],
    ['missing', undefined],
    ['no base64url', '!'.repeat(43)],
    ['too short', publicKeyOf(SEED).slice(0, -2)],
    ['not on the curve', bytesToBase64url(Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 2 : 0)))],
  ])('is refused when it is %s', (_what, value) => {
    expect(isPublicKey(value)).toBe(false);
  });
});

describe('the closure id', () => {
  it('is a version 8 UUID made of the SHA-256 of the public key and the Workflow id in its own domain', () => {
    const publicKey = publicKeyOf(SEED);
    const digest = createHash('sha256')
      .update(`account-closure/closure-id/v1\n${publicKey}\n${WORKFLOW_ID}`)
      .digest('hex');
    const id = closureIdOf(publicKey, WORKFLOW_ID);

    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const hex = id.replaceAll('-', '');
    expect([hex.slice(0, 12), hex.slice(13, 16), hex.slice(17)]).toEqual([
      digest.slice(0, 12),
      digest.slice(13, 16),
      digest.slice(17, 32),
    ]);
  });

  it('is the same for the same token and another for another', () => {
    const id = closureIdOf(publicKeyOf(SEED), WORKFLOW_ID);

    expect(closureIdOf(publicKeyOf(Uint8Array.from(SEED)), WORKFLOW_ID)).toBe(id);
    expect(closureIdOf(publicKeyOf(new Uint8Array(32)), WORKFLOW_ID)).not.toBe(id);
  });

  it('is another for another account, so that a token used twice mixes nothing', () => {
    const other = `closure-${'1'.repeat(64)}`;

    expect(closureIdOf(publicKeyOf(SEED), other)).not.toBe(closureIdOf(publicKeyOf(SEED), WORKFLOW_ID));
  });
});

describe('a confirmation', () => {
  it('carries a signature that any other Ed25519 verifies, over closure and plan', () => {
    fc.assert(
      fc.property(seeds, fc.uuid(), (seed, closureId) => {
        const { planDigest, signature } = signConfirmation(seed, guid(closureId), PLAN_DIGEST);

        const key = createPublicKey(privateKey(seed));
        expect(planDigest).toBe(PLAN_DIGEST);
        expect(verify(null, confirmationText(closureId, PLAN_DIGEST), key, Buffer.from(signature, 'base64url'))).toBe(
          true,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('is accepted when any other Ed25519 signed it', () => {
    const signature = sign(null, confirmationText(CLOSURE_ID, PLAN_DIGEST), privateKey(SEED)).toString('base64url');
    const confirmation = { planDigest: PLAN_DIGEST, signature };

    expect(isConfirmation(confirmation)).toBe(true);
    expect(isSignedBy(publicKeyOf(SEED), CLOSURE_ID, confirmation)).toBe(true);
    expect(confirmation).toEqual(signConfirmation(SEED, CLOSURE_ID, PLAN_DIGEST));
  });

  it('is worth nothing for another closure, another plan or another token', () => {
    const yes = signConfirmation(SEED, CLOSURE_ID, PLAN_DIGEST);
    const otherClosure = guid('00000000-0000-4000-8000-000000000000');

    expect(isSignedBy(publicKeyOf(SEED), otherClosure, yes)).toBe(false);
    expect(isSignedBy(publicKeyOf(SEED), CLOSURE_ID, { ...yes, planDigest: 'cd'.repeat(32) })).toBe(false);
    expect(isSignedBy(publicKeyOf(new Uint8Array(32)), CLOSURE_ID, yes)).toBe(false);
  });

  it('is worth nothing without its domain: a bare signature over closure and plan', () => {
    const bare = sign(null, Buffer.from(`${CLOSURE_ID}\n${PLAN_DIGEST}\n`), privateKey(SEED)).toString('base64url');

    expect(isSignedBy(publicKeyOf(SEED), CLOSURE_ID, { planDigest: PLAN_DIGEST, signature: bare })).toBe(false);
  });

  it('is worth nothing with any bit of the signature changed', () => {
    const { signature } = signConfirmation(SEED, CLOSURE_ID, PLAN_DIGEST);
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const bytes = Buffer.from(signature, 'base64url');
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const forged = { planDigest: PLAN_DIGEST, signature: bytes.toString('base64url') };

        expect(isSignedBy(publicKeyOf(SEED), CLOSURE_ID, forged)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['of the wrong length', 'AAAA'],
    ['no base64url', '!'.repeat(86)],
  ])('is worth nothing with a signature that is %s', (_what, signature) => {
    expect(isSignedBy(publicKeyOf(SEED), CLOSURE_ID, { planDigest: PLAN_DIGEST, signature })).toBe(false);
  });

  it('is worth nothing under a public key that is none', () => {
    expect(isSignedBy('!', CLOSURE_ID, signConfirmation(SEED, CLOSURE_ID, PLAN_DIGEST))).toBe(false);
  });

  it.each([
    ['null', null],
    ['a text', 'yes'],
    ['without a signature', { planDigest: PLAN_DIGEST }],
    ['without a digest', { signature: 'A'.repeat(86) }],
    ['with an upper-case digest', { planDigest: 'AB'.repeat(32), signature: 'A'.repeat(86) }],
    ['with a digest a digit short', { planDigest: 'a'.repeat(63), signature: 'A'.repeat(86) }],
    ['with a digest a digit long', { planDigest: 'a'.repeat(65), signature: 'A'.repeat(86) }],
    ['with a number as signature', { planDigest: PLAN_DIGEST, signature: 86 }],
    ['with a list as signature', { planDigest: PLAN_DIGEST, signature: Array.from({ length: 86 }) }],
    ['with a short signature', { planDigest: PLAN_DIGEST, signature: 'A'.repeat(85) }],
    ['with a long signature', { planDigest: PLAN_DIGEST, signature: 'A'.repeat(87) }],
    ['with an endless signature', { planDigest: PLAN_DIGEST, signature: 'A'.repeat(2 * 1024 * 1024) }],
    ['with a digest and a line break', { planDigest: `${PLAN_DIGEST}\n`, signature: 'A'.repeat(86) }],
    ['with a note', { planDigest: PLAN_DIGEST, signature: 'A'.repeat(86), note: 'called at noon' }],
    ['a list', [PLAN_DIGEST, 'A'.repeat(86)]],
  ])('has not the shape of one when it is %s', (_what, value) => {
    expect(isConfirmation(value)).toBe(false);
  });
});

describe('the Update id of a confirmation', () => {
  const yes = signConfirmation(SEED, CLOSURE_ID, PLAN_DIGEST);

  it('is the SHA-256 of plan digest, dot and signature', () => {
    const digest = createHash('sha256').update(`${yes.planDigest}.${yes.signature}`).digest('hex');

    expect(confirmationUpdateId(yes)).toBe(`confirm-${digest}`);
  });

  it('is the same for the same yes, and another one for a yes to another plan', () => {
    expect(confirmationUpdateId({ ...yes })).toBe(confirmationUpdateId(yes));
    expect(confirmationUpdateId(signConfirmation(SEED, CLOSURE_ID, 'cd'.repeat(32)))).not.toBe(
      confirmationUpdateId(yes),
    );
  });
});
