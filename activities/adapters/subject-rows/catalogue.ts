import { z } from 'zod';
import type { TableName } from '../../ports/target-catalog';
import type { Ask } from '../database/target-database';

const names = z.array(z.string());

const Column = z.object({
  name: z.string(),
  type: z.string(),
  storedType: z.string(),
  isText: z.boolean(),
  /** How many characters it takes; `null`: any number. */
  characters: z.number().nullable(),
  isNotNull: z.boolean(),
  /** Made by the database itself: nothing can be assigned. */
  isGenerated: z.boolean(),
  mayRead: z.boolean(),
  mayUpdate: z.boolean(),
});

const Table = z.object({
  schema: z.string(),
  table: z.string(),
  /** `r` table, `p` partitioned, `v` view, `m` materialised view, `f` foreign table. */
  kind: z.string(),
  isInherited: z.boolean(),
  hidesRows: z.boolean(),
  mayUseSchema: z.boolean(),
  mayDelete: z.boolean(),
  primaryKey: names,
  /** First columns of whole indexes. */
  indexed: names,
  /** Columns that are unique by themselves. */
  unique: names,
  /** `DELETE` or `UPDATE`, with the name. */
  triggers: z.array(z.object({ event: z.string(), name: z.string() })),
  rules: z.array(z.object({ event: z.string(), name: z.string() })),
  columns: z.array(Column),
});

/** What the catalogue says of a column. */
export type ColumnFacts = z.infer<typeof Column>;

/** What the catalogue says of a table, and what our role may do with it. */
export type TableFacts = z.infer<typeof Table>;

const INDEXES = `
  SELECT array_agg(DISTINCT lead.attname::text)
  FROM pg_index AS i JOIN pg_attribute AS lead ON lead.attrelid = i.indrelid AND lead.attnum = i.indkey[0]
  WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL`;

const COLUMNS = `
  SELECT json_agg(json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, -1), 'storedType', format_type(a.atttypid, a.atttypmod),
    'isText', t.typcategory = 'S',
    'characters', CASE WHEN COALESCE(NULLIF(t.typbasetype, 0), t.oid) IN (1042, 1043)
      THEN NULLIF(CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, -1) - 4 END,
    'isNotNull', a.attnotnull OR t.typnotnull, 'isGenerated', a.attgenerated <> '' OR a.attidentity = 'a',
    'mayRead', has_column_privilege(c.oid, a.attnum, 'SELECT'),
    'mayUpdate', has_column_privilege(c.oid, a.attnum, 'UPDATE')) ORDER BY a.attnum)
  FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

// Bits of tgtype: 8 DELETE, 16 UPDATE. Those of foreign keys are internal.
const TRIGGERS = `
  SELECT json_agg(json_build_object('event', event, 'name', g.tgname) ORDER BY g.tgname)
  FROM pg_trigger AS g JOIN (VALUES (8, 'DELETE'), (16, 'UPDATE')) AS events (bit, event) ON g.tgtype & bit <> 0
  WHERE g.tgrelid = c.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D'`;

const RULES = `
  SELECT json_agg(json_build_object('event', CASE r.ev_type WHEN '4' THEN 'DELETE' ELSE 'UPDATE' END, 'name', r.rulename))
  FROM pg_rewrite AS r WHERE r.ev_class = c.oid AND r.ev_type IN ('2', '4') AND r.ev_enabled <> 'D'`;

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS "table", c.relkind::text AS kind,
         EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid) AND c.relkind = 'r' AS "isInherited",
         row_security_active(c.oid) AS "hidesRows", has_schema_privilege(n.oid, 'USAGE') AS "mayUseSchema",
         has_table_privilege(c.oid, 'DELETE') AS "mayDelete",
         COALESCE((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_constraint AS pk
           JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY (pk.conkey)
           WHERE pk.conrelid = c.oid AND pk.contype = 'p'), '{}') AS "primaryKey",
         COALESCE((${INDEXES}), '{}') AS indexed,
         COALESCE((${INDEXES} AND i.indisunique AND i.indnkeyatts = 1), '{}') AS "unique",
         COALESCE((${TRIGGERS}), '[]') AS triggers, COALESCE((${RULES}), '[]') AS rules, COALESCE((${COLUMNS}), '[]') AS columns
  FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS w (schema_name, table_name)) AS wanted
  JOIN pg_namespace AS n ON n.nspname = wanted.schema_name
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

/** What there is of the named tables. Within a transaction of the mode `catalogue`. */
export function readTables(ask: Ask, tables: readonly TableName[]): Promise<readonly TableFacts[]> {
  return ask({ sql: TABLES, values: listsOf(tables), row: Table });
}

const Reference = z.object({
  name: z.string(),
  from: z.object({ schema: z.string(), table: z.string() }),
  to: z.object({ schema: z.string(), table: z.string() }),
  /** Columns that refer, and the columns that they refer to, in the same order. */
  columns: names,
  referred: names,
  /** What a deletion does to the rows that refer to it; `refuse`: it is forbidden. */
  onDelete: z.enum(['cascade', 'null', 'default', 'refuse']),
});

/** A foreign key. */
export type Reference = z.infer<typeof Reference>;

const columnNames = (table: string, columns: string): string => `
  (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(f.${columns}) WITH ORDINALITY AS k (attnum, place)
   JOIN pg_attribute AS a ON a.attrelid = f.${table} AND a.attnum = k.attnum)`;

/** Also those to tables that are only reached by cascades from them. A partition's own copies of its parent's are left out. */
const REFERENCES = `
  WITH RECURSIVE reached (id) AS (
    SELECT c.oid FROM unnest($1::text[], $2::text[]) AS w (schema_name, table_name)
    JOIN pg_namespace AS n ON n.nspname = w.schema_name
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.table_name
    UNION
    SELECT f.conrelid FROM pg_constraint AS f JOIN reached ON reached.id = f.confrelid
    WHERE f.contype = 'f' AND f.confdeltype = 'c' AND f.conparentid = 0
  )
  SELECT f.conname AS name,
         json_build_object('schema', from_schema.nspname, 'table', from_table.relname) AS "from",
         json_build_object('schema', to_schema.nspname, 'table', to_table.relname) AS "to",
         ${columnNames('conrelid', 'conkey')} AS columns, ${columnNames('confrelid', 'confkey')} AS referred,
         CASE f.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'null' WHEN 'd' THEN 'default' ELSE 'refuse' END AS "onDelete"
  FROM reached
  JOIN pg_constraint AS f ON f.confrelid = reached.id AND f.contype = 'f' AND f.conparentid = 0
  JOIN pg_class AS from_table ON from_table.oid = f.conrelid
  JOIN pg_namespace AS from_schema ON from_schema.oid = from_table.relnamespace
  JOIN pg_class AS to_table ON to_table.oid = f.confrelid
  JOIN pg_namespace AS to_schema ON to_schema.oid = to_table.relnamespace
  ORDER BY from_schema.nspname, from_table.relname, f.conname`;

/** The foreign keys that refer to the named tables. Within a transaction of the mode `catalogue`. */
export function readReferences(ask: Ask, tables: readonly TableName[]): Promise<readonly Reference[]> {
  return ask({ sql: REFERENCES, values: listsOf(tables), row: Reference });
}

function listsOf(tables: readonly TableName[]): readonly unknown[] {
  return [tables.map(({ schema }) => schema), tables.map(({ table }) => table)];
}
