import { describe, expect, it } from '@jest/globals';
import { answeringServerOfEachTest } from '../../support/answering-server';
import { callsTo, faultOf, type ErasureCalls } from '../../support/erasure-calls';
import { PERSON } from '../../support/erasure-services';

const LOOKUP_ITEM = { what: 'ticket', count: 1 };
const OUTCOME_ITEM = { what: 'ticket', outcome: 'erased', count: 1 };

const server = answeringServerOfEachTest();

async function expectUntold(names: readonly (keyof ErasureCalls)[]): Promise<void> {
  for (const name of names) {
    expect([name, await faultOf(callsTo(server.url)[name])]).toEqual([
      name,
      expect.objectContaining({ kind: 'indeterminate' }),
    ]);
  }
}

const ITEM_FIELDS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['no name', { what: undefined }],
  ['an empty name', { what: '' }],
  ['a number for a name', { what: 7 }],
  ['a person’s name', { what: 'Ada Lovelace' }],
  ['an address', { what: 'ada@analytical.example' }],
  ['an endless name', { what: 'x'.repeat(65) }],
  ['control characters', { what: 'ticket\u001b[2J' }],
  ['a line break', { what: 'ticket\n' }],
  ['the person’s id', { what: `user:${PERSON.objectId}` }],
  ['an id without hyphens', { what: '0B000000000040008000000000000ABC' }],
  ['no count', { count: undefined }],
  ['a negative count', { count: -1 }],
  ['half a thing', { count: 0.5 }],
  ['a count as text', { count: '1' }],
  ['more than can be counted', { count: 1e300 }],
  ['null for a count', { count: null }],
];

describe('An item', () => {
  it.each(ITEM_FIELDS)('cannot be told with %s', async (_name, fields) => {
    server.reply = { body: { items: [{ ...LOOKUP_ITEM, ...fields }] } };
    await expectUntold(['lookUp']);

    server.reply = { body: { items: [{ ...OUTCOME_ITEM, ...fields }] } };
    await expectUntold(['erase', 'progress']);
  });

  it.each([
    ['no reason', {}],
    ['a reason that is no code', { basis: 'Because of Ada' }],
    ['a reason that is no text', { basis: 7 }],
    ['an end that is no instant', { basis: 'legal-claims', until: 'never' }],
    ['an end without a time', { basis: 'legal-claims', until: '2031-01-01' }],
    ['an end in a local time', { basis: 'legal-claims', until: '2031-01-01T00:00:00+01:00' }],
    ['an end on a day that there is not', { basis: 'legal-claims', until: '2031-02-30T00:00:00Z' }],
    ['null for an end', { basis: 'legal-claims', until: null }],
  ])('that stays cannot be told with %s', async (_name, retained) => {
    server.reply = { body: { items: [{ ...LOOKUP_ITEM, retained }] } };
    await expectUntold(['lookUp']);

    server.reply = { body: { items: [{ what: 'ticket', outcome: 'retained', count: 1, ...retained }] } };
    await expectUntold(['erase', 'progress']);
  });

  it.each([
    ['no outcome', { what: 'ticket', count: 0 }],
    ['an outcome that nobody knows', { what: 'ticket', outcome: 'done', count: 0 }],
    ['an outcome that is no text', { what: 'ticket', outcome: true, count: 0 }],
    ['something absent that is there', { what: 'ticket', outcome: 'absent', count: 1 }],
  ])('that was erased cannot be told with %s', async (_name, item) => {
    server.reply = { body: { items: [item] } };

    await expectUntold(['erase', 'progress']);
  });

  it('may not be there twice', async () => {
    server.reply = { body: { items: [LOOKUP_ITEM, { ...LOOKUP_ITEM, count: 2 }] } };
    await expectUntold(['lookUp']);

    server.reply = { body: { items: [OUTCOME_ITEM, { ...OUTCOME_ITEM, count: 2 }] } };
    await expectUntold(['erase', 'progress']);
  });
});

describe('An answer', () => {
  it.each([
    ['a page', '<html><body>Welcome</body></html>'],
    ['an empty body', ''],
    ['blanks', ' \n'],
    ['half of the JSON', '{"items":[{"what":"ticket","count":1'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an object without items', '{}'],
    ['items that are no list', '{"items":{}}'],
    ['null for items', '{"items":null}'],
    ['items of another kind', '{"items":["ticket"]}'],
    ['an error with status 200', '{"error":"no"}'],
  ])('cannot be told when it is %s', async (_name, body) => {
    server.reply = { body };

    await expectUntold(['lookUp', 'erase', 'progress']);
  });

  it('has at most two hundred items', async () => {
    const many = (item: object, length: number): readonly object[] =>
      Array.from({ length }, (_, index) => ({ ...item, what: `kind-${String(index)}` }));

    server.reply = { body: { items: many(LOOKUP_ITEM, 200) } };
    await expect(callsTo(server.url).lookUp()).resolves.toHaveLength(200);

    server.reply = { body: { items: many(LOOKUP_ITEM, 201) } };
    await expectUntold(['lookUp']);
    server.reply = { body: { items: many(OUTCOME_ITEM, 201) } };
    await expectUntold(['erase', 'progress']);
  });
});
