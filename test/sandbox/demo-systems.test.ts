import { describe, expect, it } from '@jest/globals';
import { systemChecks, type Holdings } from '../../sandbox/demo-systems';
import { ADA, DOROTHY } from '../../sandbox/entra/people';
import type { SystemRow } from '../../sandbox/system-rows';

const TABLES = ['app.users', 'app.addresses', 'app.order_lines', 'mail.subscribers', 'mail.deliveries'];

function row(table: string, key: string, columns: SystemRow['columns'] = {}): SystemRow {
  const isTheirs = key.startsWith('ada');
  return { table, key, isTheirs, columns, text: JSON.stringify(columns) };
}

const order = { email: 'ada@mail.example', user_id: 1, ship_name: 'Ada', ordered_at: '2026-01-31' };
const invoice = { email: 'ada@mail.example', bill_to: 'Ada', total: 1 };
const others = [...TABLES, 'app.orders', 'app.invoices'].map((table) =>
  row(table, 'other', { email: 'o@mail.example' }),
);
const anonymousOrder = row('app.orders', 'ada-1', { ...order, email: '9f', user_id: null, ship_name: null });
const keptInvoice = row('app.invoices', 'ada-1', { ...invoice, email: '9f', bill_to: null });

const before: Holdings = {
  rows: [
    ...others,
    ...TABLES.map((table) => row(table, 'ada-1')),
    row('app.orders', 'ada-1', order),
    row('app.invoices', 'ada-1', invoice),
  ],
  records: new Map([
    [ADA.objectId, '[1]'],
    [DOROTHY.objectId, '[2]'],
  ]),
};
const now: Holdings = {
  rows: [...others, anonymousOrder, keptInvoice],
  records: new Map([...before.records, [ADA.objectId, '[]']]),
};

/** What does not hold when the systems are in this state. */
function doubts(found: Partial<Holdings>): readonly string[] {
  return systemChecks(before, { ...now, ...found }).flatMap(({ fact, holds }) =>
    holds ? [] : [fact.split(':')[0] ?? ''],
  );
}

describe('the checks of the demo', () => {
  it('agree when everything of hers is gone or anonymous, and nothing else has changed', () => {
    expect(doubts({})).toEqual([]);
  });

  it.each([
    ['a row that is still there', [...now.rows, row('app.users', 'ada-1')], 'shop and newsletter'],
    ['an order that still has her address', [...others, row('app.orders', 'ada-1', order), keptInvoice], 'shop'],
    ['an order that is gone', [...others, keptInvoice], 'shop'],
    [
      'an invoice of which more was changed',
      [...others, anonymousOrder, row('app.invoices', 'ada-1', { ...keptInvoice.columns, total: 2 })],
      'shop',
    ],
    [
      'a row of somebody else that is gone',
      [...others.slice(1), anonymousOrder, keptInvoice],
      "the others' data is the same to the byte (8 things)",
    ],
  ])('do not overlook %s', (_what, rows, fact) => {
    expect(doubts({ rows })).toEqual([fact]);
  });

  it('do not overlook what the service still holds, of her or changed of others', () => {
    const records = new Map([
      [ADA.objectId, '[1]'],
      [DOROTHY.objectId, '[]'],
    ]);

    expect(doubts({ records })).toEqual(['crm', "the others' data is the same to the byte (8 things)"]);
  });
});
