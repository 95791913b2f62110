import { describe, expect, it } from '@jest/globals';
import { databaseOf, FIRST_TABLE_LINE, problemsOf, withTables } from '../../../support/targets-files';

const at = (message: RegExp) => expect.stringMatching(new RegExp(`^${FIRST_TABLE_LINE}:\\d+ error ${message.source}`));
const rule = (more: string) => withTables(`{ table: app.users, where: { id: key }, ${more} }`);
const condition = (where: string) => withTables(`{ table: app.users, where: ${where}, action: delete }`);
const table = (name: string) => withTables(`{ table: ${name}, where: { id: key }, action: delete }`);

describe('A table', () => {
  it.each([
    ['app.orders', { schema: 'app', table: 'orders' }],
    ['_a.b$1', { schema: '_a', table: 'b$1' }],
    [`'app."Weird.Name"'`, { schema: 'app', table: 'Weird.Name' }],
    [`'"My ""app""".orders'`, { schema: 'My "app"', table: 'orders' }],
    [`'"a"."; DROP TABLE x --"'`, { schema: 'a', table: '; DROP TABLE x --' }],
  ])('is named as %s', async (name, expected) => {
    expect((await databaseOf(table(name))).tables[0]?.table).toEqual(expected);
  });

  it.each([
    ...[
      'orders',
      'app.Orders',
      'a.b.c',
      'app.',
      '.orders',
      `'"app.orders"'`,
      `'app.""'`,
      `'app. orders'`,
      'app.ördérs',
    ],
    ...[`'app."${'x'.repeat(64)}"'`, '7', `'app."a" '`],
  ])('is not named as %s', async (name) => {
    expect(await problemsOf(table(name))).toEqual([at(/tables\[0\]\.table takes a table with its schema/)]);
  });

  it('has one rule, however it is written', async () => {
    const second = `{ table: '"app"."users"', where: { other_id: key }, action: delete }`;

    expect(await problemsOf(withTables('{ table: app.users, where: { id: key }, action: delete }', second))).toEqual([
      expect.stringMatching(/^9:\d+ error tables\[1\]\.table has a rule already/),
    ]);
  });

  it('keeps the way in which it is written for whoever reads the plan', async () => {
    expect((await databaseOf(table(`'"app"."users"'`))).tables[0]?.what).toBe('"app"."users"');
  });
});

describe('A condition', () => {
  it.each([
    ['{}', /tables\[0\]\.where names nobody and could reach other people/],
    [
      '{ t: tenantId }',
      /tables\[0\]\.where names a tenant alone and could reach other people: compare a column with objectId or key/,
    ],
    [
      '{ id: objectid }',
      /tables\[0\]\.where\.id takes one of tenantId, objectId, key, nothing else, did you mean objectId\?/,
    ],
    ['{ id: email }', /tables\[0\]\.where\.id takes one of tenantId, objectId, key, nothing else\.$/],
    ['{ id: [key] }', /tables\[0\]\.where\.id takes one of/],
    ['[id]', /tables\[0\]\.where takes columns and what they equal/],
    ['{ "": key }', /tables\[0\]\.where\[""\] is not the name of a column/],
    [`{ ${'x'.repeat(64)}: key }`, /tables\[0\]\.where\.x+ is not the name of a column/],
  ])('is not %s', async (where, problem) => {
    expect(await problemsOf(condition(where))).toContainEqual(at(problem));
  });

  it.each([
    '{ id: key }',
    '{ o: objectId }',
    '{ t: tenantId, o: objectId }',
    '{ t: tenantId, id: key }',
    '{ "Any Thing": key }',
  ])('is %s', async (where) => {
    expect(await problemsOf(condition(where))).toEqual([]);
  });

  it('names the key only where something says how it is found', async () => {
    expect(await problemsOf(condition('{ t: tenantId, id: key }').replace(/ {4}subject.*\n/, ''))).toEqual([
      expect.stringMatching(/^7:\d+ error tables\[0\]\.where\.id is compared with key, but nothing says where/),
    ]);
  });

  it.each([
    ['{ id: key }', /^6:\d+ error subject\.where\.id takes one of tenantId, objectId, nothing else/],
    ['{ t: tenantId }', /^6:\d+ error subject\.where names a tenant alone .* compare a column with objectId\.$/],
  ])('of the subject is on the ids of the account alone: not %s', async (where, problem) => {
    const file = withTables('{ table: app.a, where: { id: key }, action: delete }').replace(
      '{ object_id: objectId }',
      where,
    );

    expect(await problemsOf(file)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('Rows that are found by way of another table', () => {
  const lines =
    '{ table: app.lines, via: { table: app.orders, on: { order_id: id } }, where: { user_id: key }, action: delete }';

  it.each([
    '{ table: app.orders, where: { user_id: key }, action: delete }',
    '{ table: app.orders, where: { user_id: key }, action: anonymise, set: { user_id: null } }',
  ])('go before it: %s', async (orders) => {
    expect(await problemsOf(withTables(lines, orders))).toEqual([]);
    expect(await problemsOf(withTables(orders, lines))).toEqual([
      expect.stringMatching(
        /^9:\d+ error tables\[1\]\.via\.table is erased before, and these rows could not be found any more/,
      ),
    ]);
  });

  it('may come after it as long as its rows can be told', async () => {
    const orders = '{ table: app.orders, where: { user_id: key }, action: anonymise, set: { email: null } }';

    expect(await problemsOf(withTables(orders, lines))).toEqual([]);
  });

  it('need a column to be found by', async () => {
    expect(await problemsOf(withTables(lines.replace('{ order_id: id }', '{}')))).toEqual([
      at(/tables\[0\]\.via\.on is empty/),
    ]);
  });
});

describe('An action', () => {
  it.each([
    ['action: anonymize', /tables\[0\]\.action takes one of delete, anonymise, retain, did you mean anonymise\?/],
    ['note: x', /tables\[0\]\.action is missing: it takes one of/],
    ['action: delete, set: { a: null }', /tables\[0\]\.set belongs to the actions anonymise and retain/],
    ['action: delete, basis: legal-claims', /tables\[0\]\.basis belongs to the action retain/],
    [
      'action: anonymise, set: { a: null }, until: { column: a, plus: 1 day }',
      /tables\[0\]\.until belongs to the action retain/,
    ],
    ['action: anonymise', /tables\[0\]\.set is missing/],
    ['action: anonymise, set: {}', /tables\[0\]\.set is empty/],
    ['action: anonymise, set: { a: [1] }', /tables\[0\]\.set\.a takes null, a fixed value/],
    ['action: anonymise, set: { a: { hash: false } }', /tables\[0\]\.set\.a takes null/],
    ['action: anonymise, set: { a: { hash: true, salt: x } }', /tables\[0\]\.set\.a\.salt is not known here/],
    ['action: anonymise, set: { a: .inf }', /tables\[0\]\.set\.a takes null/],
    [
      'action: anonymise, set: { a: 12345678901234567890 }',
      /tables\[0\]\.set\.a takes a number that is exact; any other goes in quotes/,
    ],
    ['action: retain', /tables\[0\]\.basis is missing: it takes the reason why it stays/],
    [
      'action: retain, basis: tax',
      /tables\[0\]\.basis is a reason that nobody knows: add it to bases, or take one of legal-obligation/,
    ],
    [
      'action: retain, basis: legal-claim',
      /tables\[0\]\.basis is a reason that nobody knows, did you mean legal-claims\?/,
    ],
    ...['7', 'seven years', '0 years', '1.5 years', '101 years', '7 weeks', '-1 days', '36501 days'].map(
      (plus): [string, RegExp] => [
        `action: retain, basis: legal-claims, until: { column: a, plus: ${plus} }`,
        /tables\[0\]\.until\.plus takes a number of years, months or days/,
      ],
    ),
  ])('is not %s', async (more, problem) => {
    expect(await problemsOf(rule(more))).toContainEqual(at(problem));
  });

  it.each([
    ['delete', { kind: 'delete' }],
    [
      'anonymise, set: { a: null, b: text, c: 7, d: false, e: { hash: true }, f: "" }',
      {
        kind: 'anonymise',
        set: {
          a: { kind: 'null' },
          b: { kind: 'fixed', value: 'text' },
          c: { kind: 'fixed', value: 7 },
          d: { kind: 'fixed', value: false },
          e: { kind: 'hash' },
          f: { kind: 'fixed', value: '' },
        },
      },
    ],
    ['retain, basis: legal-claims', { kind: 'retain', set: {}, basis: 'legal-claims' }],
    [
      'retain, basis: legal-claims, until: { column: at, plus: 7 years }',
      { kind: 'retain', set: {}, basis: 'legal-claims', until: { column: 'at', plus: { count: 7, unit: 'years' } } },
    ],
    [
      'retain, basis: legal-claims, until: { column: at, plus: 1 month }, set: { a: null }',
      {
        kind: 'retain',
        set: { a: { kind: 'null' } },
        basis: 'legal-claims',
        until: { column: 'at', plus: { count: 1, unit: 'months' } },
      },
    ],
  ])('is %s', async (action, expected) => {
    expect((await databaseOf(rule(`action: ${action}`))).tables[0]?.action).toEqual(expected);
  });
});

describe('A basis that the deployment adds', () => {
  it.each([
    ['{ legal-claims: again }', /bases\.legal-claims is a basis of this program/],
    ['{ provider-audit-log: again }', /bases\.provider-audit-log is a basis of this program/],
    ['{ Tax Law: text }', /bases\["Tax Law"\] is no code/],
    ['{ tax: "" }', /bases\.tax takes a sentence/],
    ['{ tax: 7 }', /bases\.tax takes a sentence/],
    ['[tax]', /bases takes codes, and a sentence for each/],
  ])('is not %s', async (bases, problem) => {
    expect(await problemsOf(`version: 1\nbases: ${bases}\ntargets: []\n`)).toEqual([
      expect.stringMatching(new RegExp(`^2:\\d+ error ${problem.source}`)),
    ]);
  });

  it('can be given as a reason', async () => {
    expect(await problemsOf(`bases: { tax: Taxes. }\n${rule('action: retain, basis: tax')}`)).toEqual([]);
  });
});
