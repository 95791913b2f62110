import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  expectOneVerification,
  isConfirmation,
  isReport,
  isReportSignedBy,
  isSignedBy,
  publicKeyOf,
  signConfirmation,
  signReport,
} from '../../../workflows/contract/confirmation';
import { guid } from '../../support/guid';
import { ACCOUNT, CLOSURE_ID, PLANNED, PUBLIC_KEY, SEED, YES } from '../../support/statuses';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const privateKey = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
const reportText = (closureId: string): Buffer =>
  Buffer.from(`account-closure/report/v1\n${closureId}\nexport-declined\n`);
const signed = (text: string | Buffer): string => sign(null, Buffer.from(text), privateKey(SEED)).toString('base64url');
const REPORT = signReport(SEED, CLOSURE_ID, 'export-declined');
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a report', () => {
  it('carries a signature that any other Ed25519 verifies, over closure and step', () => {
    fc.assert(
      fc.property(seeds, fc.uuid(), (seed, closureId) => {
        const { step, signature } = signReport(seed, guid(closureId), 'export-declined');

        const key = createPublicKey(privateKey(seed));
        expect(step).toBe('export-declined');
        expect(verify(null, reportText(closureId), key, Buffer.from(signature, 'base64url'))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('is accepted when any other Ed25519 signed it', () => {
    const report = { step: 'export-declined', signature: signed(reportText(CLOSURE_ID)) } as const;

    expect(isReport(report)).toBe(true);
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, report)).toBe(true);
    expect(report).toEqual(REPORT);
  });

  it('is worth nothing for another closure or under another token', () => {
    expect(isReportSignedBy(PUBLIC_KEY, ACCOUNT.tenantId, REPORT)).toBe(false);
    expect(isReportSignedBy(publicKeyOf(new Uint8Array(32)), CLOSURE_ID, REPORT)).toBe(false);
    expect(isReportSignedBy('!', CLOSURE_ID, REPORT)).toBe(false);
  });

  it('is worth nothing with any bit of the signature changed', () => {
    fc.assert(
      fc.property(fc.nat(511), (bit) => {
        const bytes = Buffer.from(REPORT.signature, 'base64url');
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);

        const forged = { ...REPORT, signature: bytes.toString('base64url') };
        expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, forged)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it.each(['', 'AAAA', '!'.repeat(86), 'A'.repeat(86)])('is worth nothing with the signature %p', (signature) => {
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, { ...REPORT, signature })).toBe(false);
  });

  it.each([
    ['about another step', { ...REPORT, step: 'export' }],
    ['about no step', { signature: REPORT.signature }],
    ['about a list of steps', { ...REPORT, step: ['export-declined'] }],
    ['not signed', { step: 'export-declined' }],
    ['signed with a character less', { ...REPORT, signature: 'A'.repeat(85) }],
    ['signed with a character more', { ...REPORT, signature: 'A'.repeat(87) }],
    ['more talkative', { ...REPORT, note: 'I have all I need' }],
  ])('has not the shape of one when it is %s', (_what, value) => {
    expect(isReport(value)).toBe(false);
  });
});

describe('a signature of the token', () => {
  it('says yes to a plan or reports, never both', () => {
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, { ...REPORT, signature: YES.signature })).toBe(false);
    expect(isSignedBy(PUBLIC_KEY, CLOSURE_ID, { ...YES, signature: REPORT.signature })).toBe(false);
  });

  it('that reports is no yes to a plan that is called like the step', () => {
    const yes = signConfirmation(SEED, CLOSURE_ID, REPORT.step);

    expect(yes.signature).not.toBe(REPORT.signature);
    expect(isSignedBy(PUBLIC_KEY, CLOSURE_ID, { planDigest: REPORT.step, signature: REPORT.signature })).toBe(false);
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, { ...REPORT, signature: yes.signature })).toBe(false);
  });

  it.each([
    ['without a domain', `${CLOSURE_ID}\nexport-declined\n`],
    ['of another version', `account-closure/report/v2\n${CLOSURE_ID}\nexport-declined\n`],
    ['over the closure only', `account-closure/report/v1\n${CLOSURE_ID}\n`],
    ['without the last line break', `account-closure/report/v1\n${CLOSURE_ID}\nexport-declined`],
    ['in the domain of a yes', `account-closure/confirmation/v1\n${CLOSURE_ID}\nexport-declined\n`],
  ])('reports nothing when it is one %s', (_what, text) => {
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, { ...REPORT, signature: signed(text) })).toBe(false);
  });

  it('is in a message of its own shape: neither is read as the other', () => {
    expect([isReport(YES), isConfirmation(REPORT), isReport({ ...YES, ...REPORT })]).toEqual([false, false, false]);
  });

  it('is judged alike where one only is expected', () => {
    expectOneVerification();

    expect(isSignedBy(PUBLIC_KEY, CLOSURE_ID, YES)).toBe(true);
    expect(isReportSignedBy(PUBLIC_KEY, CLOSURE_ID, REPORT)).toBe(true);
    expect(isSignedBy(PUBLIC_KEY, ACCOUNT.tenantId, YES)).toBe(false);
    expect(signConfirmation(SEED, CLOSURE_ID, PLANNED.planDigest)).toEqual(YES);
  });
});
