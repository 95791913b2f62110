import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EffectKey } from '../../activities/ports/audit-log';
import { Sensitive } from '../../activities/ports/sensitive';
import type { PostgresDefinition, TableRule } from '../../activities/ports/target-catalog';
import type { Account } from '../../workflows/contract/account';
import { guid } from './guid';
import { queryAs, runAs } from './own-database';

/** The shop's tables: keys of several types, one of two columns, and a table whose rows are found by another one. */
const SCHEMA = `
  CREATE SCHEMA app;
  CREATE TABLE app.users (id bigint PRIMARY KEY, tenant_id uuid NOT NULL, object_id uuid NOT NULL, name text);
  CREATE INDEX ON app.users (object_id);
  CREATE TABLE app.orders (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id bigint REFERENCES app.users,
    ship_name text, email varchar(100), status text NOT NULL DEFAULT 'open');
  CREATE INDEX ON app.orders (user_id);
  CREATE TABLE app.order_lines (order_id uuid NOT NULL REFERENCES app.orders, line integer, product text, PRIMARY KEY (order_id, line));
  CREATE TABLE app.invoices (number text PRIMARY KEY, user_id bigint, issued_at date, total numeric(10,2), email text);
  CREATE INDEX ON app.invoices (user_id);
  CREATE TABLE app.visits (id bigserial PRIMARY KEY, object_id text NOT NULL, page text);
  CREATE INDEX ON app.visits (object_id);`;

/** What an erasure of the shop may do, and no more. */
const rightsOf = (role: string): string => `
  GRANT USAGE ON SCHEMA app, closure TO ${role};
  GRANT SELECT, INSERT ON closure.closure_ledger TO ${role};
  GRANT SELECT, DELETE ON app.users, app.order_lines, app.visits TO ${role};
  GRANT SELECT, UPDATE (user_id, ship_name, email) ON app.orders TO ${role};
  GRANT SELECT, UPDATE (user_id, email) ON app.invoices TO ${role};`;

/** Two people with the same kinds of data. Only Ada asks to be erased. */
export const ada: Account = {
  tenantId: guid('0f0f0f0f-0000-4000-8000-000000000001'),
  objectId: guid('0f0f0f0f-0000-4000-8000-00000000000a'),
};
export const grace: Account = { ...ada, objectId: guid('0f0f0f0f-0000-4000-8000-00000000000b') };
export const ADA_KEY = '1';

/** Ada's ids in the shop. */
export const adasIds = { account: ada, key: new Sensitive(ADA_KEY) };

/** SQL: somebody of that number in the shop, with the same kinds of data as everybody. */
export const shopDataOf = (id: number, { tenantId, objectId }: Account): string => `
  INSERT INTO app.users VALUES (${id}, '${tenantId}', '${objectId}', 'somebody ${id}');
  INSERT INTO app.orders (user_id, ship_name, email)
    SELECT ${id}, 'ship ' || n, 'person${id}@example.test' FROM generate_series(1, 5) AS n;
  INSERT INTO app.order_lines
    SELECT o.id, n, 'product ' || n FROM app.orders AS o, generate_series(1, 2) AS n WHERE o.user_id = ${id};
  INSERT INTO app.invoices
    SELECT '${id}-' || n, ${id}, DATE '2020-02-29' + n, n * 1.5, 'person${id}@example.test' FROM generate_series(0, 3) AS n;
  INSERT INTO app.visits (object_id, page) SELECT '${objectId}', 'page ' || n FROM generate_series(1, 4) AS n;`;

/** Makes the shop with its two people, and the ledger by the script that is handed out. */
export async function openShop(ownerUrl: string, role: string | undefined): Promise<void> {
  const ledger = await readFile(path.join('docs', 'targets', 'closure-ledger.sql'), 'utf8');
  await runAs(
    ownerUrl,
    `${ledger}${SCHEMA}${shopDataOf(1, ada)}${shopDataOf(2, grace)}${role === undefined ? '' : rightsOf(role)}`,
  );
}

const app = (table: string): { readonly what: string; readonly table: TableRule['table'] } => ({
  what: `app.${table}`,
  table: { schema: 'app', table },
});

export const deleteVisits: TableRule = {
  ...app('visits'),
  where: { object_id: 'objectId' },
  action: { kind: 'delete' },
};
export const deleteLines: TableRule = {
  ...app('order_lines'),
  via: { table: app('orders').table, on: { order_id: 'id' } },
  where: { user_id: 'key' },
  action: { kind: 'delete' },
};
export const anonymiseOrders: TableRule = {
  ...app('orders'),
  where: { user_id: 'key' },
  action: {
    kind: 'anonymise',
    set: { ship_name: { kind: 'fixed', value: 'erased' }, email: { kind: 'hash' }, user_id: { kind: 'null' } },
  },
};
export const retainInvoices: TableRule = {
  ...app('invoices'),
  where: { user_id: 'key' },
  action: {
    kind: 'retain',
    set: { email: { kind: 'hash' } },
    basis: 'tax-records',
    until: { column: 'issued_at', plus: { count: 7, unit: 'years' } },
  },
};
export const deleteUsers: TableRule = { ...app('users'), where: { id: 'key' }, action: { kind: 'delete' } };

/** The whole shop, in an order that its foreign keys allow. */
export const WHOLE_SHOP = [deleteVisits, deleteLines, anonymiseOrders, retainInvoices, deleteUsers];

/** A definition of the shop. */
export function aDefinition(url: string, tables: readonly TableRule[] = WHOLE_SHOP): PostgresDefinition {
  return {
    kind: 'postgres',
    name: 'shop',
    after: [],
    deadlineMs: 3_600_000,
    definitionDigest: 'd'.repeat(64),
    url: new Sensitive(url),
    subject: { table: app('users').table, where: { tenant_id: 'tenantId', object_id: 'objectId' }, key: 'id' },
    tables,
  };
}

/** One erasure that nobody else has begun. */
export function anEffect(): EffectKey {
  return { closureId: guid(randomUUID()), firstRunId: randomUUID(), target: 'shop', step: 'erase', round: 1 };
}

/** A key for hashes. */
export function aHashKey(): Sensitive<string> {
  return new Sensitive(randomBytes(32).toString('base64url'));
}

/** Everything of Grace, and whatever is nobody's, as text. */
export async function othersRows(ownerUrl: string): Promise<string> {
  const [rows] = await queryAs(
    ownerUrl,
    `SELECT (SELECT json_agg(u ORDER BY id) FROM app.users AS u WHERE id <> 1)::text
       || (SELECT json_agg(o ORDER BY o.id) FROM app.orders AS o WHERE user_id = 2)::text
       || (SELECT json_agg(l ORDER BY order_id, line) FROM app.order_lines AS l JOIN app.orders AS o ON o.id = l.order_id
           WHERE o.user_id = 2)::text
       || (SELECT json_agg(i ORDER BY number) FROM app.invoices AS i WHERE number LIKE '2-%')::text
       || (SELECT json_agg(v ORDER BY id) FROM app.visits AS v WHERE object_id = '${grace.objectId}')::text AS text`,
  );
  return JSON.stringify(rows);
}
