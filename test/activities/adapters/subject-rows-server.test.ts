import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { checkSubjectRows } from '../../../activities/adapters/subject-rows/check';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { TableRule } from '../../../activities/ports/target-catalog';
import {
  ada,
  adasIds,
  aDefinition,
  aHashKey,
  anEffect,
  deleteVisits,
  openShop,
  othersRows,
} from '../../support/a-shop';
import { holdLock, untilSomebodyWaits } from '../../support/held-locks';
import { createOwnDatabaseWithRole, queryAs, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import { eraseAll } from '../../support/shop-of-each-test';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();

describeOnServer('the rows of one person on a PostgreSQL server', () => {
  let own: OwnDatabaseWithRole;
  let rows: OpenSubjectRows;
  const opened: OpenSubjectRows[] = [];

  const open = (tables?: readonly TableRule[], batchRows = 1_000): OpenSubjectRows => {
    const made = createPostgresSubjectRows(aDefinition(own.appUrl, tables), { batchRows });
    opened.push(made);
    return made;
  };
  const owner = (statement: string): Promise<void> => runAs(own.url, statement);
  const problems = async (): Promise<readonly string[]> =>
    (await checkSubjectRows(aDefinition(own.appUrl), signal)).map(({ path, message }) => `${path} ${message}`);

  beforeEach(async () => {
    own = await createOwnDatabaseWithRole(serverUrl ?? '');
    await openShop(own.url, own.role);
    rows = open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await own.drop();
  });

  it.each([
    ['DELETE ON app.visits', 'tables[0] The role has no right to delete from app.visits: GRANT DELETE ON app.visits.'],
    ['SELECT ON app.visits', 'tables[0] The role has no right to read app.visits: GRANT SELECT ON app.visits.'],
    [
      'UPDATE (email, user_id) ON app.orders',
      'tables[2] The role has no right to set user_id, email: GRANT UPDATE (user_id, email) ON app.orders.',
    ],
    [
      'INSERT ON closure.closure_ledger',
      'url The role has not all rights on the ledger: GRANT INSERT ON closure.closure_ledger.',
    ],
    ['USAGE ON SCHEMA closure', 'url The role has no right to the ledger’s schema: GRANT USAGE ON SCHEMA closure.'],
  ])('needs the right %s, and the check says so', async (right, problem) => {
    expect(await problems()).toStrictEqual([]);
    await owner(`REVOKE ${right} FROM ${own.role}`);

    expect(await problems()).toStrictEqual([problem]);
    await expect(eraseAll(rows)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      farEnd: 'target-database',
      detail: { operation: 'rows.erase', code: 'no-right' },
    });
  });

  it('does not take rows that a policy hides for absent', async () => {
    await owner('ALTER TABLE app.visits ENABLE ROW LEVEL SECURITY');

    expect(await problems()).toStrictEqual([
      'tables[0] Row level security of app.visits hides rows from the role: that it sees none proves nothing.',
    ]);
  });

  it('calls the same server so, also when it is given as another place to read again', async () => {
    const definition = { ...aDefinition(own.appUrl), verifyUrl: new Sensitive(own.appUrl) };
    const again = createPostgresSubjectRows(definition);
    opened.push(again);

    expect(await again.remaining({ ids: adasIds, hashKey: undefined }, signal)).toMatchObject({
      path: 'same-server',
      remaining: 24,
    });
  });

  it('gives up a row that somebody holds for too long, and takes smaller batches after it', async () => {
    await owner(`INSERT INTO app.visits (object_id) SELECT '${ada.objectId}' FROM generate_series(1, 996)`);
    const release = await holdLock(own.url, 'app.visits');
    const effect = anEffect();

    await expect(rows.eraseBatch({ effect, ids: adasIds, hashKey: aHashKey() }, signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { operation: 'rows.erase', code: 'timed-out' },
    });

    await release();
    const { soFar } = await rows.eraseBatch({ effect, ids: adasIds, hashKey: aHashKey() }, signal);
    expect(soFar[0]?.count).toBe(250);
    expect((await eraseAll(rows, { effect })).at(-1)?.soFar[0]?.count).toBe(1_000);
  });

  it('lets a caller go at once, and its transaction with it', async () => {
    const release = await holdLock(own.url, 'app.visits');
    const leaving = new AbortController();
    const erasing = rows.eraseBatch({ effect: anEffect(), ids: adasIds, hashKey: aHashKey() }, leaving.signal);
    await untilSomebodyWaits(own.url);

    leaving.abort(new Error('gone'));

    await expect(erasing).rejects.toThrow('gone');
    await release();
    expect(await rows.remaining({ ids: adasIds, hashKey: undefined }, signal)).toMatchObject({ remaining: 24 });
  });

  it('does not touch a row that became somebody else’s while the batch waited for it', async () => {
    const keeper = new Client(own.url);
    await keeper.connect();
    await keeper.query(
      `BEGIN; UPDATE app.visits SET object_id = 'grace' WHERE page = 'page 1' AND object_id = '${ada.objectId}'`,
    );
    const erasing = eraseAll(open([deleteVisits]));
    await untilSomebodyWaits(own.url);

    await keeper.query('COMMIT');

    expect((await erasing).at(-1)?.soFar).toStrictEqual([{ what: 'app.visits', count: 3 }]);
    expect(await queryAs(own.url, `SELECT page FROM app.visits WHERE object_id = 'grace'`)).toHaveLength(1);
    await keeper.end();
  });

  it('compares values as the types of their columns, wherever these are', async () => {
    await owner(`
      CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; GRANT USAGE ON SCHEMA ext TO PUBLIC;
      CREATE TYPE app.state AS ENUM ('open', 'erased'); CREATE DOMAIN app.mail AS ext.citext;
      CREATE TABLE app.kinds (a date, b app.state, c ext.citext, d char(40), e app.mail, f jsonb, g int[], h numeric(6,2),
        k varchar(80), PRIMARY KEY (a, b, c));
      INSERT INTO app.kinds SELECT DATE '2020-01-01' + n, 'open', '${ada.objectId.toUpperCase()}', '${ada.objectId}',
        'Ada@x.test', '{"a": 1}', '{1}', 1, 'Ada@x.test' FROM generate_series(1, 7) AS n;
      INSERT INTO app.kinds VALUES ('2020-01-01', 'open', 'x', 'x', 'x', '{}', '{}', 2, 'x');
      GRANT SELECT, UPDATE, DELETE ON app.kinds TO ${own.role}`);
    const kinds = {
      what: 'app.kinds',
      table: { schema: 'app', table: 'kinds' },
      where: { c: 'objectId', d: 'objectId' },
    } as const;
    const set = {
      e: { kind: 'hash' },
      f: { kind: 'fixed', value: '{"b": 2}' },
      g: { kind: 'fixed', value: '{2,3}' },
      h: { kind: 'fixed', value: 3 },
      k: { kind: 'hash' },
    } as const;
    const both = open([{ ...kinds, action: { kind: 'anonymise', set } }], 2);

    expect((await eraseAll(both)).at(-1)?.soFar[0]?.count).toBe(7);
    expect(await both.remaining({ ids: adasIds, hashKey: undefined }, signal)).toMatchObject({ remaining: 0 });
    expect(
      await queryAs(own.url, `SELECT DISTINCT e::text = k AS "isSame", f, g, h FROM app.kinds WHERE c <> 'x'`),
    ).toStrictEqual([{ isSame: true, f: { b: 2 }, g: [2, 3], h: '3.00' }]);
    expect((await eraseAll(open([{ ...kinds, action: { kind: 'delete' } }], 2))).at(-1)?.soFar[0]?.count).toBe(7);
    expect(await queryAs(own.url, 'SELECT k FROM app.kinds')).toStrictEqual([{ k: 'x' }]);
  });

  it('erases a hundred thousand rows of one person in memory that does not grow', async () => {
    await owner(`
      INSERT INTO app.visits (object_id, page) SELECT '${ada.objectId}', repeat('x', 200) FROM generate_series(1, 100000);
      INSERT INTO app.orders (user_id, email) SELECT 1, 'a' || n FROM generate_series(1, 20000) AS n;
      INSERT INTO app.visits (object_id, page) SELECT md5(n::text), 'y' FROM generate_series(1, 200000) AS n;
      INSERT INTO app.invoices (number, email) SELECT n, 'b' FROM generate_series(1, 1000) AS n;
      ANALYZE`);
    const before = await othersRows(own.url);
    await rows.count(adasIds, signal);
    const heapBefore = process.memoryUsage().heapUsed;
    let highest = 0;
    const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().heapUsed)), 20);

    const last = (await eraseAll(rows)).at(-1);

    clearInterval(watch);
    expect(last?.soFar.map(({ count }) => count)).toStrictEqual([100_004, 10, 20_005, 4, 1]);
    // All rows at once would be more than a hundred.
    expect((highest - heapBefore) / 2 ** 20).toBeLessThan(80);
    expect(await othersRows(own.url)).toBe(before);
  });

  it('finds the rows by the index of the condition, also of a join', async () => {
    await owner(`
      INSERT INTO app.orders (user_id) SELECT 2 FROM generate_series(1, 20000);
      INSERT INTO app.order_lines SELECT id, 1, 'x' FROM app.orders WHERE ship_name IS NULL;
      INSERT INTO app.invoices (number, user_id) SELECT n, n FROM generate_series(1, 20000) AS n;
      ANALYZE`);
    // What a session did is counted a moment after it ends.
    await untilCounted(own.url, "relname = 'orders' AND n_tup_ins > 20000");
    await owner('SELECT pg_stat_reset()');

    await eraseAll(rows);
    await rows.remaining({ ids: adasIds, hashKey: undefined }, signal);
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await untilCounted(own.url, "relname = 'orders' AND idx_scan > 0");

    expect(
      await queryAs(
        own.url,
        `SELECT relname, seq_scan::int FROM pg_stat_user_tables WHERE relname IN ('order_lines', 'orders', 'invoices')
         ORDER BY relname`,
      ),
    ).toStrictEqual([
      { relname: 'invoices', seq_scan: 0 },
      { relname: 'order_lines', seq_scan: 0 },
      { relname: 'orders', seq_scan: 0 },
    ]);
  });
});

/** Waits until the server's statistics say so. */
async function untilCounted(url: string, condition: string): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    const found = await queryAs(url, `SELECT 1 FROM pg_stat_user_tables WHERE ${condition}`);
    if (found.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The server never counted it.');
}
