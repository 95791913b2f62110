import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInstant, isOpaqueId, isRecordOf } from '../../../workflows/contract/shapes';

describe('a record of known fields', () => {
  const isKnown = (value: unknown): boolean => isRecordOf(value, ['a', 'b'], ['c']);

  it('has all that are required, any that are optional, and no others', () => {
    expect(
      [
        { a: 1, b: 2 },
        { b: undefined, a: null, c: 3 },
      ].map(isKnown),
    ).toEqual([true, true]);
  });

  it.each([
    ['one that is required is missing', { a: 1, c: 3 }],
    ['it has one that nobody knows', { a: 1, b: 2, d: 4 }],
    ['it has one that is known by another spelling', { a: 1, b: 2, C: 3 }],
    ['the unknown one has no value', { a: 1, b: 2, d: undefined }],
    ['it has nothing', {}],
  ])('is refused when %s', (_why, value) => {
    expect(isKnown(value)).toBe(false);
  });

  it('is refused when a field is inherited, or is the name of what is inherited', () => {
    expect(isKnown(Object.create({ a: 1, b: 2 }))).toBe(false);
    expect(isKnown(JSON.parse('{ "a": 1, "b": 2, "__proto__": { "c": 3 } }'))).toBe(false);
    expect(isKnown({ a: 1, b: 2, constructor: 3 })).toBe(false);
    expect(isRecordOf({}, ['constructor'])).toBe(false);
    expect(isRecordOf({}, ['toString'])).toBe(false);
  });

  it.each([undefined, null, 7, 'ab', true, ['a', 'b'], Object.assign([], { a: 1, b: 2 }), () => undefined])(
    'is not %p',
    (value) => {
      expect(isKnown(value)).toBe(false);
    },
  );

  it('has no optional fields unless they are named', () => {
    expect([{ a: 1 }, { a: 1, b: 2 }].map((value) => isRecordOf(value, ['a']))).toEqual([true, false]);
  });

  it('has no key beside those that are known, whatever it is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', ''), fc.jsonValue()), (value) => {
        const keys = Object.keys(value);

        expect(isKnown(value)).toBe(['a,b', 'a,b,c'].includes(keys.toSorted().join()));
      }),
    );
  });
});

describe('an opaque id', () => {
  it.each(['a', '7', 'Op_1.x-Z', 'x'.repeat(64)])('is letters, digits and a few marks: %p', (id) => {
    expect(isOpaqueId(id)).toBe(true);
  });

  it.each(['', 'x'.repeat(65), 'Ada Lovelace', 'ada@analytical.example', 'a\n', '\na', 'ä', '+31', 7, null, ['a']])(
    'is never %p',
    (value) => {
      expect(isOpaqueId(value)).toBe(false);
    },
  );
});

describe('an instant', () => {
  it.each(['2026-02-01T10:00:00Z', '2026-02-01T10:00:00.1Z', '2026-02-01T10:00:00.123Z'])('is %s', (text) => {
    expect(isInstant(text)).toBe(true);
  });

  it('is any that a program writes', () => {
    const instants = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (date) => {
        expect(isInstant(date.toISOString())).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'yesterday',
    '2026-02-01',
    '2026-02-01T10:00:00',
    '2026-02-01T10:00Z',
    '2026-02-01T10:00:00+01:00',
    '2026-02-01T10:00:00.1234Z',
    '2026-02-01t10:00:00z',
    '2026-13-01T10:00:00Z',
    '2026-02-32T10:00:00Z',
    '2026-02-01T25:00:00Z',
    ' 2026-02-01T10:00:00Z',
    '2026-02-01T10:00:00Z\n',
    '+002026-02-01T10:00:00Z',
    1_769_940_000_000,
    null,
    ['2026-02-01T10:00:00Z'],
  ])('is never %p', (value) => {
    expect(isInstant(value)).toBe(false);
  });
});
