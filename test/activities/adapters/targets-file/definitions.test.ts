import { describe, expect, it } from '@jest/globals';
import { DIRECTORY_ALONE } from '../../../../activities/adapters/targets-file/definitions';
import { databaseOf, definitionsOf, problemsOf, readText, withTables } from '../../../support/targets-files';

const http = (more = '') =>
  `version: 1\ntargets:\n  - { name: crm, kind: http, baseUrl: "https://crm.example", secret: { env: CRM_SECRET }${more} }\n`;
const DELETE = '{ table: app.users, where: { id: key }, action: delete }';

describe('The targets of a file', () => {
  it('have the directory account last, wherever it stands, and also when it is left out', async () => {
    const names = async (text: string) => (await definitionsOf(text)).map(({ name }) => name);

    expect(await names('version: 1\ntargets: []\n')).toEqual(['directory']);
    expect(await names(http().replace('targets:', 'targets:\n  - { name: directory, kind: directory }'))).toEqual([
      'crm',
      'directory',
    ]);
  });

  it('are the directory account alone without a file', async () => {
    expect(await definitionsOf('version: 1\ntargets: []\n')).toEqual(DIRECTORY_ALONE.targets);
  });

  it('have a deadline by their kind where none is given', async () => {
    const [shop, directory] = await definitionsOf(withTables(DELETE));
    const [crm] = await definitionsOf(http());

    expect([directory?.deadlineMs, shop?.deadlineMs, crm?.deadlineMs]).toEqual([7_200_000, 86_400_000, 604_800_000]);
  });

  it('have what the file says', async () => {
    const [crm] = await definitionsOf(http(', deadline: 10 days, rate: { perSecond: 0.5 }, readsLag: 90s, after: []'));

    expect(crm).toMatchObject({ deadlineMs: 864_000_000, rate: { perSecond: 0.5 }, readsLagMs: 90_000, after: [] });
    expect((await definitionsOf(http(', readsLag: 0')))[0]).toMatchObject({ readsLagMs: 0 });
    expect((await definitionsOf(http()))[0]).not.toHaveProperty('rate');
  });

  it.each([
    ['deadline: 0', /deadline takes a duration/],
    ['deadline: 10', /deadline takes a duration/],
    ['deadline: soon', /deadline takes a duration such as 90s, 2 hours or 10 days, at least 1s/],
    ['deadline: 11000 days', /deadline takes a duration/],
    ['readsLag: -1s', /readsLag takes a duration .*, or 0/],
    ['rate: 2', /rate takes a map with the keys perSecond/],
    ['rate: { perSecond: 0 }', /rate\.perSecond takes a number above 0/],
    ['rate: { perSecond: .nan }', /rate\.perSecond takes a number/],
    ['rate: { perMinute: 5 }', /rate\.perMinute is not known here/],
    ['after: shop', /after takes a list of names/],
    ['url: { env: A }', /url is not known here/],
  ])('do not have %s', async (more, problem) => {
    expect((await problemsOf(http(`, ${more}`))).join('\n')).toMatch(problem);
  });

  it('say which codes this deployment adds', async () => {
    const read = await readText(`bases: { tax: Taxes. }\n${http()}`);

    expect(read.kind === 'complete' && read.catalog.bases).toEqual({ tax: 'Taxes.' });
  });
});

describe('The key for sealing', () => {
  const needs = async (text: string) => {
    const read = await readText(text);
    return read.kind === 'complete' ? read.needsSealingKey : undefined;
  };
  const byIds = (action: string) =>
    withTables(`{ table: app.a, where: { o: objectId }, action: ${action} }`).replace(/ {4}subject.*\n/, '');

  it('is needed where a key is looked up or a column is hashed, and nowhere else', async () => {
    expect(await needs(withTables(DELETE))).toBe(true);
    expect(await needs(byIds('anonymise, set: { a: { hash: true } }'))).toBe(true);
    expect(await needs(byIds('retain, basis: legal-claims, set: { a: { hash: true } }'))).toBe(true);
    expect(await needs(byIds('anonymise, set: { a: null, b: x }'))).toBe(false);
    expect(await needs(byIds('delete'))).toBe(false);
    expect(await needs(http())).toBe(false);
  });
});

describe('The digest of a definition', () => {
  const RULES = [
    '{ table: app.lines, via: { table: app.orders, on: { order_id: id } }, where: { user_id: key }, action: delete }',
    '{ table: app.orders, where: { user_id: key, t: tenantId }, action: anonymise, set: { ship_name: null, email: { hash: true } } }',
    '{ table: app.invoices, where: { user_id: key }, action: retain, basis: legal-claims, until: { column: issued_at, plus: 7 years } }',
  ];
  const digestOf = async (text: string) => (await databaseOf(text)).definitionDigest;
  const file = withTables(...RULES);

  it('is lower-case hex SHA-256', async () => {
    expect(await digestOf(file)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['the table of the subject', 'app.users', 'app.persons'],
    ['the condition of the subject', 'object_id: objectId', 'oid: objectId'],
    ['the column of the key', 'key: id }', 'key: uid }'],
    ['a table', 'table: app.lines', 'table: app.line'],
    ['a schema', 'table: app.lines', 'table: old.lines'],
    ['the way to a table', 'via: { table: app.orders', 'via: { table: app.carts'],
    ['the columns of the way', 'order_id: id }', 'order_id: no }'],
    ['a condition', 't: tenantId', 't: objectId'],
    ['the column of a condition', 't: tenantId', 'tenant: tenantId'],
    ['an action', 'action: delete', 'action: anonymise, set: { a: null }'],
    ['a value', 'ship_name: null', 'ship_name: removed'],
    ['a hash', 'email: { hash: true }', 'email: null'],
    ['a column', 'ship_name: null', 'name: null'],
    ['a basis', 'basis: legal-claims', 'basis: legal-obligation'],
    ['the column of the end', 'column: issued_at', 'column: paid_at'],
    ['the end', '7 years', '6 years'],
    ['the unit of the end', '7 years', '7 months'],
    ['an end', ', until: { column: issued_at, plus: 7 years }', ''],
    ['what is set in retained rows', 'basis: legal-claims', 'basis: legal-claims, set: { user_id: null }'],
    ['the list of tables', RULES[2] ?? '', '{ table: app.other, where: { o: key }, action: delete }'],
  ])('changes with %s', async (_, from, to) => {
    const changed = file.replace(from, to);

    expect(changed).not.toBe(file);
    expect(await digestOf(changed)).not.toBe(await digestOf(file));
  });

  it('changes with the order of erasure', async () => {
    expect(await digestOf(withTables(...RULES.toReversed().slice(0, 2)))).not.toBe(
      await digestOf(withTables(...RULES.slice(1))),
    );
  });

  it.each([
    ['the name', 'name: shop', 'name: store'],
    ['the connection', 'env: SHOP_DATABASE_URL', 'env: SHOP_REPLICA_URL'],
    [
      'where it is read again',
      'env: SHOP_DATABASE_URL }',
      'env: SHOP_DATABASE_URL }\n    verifyUrl: { env: SHOP_REPLICA_URL }',
    ],
    ['the deadline', 'kind: postgres', 'kind: postgres\n    deadline: 3 days'],
    ['the rate', 'kind: postgres', 'kind: postgres\n    rate: { perSecond: 1 }'],
    ['a basis that is added', 'version: 1', 'version: 1\nbases: { tax: Taxes. }'],
    ['the way a name is written', 'table: app.lines', `table: '"app"."lines"'`],
    ['the order of columns', 'user_id: key, t: tenantId', 't: tenantId, user_id: key'],
    ['the way an end is written', '7 years', '"7 year"'],
    ['a set that is empty', 'basis: legal-claims', 'basis: legal-claims, set: {}'],
    ['comments and blanks', 'version: 1', '# ours\n\nversion: 1'],
  ])('does not change with %s', async (_, from, to) => {
    const changed = file.replace(from, to);

    expect(changed).not.toBe(file);
    expect(await digestOf(changed)).toBe(await digestOf(file));
  });

  it('of a service and of the directory account is that of its kind', async () => {
    const digests = async (text: string) => (await definitionsOf(text)).map(({ definitionDigest }) => definitionDigest);
    const [crm, directory] = await digests(http());

    expect(crm).not.toBe(directory);
    expect(await digests(http(', deadline: 3 days, readsLag: 5s').replace('crm.example', 'crm2.example'))).toEqual([
      crm,
      directory,
    ]);
  });
});
