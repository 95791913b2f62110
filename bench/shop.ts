import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { Sensitive } from '../activities/ports/sensitive';
import type { PostgresDefinition } from '../activities/ports/target-catalog';

/** The three tables of the shop. */
const TABLES = ['visits', 'messages', 'orders'] as const;
const SCHEMA = 'closure_bench';

/** A shop of three tables in a real database, in a schema that only benchmarks use. */
export interface Shop {
  readonly definition: PostgresDefinition;
  /** Gives each of these people so many rows in each of so many tables. */
  readonly fill: (
    objectIds: readonly string[],
    rows: { readonly each: number; readonly tables: number },
  ) => Promise<void>;
  /** What anybody would do without us: one statement. Answers how many milliseconds it took. */
  readonly deletePlainly: (objectId: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Makes the shop, and the ledger where it is missing. The URL is of a role that may create schemas. */
export async function openShop(url: string): Promise<Shop> {
  const client = new Client(url);
  await client.connect();
  await client.query(await readFile(path.join('docs', 'targets', 'closure-ledger.sql'), 'utf8'));
  await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE; CREATE SCHEMA ${SCHEMA}`);
  for (const table of TABLES) {
    await client.query(`
      CREATE TABLE ${SCHEMA}.${table} (id bigserial PRIMARY KEY, object_id uuid NOT NULL, note text NOT NULL);
      CREATE INDEX ON ${SCHEMA}.${table} (object_id)`);
  }
  return {
    definition: definitionOf(url),
    fill: (objectIds, { each, tables }) => fill(client, objectIds, { each, tables: TABLES.slice(0, tables) }),
    deletePlainly: async (objectId) => {
      const startedAt = performance.now();
      await client.query(`DELETE FROM ${SCHEMA}.${TABLES[0]} WHERE object_id = $1`, [objectId]);
      return performance.now() - startedAt;
    },
    close: async () => {
      await client.query(`DROP SCHEMA ${SCHEMA} CASCADE`);
      await client.end();
    },
  };
}

/** People's rows lie among one another, as they do where people come back. */
async function fill(
  client: Client,
  objectIds: readonly string[],
  { each, tables }: { readonly each: number; readonly tables: readonly string[] },
): Promise<void> {
  for (const table of tables) {
    await client.query(
      `INSERT INTO ${SCHEMA}.${table} (object_id, note)
       SELECT who, repeat('x', 100) FROM generate_series(1, $2::int), unnest($1::uuid[]) AS who`,
      [objectIds, each],
    );
    await client.query(`VACUUM ANALYZE ${SCHEMA}.${table}`);
  }
  await client.query('CHECKPOINT').catch(() => undefined);
}

function definitionOf(url: string): PostgresDefinition {
  return {
    kind: 'postgres',
    name: 'shop',
    after: [],
    deadlineMs: 3_600_000,
    definitionDigest: '0'.repeat(64),
    url: new Sensitive(url),
    tables: TABLES.map((table) => ({
      what: `${SCHEMA}.${table}`,
      table: { schema: SCHEMA, table },
      where: { object_id: 'objectId' },
      action: { kind: 'delete' },
    })),
  };
}
