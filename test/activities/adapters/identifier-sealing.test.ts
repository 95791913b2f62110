import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createOpen,
  createSeal,
  createSealing,
  type Opening,
} from '../../../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../../../activities/adapters/identifier-vault/sealing-keys';
import type { VaultKey } from '../../../activities/ports/identifier-vault';
import { Sensitive } from '../../../activities/ports/sensitive';
import { guid } from '../../support/guid';
import { openByTheRfc } from '../../support/rfc-9180';
import { revealed, toIdentifiers } from '../ports/identifier-vault.contract';

const KEY = createSealingKey();
const OTHER_KEY = createSealingKey();
const PLACE: VaultKey = {
  closureId: guid('0b000000-0000-4000-8000-000000000001'),
  firstRunId: 'run',
  target: 'shop',
  round: 1,
};

const { seal, open } = createSealing([KEY.privateKey]);

const pairsIn = (opening: Opening): unknown =>
  opening.kind === 'opened' ? Object.entries(revealed(opening.identifiers) ?? {}) : opening.kind;

const identifiers = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 300 }));

describe('Sealed identifiers', () => {
  it('are the same when they are opened, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(identifiers, async (values) => {
        const sealed = await seal(PLACE, toIdentifiers(values));

        expect(pairsIn(await open(PLACE, sealed))).toStrictEqual(Object.entries(values));
      }),
    );
  });

  it('are never the same text twice', async () => {
    const values = toIdentifiers({ key: '4711' });

    expect(await seal(PLACE, values)).not.toStrictEqual(await seal(PLACE, values));
  });

  it('are sealed by whoever has the public half alone, and opened with the private one', async () => {
    const sealed = await createSeal(KEY.publicKey)(PLACE, toIdentifiers({ key: '4711' }));

    expect(pairsIn(await createOpen([KEY.privateKey])(PLACE, sealed))).toStrictEqual([['key', '4711']]);
  });

  it('hold none of their bytes', async () => {
    const marked = fc.string({ minLength: 4 }).map((text) => `kanarienvogel-${text}`);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(marked, marked, { minKeys: 1 }), async (values) => {
        const sealed = Buffer.from(await seal(PLACE, toIdentifiers(values)));

        for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const) {
          const mark = Buffer.from('kanarienvogel').toString(encoding).replace(/=+$/, '').slice(0, -2);
          expect(sealed.toString(encoding)).not.toContain(mark);
        }
      }),
    );
  });

  it('do not tell by their length how long they are', async () => {
    const lengths = new Set<number>();
    for (const value of ['', '1', '1'.repeat(36), 'ä'.repeat(90)]) {
      lengths.add((await seal(PLACE, toIdentifiers({ key: value }))).length);
    }

    expect(lengths.size).toBe(1);
  });

  it('do not open when any byte of them was changed', async () => {
    const sealed = await seal(PLACE, toIdentifiers({ key: '4711' }));
    const change = fc.tuple(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, bits]) => {
        const changed = sealed.map((byte, index) => (index === at ? byte ^ bits : byte));

        expect((await open(PLACE, changed)).kind).toBe(at < 9 ? 'key-missing' : 'altered');
      }),
    );
  });

  it('do not open when they were cut or lengthened', async () => {
    const sealed = await seal(PLACE, toIdentifiers({ key: '4711' }));

    for (const length of [0, 1, 8, 9, 40, 41, 57, sealed.length - 1]) {
      expect((await open(PLACE, sealed.subarray(0, length))).kind).not.toBe('opened');
    }
    expect((await open(PLACE, Buffer.concat([sealed, Buffer.from([0])]))).kind).toBe('altered');
  });

  it.each([
    { closureId: guid('0b000000-0000-4000-8000-000000000002') },
    { firstRunId: 'another-run' },
    { target: 'crm' },
    { round: 2 },
    { firstRunId: 'run","shop', target: '' },
  ])('do not open in another place: %j', async (difference) => {
    const sealed = await seal(PLACE, toIdentifiers({ key: '4711' }));

    expect(await open({ ...PLACE, ...difference }, sealed)).toStrictEqual({ kind: 'altered' });
  });

  it('do not open with another key', async () => {
    const sealed = await seal(PLACE, toIdentifiers({ key: '4711' }));

    expect(await createOpen([OTHER_KEY.privateKey])(PLACE, sealed)).toStrictEqual({ kind: 'key-missing' });
    expect(await createOpen([])(PLACE, sealed)).toStrictEqual({ kind: 'key-missing' });
  });

  it('open with the old key while it is replaced, and are sealed with the new one', async () => {
    const before = await seal(PLACE, toIdentifiers({ key: 'before' }));
    const both = createSealing([OTHER_KEY.privateKey, KEY.privateKey]);

    const during = await both.seal(PLACE, toIdentifiers({ key: 'during' }));

    expect(pairsIn(await both.open(PLACE, before))).toStrictEqual([['key', 'before']]);
    expect(pairsIn(await createOpen([OTHER_KEY.privateKey])(PLACE, during))).toStrictEqual([['key', 'during']]);
  });

  it('of this version are opened by every later one', async () => {
    const keys = [new Sensitive(RECORDED.privateKey)];

    expect(pairsIn(await createOpen(keys)(PLACE, Buffer.from(RECORDED.sealed, 'base64')))).toStrictEqual([
      ['key', '4711'],
      ['hashKey', 'grün'],
    ]);
  });

  it('are opened by the formulas of RFC 9180 alone', () => {
    const sealed = Buffer.from(RECORDED.sealed, 'base64');
    const place = JSON.stringify([PLACE.closureId, PLACE.firstRunId, PLACE.target, PLACE.round]);

    const plain = openByTheRfc({
      privateKey: Buffer.from(RECORDED.privateKey, 'base64url'),
      info: 'account-closure/identifiers/v1',
      enc: sealed.subarray(9, 41),
      aad: Buffer.concat([sealed.subarray(0, 9), Buffer.from(place)]),
      ciphertext: sealed.subarray(41),
    });

    expect(JSON.parse(plain)).toStrictEqual([
      ['key', '4711'],
      ['hashKey', 'grün'],
    ]);
  });

  it.each(['', 'short', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`, `${'A'.repeat(42)}=`, 'ä'.repeat(43)])(
    'need a key of another form than %j',
    (text) => {
      expect(() => createSeal(text)).toThrow(RangeError);
      expect(() => createSealing([new Sensitive(text)])).toThrow(new RangeError('takes 32 bytes, base64url'));
    },
  );

  it('need a key', () => {
    expect(() => createSealing([])).toThrow(RangeError);
  });
});

describe('A sealing key', () => {
  it('is another one each time, and its private half is not printed', () => {
    expect(KEY.publicKey).not.toBe(OTHER_KEY.publicKey);
    expect(KEY.privateKey.reveal()).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify(KEY)).not.toContain(KEY.privateKey.reveal());
  });
});

/** Sealed for `PLACE` by the first version. */
const RECORDED = {
  privateKey: 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA',
  sealed: [
    'AVjSh9ug2AtTtr/OiM8xv9HD33QKVzN8N03Lyh+m3vTgeVzmC6EtnxzahjqsJ2zJmsxoL1X1AZVieKLb+khrAJ9FcPXWqtMC/RFQ',
    'YrZfkNI09/GAcdv5C2u9zmyaoACpnMOzCks9NmDt/7C0JhM75BYnQrsPb0ysbPCn201xqjRolfadyLTHvQzzFzfYUIMUkNmpjG9e',
    'NFZb4BRpDTNaqKM8pVVaOfpS2/y+npYroknHQ3PYWktNPlK5Nnk+P4I622fzdukbBO25hf+Yro8ZSIWC4elqlT7D5+3pZiiazHA4',
    'yELLTfdZ47zq7PaU9MZSA1oBUm6BFaEf6c4T8+uLYvxwHPIYpCZubJ2fi3Y1zLPnQnFMgTs9eHcFdOw7vsoPx2sgJQ3ZYYdUW1pp',
    'xNDHIYCswgSNVyWRXw==',
  ].join(''),
};
