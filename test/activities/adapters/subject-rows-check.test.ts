import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkSubjectRows } from '../../../activities/adapters/subject-rows/check';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { ColumnValue, TableRule } from '../../../activities/ports/target-catalog';
import { startPglite, type Database } from '../../../sandbox/database';
import {
  aDefinition,
  anonymiseOrders,
  deleteLines,
  deleteUsers,
  deleteVisits,
  openShop,
  retainInvoices,
  WHOLE_SHOP,
} from '../../support/a-shop';
import { runAs } from '../../support/own-database';

const { signal } = new AbortController();
const invoicesAsTheyAre: TableRule = {
  ...retainInvoices,
  action: { kind: 'retain', set: {}, basis: 'tax-records' },
};

describe('the check of a definition in its database', () => {
  let server: Database;

  const found = async (tables?: readonly TableRule[]): Promise<readonly string[]> =>
    (await checkSubjectRows(aDefinition(server.url, tables), signal)).map(
      ({ severity, path, message }) => `${severity} ${path} ${message}`,
    );
  const owner = (statement: string): Promise<void> => runAs(server.url, statement);
  const setting = (column: string, value: ColumnValue): TableRule => ({
    ...anonymiseOrders,
    action: { kind: 'anonymise', set: { [column]: value, user_id: { kind: 'null' } } },
  });

  beforeAll(async () => {
    server = await startPglite();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    await openShop(server.url, undefined);
  });
  afterEach(async () => {
    await owner('DROP SCHEMA IF EXISTS closure CASCADE; DROP SCHEMA app CASCADE');
  });

  it('finds nothing wrong with a shop that is in order', async () => {
    expect(await found()).toStrictEqual([]);
  });

  it.each([
    ['a table', { ...deleteVisits, table: { schema: 'app', table: 'no' } }, 'There is no table app.no.'],
    ['a column', { ...deleteVisits, where: { no: 'objectId' } }, 'The table app.visits has no column no.'],
    ['a column to set', setting('no', { kind: 'null' }), 'The table app.orders has no column no.'],
  ] as const)('finds %s that is missing', async (_, rule, message) => {
    expect(await found([rule])).toContain(`error tables[0] ${message}`);
  });

  it.each([
    [{ status: { kind: 'null' } }, 'status is NOT NULL, and cannot be set to null.'],
    [{ user_id: { kind: 'fixed', value: 'x' } }, 'user_id is of type bigint, which does not take its value.'],
    [
      { email: { kind: 'fixed', value: 'x'.repeat(101) } },
      'email is of type character varying(100), which is too short for its value.',
    ],
    [{ user_id: { kind: 'hash' } }, 'user_id is of type bigint: only a text can be set to a hash.'],
  ] as const)('finds a value that its column does not take: %j', async (set, message) => {
    const rule: TableRule = { ...anonymiseOrders, action: { kind: 'anonymise', set } };

    expect(await found([rule])).toStrictEqual([`error tables[0] ${message}`, ...(await unlisted())]);
  });

  it.each([
    ['error', 'uuid', ', which holds no such key.'],
    ['error', 'boolean', ', which holds no such key.'],
    ['warning', 'integer', ': a key that is too large for it stops the plan.'],
    ['warning', 'text', ': rows are found only where the key is written exactly as the database prints it.'],
  ])('tells, as an %s, that the key may not fit a column of type %s', async (severity, type, problem) => {
    await owner(`ALTER TABLE app.invoices ALTER user_id TYPE ${type} USING NULL`);

    expect(await found([invoicesAsTheyAre])).toContain(
      `${severity} tables[0].where["user_id"] The key is of type bigint, and user_id of type ${type}${problem}`,
    );
  });

  it('takes a column that holds every key, although it is of another type', async () => {
    await owner('ALTER TABLE app.invoices ALTER user_id TYPE numeric USING NULL');

    expect((await found([invoicesAsTheyAre])).join()).not.toContain('The key');
  });

  it('finds a join of columns that cannot be compared', async () => {
    await owner(`
      ALTER TABLE app.order_lines DROP CONSTRAINT order_lines_order_id_fkey;
      ALTER TABLE app.order_lines ALTER order_id TYPE text`);

    expect(await found([deleteLines])).toContain(
      `error tables[0].via.on["order_id"] order_id is of type text, and id of type uuid: the two cannot be compared.`,
    );
  });

  it('finds a column that is too short for a hash', async () => {
    await owner('ALTER TABLE app.orders ALTER email TYPE varchar(68)');

    expect(await found([setting('email', { kind: 'hash' })])).toContain(
      'error tables[0] email is of type character varying(68): a hash needs 69 characters.',
    );
  });

  it('finds a table without a primary key, and one that is a view', async () => {
    await owner(`ALTER TABLE app.visits DROP CONSTRAINT visits_pkey; CREATE VIEW app.seen AS SELECT * FROM app.visits`);

    expect(await found([deleteVisits, { ...deleteVisits, table: { schema: 'app', table: 'seen' } }])).toStrictEqual([
      'error tables[0] The table app.visits has no primary key.',
      'warning tables[1] No index of app.seen begins with object_id: every batch reads the whole table.',
      'error tables[1] app.seen is a view: name the tables that its rows lie in.',
      'warning subject app.orders refers to app.users (orders_user_id_fkey) and is not in the file: does it hold data of the person?',
    ]);
  });

  it('warns of a condition without an index, and of triggers', async () => {
    await owner(`
      DROP INDEX app.visits_object_id_idx;
      CREATE FUNCTION app.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER keep BEFORE DELETE ON app.visits FOR EACH ROW EXECUTE FUNCTION app.keep()`);

    expect(await found()).toStrictEqual([
      'warning tables[0] No index of app.visits begins with object_id: every batch reads the whole table.',
      'warning tables[0] The trigger keep of app.visits runs at each DELETE: see that it keeps no row, and no copy elsewhere.',
    ]);
  });

  it('finds a rule that turns a deletion into something else', async () => {
    await owner(`CREATE RULE softly AS ON DELETE TO app.visits DO INSTEAD NOTHING`);

    expect(await found()).toStrictEqual(['error tables[0] The rule softly of app.visits changes what a DELETE does.']);
  });

  it('finds an order in which rows cannot be found any more, or are still referred to', async () => {
    expect(await found([deleteVisits, anonymiseOrders, deleteLines, deleteUsers])).toContain(
      'error tables[2] What the rows are found by is gone once app.orders was dealt with: put this one before it.',
    );
    expect(await found([deleteUsers, deleteLines, anonymiseOrders])).toContain(
      'error tables[0] The foreign key orders_user_id_fkey of app.orders forbids to delete from app.users: put app.orders before it.',
    );
  });

  it('finds rows that stay, although a foreign key forbids it', async () => {
    const staying: TableRule = { ...anonymiseOrders, action: { kind: 'anonymise', set: { email: { kind: 'hash' } } } };

    expect(await found([deleteLines, staying, deleteUsers])).toStrictEqual([
      'error tables[2] The foreign key orders_user_id_fkey of app.orders forbids to delete from app.users: its rows stay. Set user_id to null, or delete them.',
    ]);
  });

  it('finds tables that refer to what is deleted and are not in the file, and warns of others', async () => {
    await owner(`
      CREATE TABLE app.notes (id int PRIMARY KEY, user_id bigint REFERENCES app.users);
      CREATE TABLE app.stamps (id int PRIMARY KEY, number text REFERENCES app.invoices)`);

    expect(await found()).toStrictEqual([
      'warning tables[3] app.stamps refers to app.invoices (stamps_number_fkey) and is not in the file: does it hold data of the person?',
      'error tables[4] The foreign key notes_user_id_fkey of app.notes forbids to delete from app.users, and app.notes is not in the file.',
    ]);
  });

  it('finds what a deletion reaches by cascades, also by way of others', async () => {
    await owner(`
      ALTER TABLE app.invoices ADD FOREIGN KEY (user_id) REFERENCES app.users ON DELETE CASCADE;
      CREATE TABLE app.notes (id int PRIMARY KEY, user_id bigint REFERENCES app.users ON DELETE CASCADE);
      CREATE TABLE app.replies (id int PRIMARY KEY, note int REFERENCES app.notes ON DELETE CASCADE)`);

    expect(await found()).toStrictEqual([
      'error tables[4] Deleting from app.users deletes rows of app.invoices (invoices_user_id_fkey, ON DELETE CASCADE), which are to stay: retained.',
      'error tables[4] Deleting from app.users deletes rows of app.notes (notes_user_id_fkey, ON DELETE CASCADE), which is not in the file.',
      'error tables[4] By way of app.notes it deletes rows of app.replies (replies_note_fkey, ON DELETE CASCADE) as well.',
    ]);
  });

  it('takes a cascade to rows that were deleted before by the same reference', async () => {
    await owner(`
      ALTER TABLE app.order_lines DROP CONSTRAINT order_lines_order_id_fkey;
      ALTER TABLE app.order_lines ADD FOREIGN KEY (order_id) REFERENCES app.orders ON DELETE CASCADE`);

    expect(await found([deleteLines, { ...anonymiseOrders, action: { kind: 'delete' } }, deleteUsers])).toStrictEqual(
      [],
    );
  });

  it('finds an end that is counted from no date, or from what is set', async () => {
    const until = { column: 'total', plus: { count: 7, unit: 'years' } } as const;
    const issued = { ...until, column: 'issued_at' } as const;
    const set = { issued_at: { kind: 'null' } } as const;

    expect(
      await found([
        { ...retainInvoices, action: { kind: 'retain', set: {}, basis: 'tax-records', until } },
        { ...retainInvoices, action: { kind: 'retain', set, basis: 'tax-records', until: issued } },
      ]),
    ).toEqual(
      expect.arrayContaining([
        'error tables[0] The end is counted from total, which is of type numeric(10,2): it has to be a date.',
        'error tables[1] The end is counted from issued_at, which is set as well: what it held is needed.',
      ]),
    );
  });

  it('finds a ledger that is missing, or of another form', async () => {
    await owner('ALTER TABLE closure.closure_ledger DROP CONSTRAINT closure_ledger_pkey');
    expect(await found()).toStrictEqual([
      'error url closure.closure_ledger has another form than docs/targets/closure-ledger.sql makes.',
    ]);

    await owner('DROP TABLE closure.closure_ledger');
    expect(await found()).toStrictEqual([
      'error url There is no table closure.closure_ledger: run docs/targets/closure-ledger.sql as the owner.',
    ]);
  });

  it('tells that the database cannot be reached, or with such a URL never', async () => {
    const away = { ...aDefinition(server.url), url: new Sensitive('postgres://closure@127.0.0.1:1/shop') };
    const wrong = { ...away, url: new Sensitive('mysql://closure@127.0.0.1/shop') };

    expect(await checkSubjectRows(away, signal)).toStrictEqual([
      { severity: 'error', path: 'url', message: 'The target-database did not answer (connection-refused).' },
    ]);
    expect(await checkSubjectRows(wrong, signal)).toMatchObject([{ severity: 'error', path: 'url' }]);
  });

  it('warns of a place to read again that is no standby', async () => {
    const definition = { ...aDefinition(server.url, WHOLE_SHOP), verifyUrl: new Sensitive(server.url) };

    expect(await checkSubjectRows(definition, signal)).toMatchObject([{ severity: 'warning', path: 'verifyUrl' }]);
  });

  async function unlisted(): Promise<readonly string[]> {
    return (await found([anonymiseOrders])).filter((line) => line.startsWith('warning'));
  }
});
