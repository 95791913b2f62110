import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { TableRule } from '../../../activities/ports/target-catalog';
import {
  ada,
  adasIds,
  aDefinition,
  anonymiseOrders,
  deleteVisits,
  grace,
  openShop,
  othersRows,
} from '../../support/a-shop';
import { createOwnDatabaseWithRole, queryAs, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import { eraseAll } from '../../support/shop-of-each-test';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();
const whose = { ids: adasIds, hashKey: undefined };

const HOSTILE_KEYS = [
  `x' OR '1'='1`,
  `'; DROP TABLE app.things; --`,
  '%',
  '_',
  '*',
  '{a,b}',
  '$1',
  '\\',
  '\\x41',
  'NULL',
  'null',
  ' ',
  'a',
  'A',
  'a ',
  'é',
  'e\u0301',
  '\u202e\u0007',
  '0',
  '00',
  'x'.repeat(2_000),
];

describeOnServer('a database that misbehaves', () => {
  let own: OwnDatabaseWithRole;
  const opened: OpenSubjectRows[] = [];

  const open = (tables?: readonly TableRule[]): OpenSubjectRows => {
    const made = createPostgresSubjectRows(aDefinition(own.appUrl, tables), { batchRows: 3 });
    opened.push(made);
    return made;
  };
  const owner = (statement: string): Promise<void> => runAs(own.url, statement);
  const rule = (table: string, where: TableRule['where'], schema = 'app'): TableRule => ({
    what: 'odd',
    table: { schema, table },
    where,
    action: { kind: 'delete' },
  });

  beforeEach(async () => {
    own = await createOwnDatabaseWithRole(serverUrl ?? '');
    await openShop(own.url, own.role);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ close }) => close()));
    await own.drop();
  });

  it('and hides rows by a policy that came after the check is refused, and nothing is called gone', async () => {
    await owner(`ALTER TABLE app.visits ENABLE ROW LEVEL SECURITY; ALTER TABLE app.users ENABLE ROW LEVEL SECURITY`);
    const rows = open();
    const denied = { name: 'AccessDeniedError', detail: { code: 'no-right' } };

    await expect(rows.findKey(ada, signal)).rejects.toMatchObject(denied);
    await expect(rows.count(adasIds, signal)).rejects.toMatchObject(denied);
    await eraseAll(rows);
    await expect(rows.remaining(whose, signal)).rejects.toMatchObject(denied);
  });

  it('and shows rows that a policy does not let be deleted is refused', async () => {
    await owner(
      `CREATE POLICY seen ON app.visits FOR SELECT USING (true); ALTER TABLE app.visits ENABLE ROW LEVEL SECURITY`,
    );

    await expect(eraseAll(open([deleteVisits]))).rejects.toMatchObject({ detail: { code: 'rows-stay' } });
  });

  it('and puts operators of its own before the system’s deceives nobody, and has nobody else’s rows touched', async () => {
    const lies = ['text', 'uuid', 'bigint', 'tid']
      .map(
        (type) => `
          CREATE FUNCTION evil.yes(${type}, ${type}) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
          CREATE OPERATOR evil.= (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = evil.yes);`,
      )
      .join('');
    await owner(`
      CREATE SCHEMA evil; ${lies}
      CREATE FUNCTION evil.count() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
      GRANT USAGE ON SCHEMA evil TO PUBLIC; ALTER ROLE ${own.role} SET search_path = evil, pg_catalog`);
    const before = await othersRows(own.url);
    const rows = open([deleteVisits, anonymiseOrders]);
    expect(await rows.remaining(whose, signal)).toMatchObject({ remaining: 9 });

    const last = (await eraseAll(rows)).at(-1);

    expect(last?.soFar.map(({ count }) => count)).toStrictEqual([4, 5]);
    expect(await rows.remaining(whose, signal)).toMatchObject({ remaining: 0 });
    expect(await queryAs(own.url, `SELECT DISTINCT ship_name FROM app.orders WHERE user_id IS NULL`)).toStrictEqual([
      { ship_name: 'erased' },
    ]);
    expect(await othersRows(own.url)).toBe(before);
  });

  it('and does something else instead of a deletion is refused, and what it kept is found again', async () => {
    await owner('CREATE RULE softly AS ON DELETE TO app.visits DO INSTEAD NOTHING');
    const rows = open([deleteVisits]);

    await expect(eraseAll(rows)).rejects.toMatchObject({ farEnd: 'target-database' });

    expect(await rows.remaining(whose, signal)).toMatchObject({ remaining: 4 });
    expect(await queryAs(own.url, 'SELECT * FROM closure.closure_ledger')).toStrictEqual([]);
  });

  it('and has a view where there was a table is refused', async () => {
    await owner(`
      ALTER TABLE app.visits RENAME TO all_visits; CREATE VIEW app.visits AS SELECT * FROM app.all_visits WHERE false;
      GRANT SELECT, DELETE ON app.visits TO ${own.role}`);

    await expect(eraseAll(open([deleteVisits]))).rejects.toMatchObject({ kind: 'request-refused' });
  });

  it('and keeps rows of several people at the same place of several parts has only one of them touched', async () => {
    await owner(`
      CREATE TABLE app.parts (id int, owner uuid, note text, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
      CREATE TABLE app.parts_n PARTITION OF app.parts FOR VALUES IN ('n');
      CREATE TABLE app.parts_s PARTITION OF app.parts FOR VALUES IN ('s');
      CREATE TABLE app.parents (id int PRIMARY KEY, owner uuid, note text);
      CREATE TABLE app.children (PRIMARY KEY (id)) INHERITS (app.parents);
      INSERT INTO app.parts SELECT n, '${ada.objectId}', 'hers', 'n' FROM generate_series(1, 5) AS n;
      INSERT INTO app.parts SELECT n, '${grace.objectId}', 'theirs', 's' FROM generate_series(1, 5) AS n;
      INSERT INTO app.parents SELECT n, '${ada.objectId}', 'hers' FROM generate_series(1, 5) AS n;
      INSERT INTO app.children SELECT n, '${grace.objectId}', 'theirs' FROM generate_series(1, 5) AS n;
      INSERT INTO app.children VALUES (9, '${ada.objectId}', 'hers');
      GRANT ALL ON app.parts, app.parents TO ${own.role}`);
    const set = { note: { kind: 'fixed', value: 'erased' } } as const;
    const both = ['parts', 'parents'].flatMap((table): TableRule[] => [
      { ...rule(table, { owner: 'objectId' }), action: { kind: 'anonymise', set } },
      rule(table, { owner: 'objectId' }),
    ]);

    const last = (await eraseAll(open(both))).at(-1);

    expect(last?.soFar.map(({ count }) => count)).toStrictEqual([5, 5, 6, 6]);
    const left = `SELECT count(*)::int AS n, min(note) AS low, max(note) AS high, count(DISTINCT owner)::int AS owners`;
    const theirs = { n: 5, low: 'theirs', high: 'theirs', owners: 1 };
    expect(await queryAs(own.url, `${left} FROM app.parts`)).toStrictEqual([theirs]);
    expect(await queryAs(own.url, `${left} FROM app.parents`)).toStrictEqual([theirs]);
  });

  it('and makes a column itself refuses to have it set', async () => {
    await owner(`ALTER TABLE app.orders ADD shout text GENERATED ALWAYS AS (upper(email)) STORED;
      GRANT UPDATE (shout) ON app.orders TO ${own.role}`);
    const set = { shout: { kind: 'fixed', value: 'x' } } as const;

    await expect(eraseAll(open([{ ...anonymiseOrders, action: { kind: 'anonymise', set } }]))).rejects.toMatchObject({
      farEnd: 'target-database',
      kind: 'request-refused',
    });
  });

  it.each([
    ['keywords', ['select', 'order', 'user']],
    ['all that a name can be long', ['s'.repeat(63), 't'.repeat(63), 'c'.repeat(63)]],
    ['letters of all the world', ['schéma', '表格🗑', 'колонка']],
    ['what looks like SQL', ['a.b', '"t" WHERE true; --', '$1::text']],
  ] as const)('has rows of names that are %s erased', async (_, [schema, table, column]) => {
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const there = `${quoted(schema)}.${quoted(table)}`;
    await owner(`
      CREATE SCHEMA ${quoted(schema)}; CREATE TABLE ${there} (${quoted(column)} text, "limit" int PRIMARY KEY);
      INSERT INTO ${there} VALUES ('${ada.objectId}', 1), ('${grace.objectId}', 2);
      GRANT USAGE ON SCHEMA ${quoted(schema)} TO ${own.role}; GRANT ALL ON ${there} TO ${own.role}`);

    const last = (await eraseAll(open([rule(table, { [column]: 'objectId' }, schema)]))).at(-1);

    expect(last?.soFar).toStrictEqual([{ what: 'odd', count: 1 }]);
    expect(await queryAs(own.url, `SELECT "limit" FROM ${there}`)).toStrictEqual([{ limit: 2 }]);
  });

  it('has the rows of one key erased and of no other, whatever the key looks like', async () => {
    const listed = HOSTILE_KEYS.map((key) => `(E'${key.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`).join(', ');
    await owner(`
      CREATE TABLE app.things (owner text, copy int, PRIMARY KEY (owner, copy));
      INSERT INTO app.things SELECT k, n FROM (VALUES ${listed}) AS v (k), generate_series(1, 4) AS n;
      GRANT SELECT, DELETE ON app.things TO ${own.role}`);
    const rows = open([rule('things', { owner: 'key' })]);

    for (const [index, key] of HOSTILE_KEYS.entries()) {
      const ids = { account: ada, key: new Sensitive(key) };
      expect((await eraseAll(rows, { ids })).at(-1)?.soFar).toStrictEqual([{ what: 'odd', count: 4 }]);
      expect(await queryAs(own.url, 'SELECT count(*)::int AS n FROM app.things')).toStrictEqual([
        { n: (HOSTILE_KEYS.length - index - 1) * 4 },
      ]);
    }
  });

  it('cannot be asked for a key that no text of it can be', async () => {
    const ids = { account: ada, key: new Sensitive('1\0') };

    await expect(open().count(ids, signal)).rejects.toMatchObject({ farEnd: 'target-database' });
  });
});
