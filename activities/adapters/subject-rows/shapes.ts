import { z } from 'zod';
import { targetRefused } from '../database/faults';
import type { Ask, TargetDatabase } from '../database/target-database';
import type { PostgresDefinition, TableName } from '../../ports/target-catalog';

/** A column, as its database declares it. Types are SQL, with their schema. */
export interface ColumnShape {
  readonly name: string;
  /** Without a length. */
  readonly type: string;
  /** With its length, as values are stored. */
  readonly storedType: string;
  /** A type of text: what is assigned to it needs no cast, and what is too long for it is refused instead of cut. */
  readonly isText: boolean;
  /** The schema that holds the type's own equality; that of an extension need not be in the search path. */
  readonly equalityIn: string;
}

/** A table with its columns, by their names, and its primary key. */
export interface TableShape {
  readonly column: (name: string) => ColumnShape;
  readonly primaryKey: readonly ColumnShape[];
}

/** The table of that name. @throws RequestRefusedError when it is not there, or has no such column or no primary key */
export type Shapes = (table: TableName) => TableShape;

const Row = z.object({
  schema: z.string(),
  table: z.string(),
  name: z.string(),
  type: z.string(),
  storedType: z.string(),
  isText: z.boolean(),
  equalityIn: z.string(),
  keyPosition: z.number().nullable(),
});

const SHAPES = `
  WITH RECURSIVE wanted AS (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS w (schema_name, table_name)),
  base (id, base_id) AS (
    SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT d.oid, base.base_id FROM pg_type AS d JOIN base ON base.id = d.typbasetype WHERE d.typtype = 'd'
  )
  SELECT n.nspname AS schema, c.relname AS "table", a.attname AS name,
         format_type(a.atttypid, -1) AS type, format_type(a.atttypid, a.atttypmod) AS "storedType",
         t.typcategory = 'S' AS "isText",
         COALESCE((
           SELECT o_schema.nspname
           FROM pg_opclass AS class
           JOIN pg_am AS method ON method.oid = class.opcmethod AND method.amname = 'btree'
           JOIN pg_amop AS member ON member.amopfamily = class.opcfamily AND member.amopstrategy = 3
             AND member.amoplefttype = class.opcintype AND member.amoprighttype = class.opcintype
           JOIN pg_operator AS o ON o.oid = member.amopopr
           JOIN pg_namespace AS o_schema ON o_schema.oid = o.oprnamespace
           WHERE class.opcdefault AND class.opcintype = (SELECT base_id FROM base WHERE base.id = a.atttypid)
           LIMIT 1
         ), 'pg_catalog') AS "equalityIn",
         array_position(pk.conkey, a.attnum) AS "keyPosition"
  FROM wanted
  JOIN pg_namespace AS n ON n.nspname = wanted.schema_name
  JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.table_name
  JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type AS t ON t.oid = a.atttypid
  LEFT JOIN pg_constraint AS pk ON pk.conrelid = c.oid AND pk.contype = 'p'
  ORDER BY a.attnum`;

/** Of all tables that the definition names, in one transaction of the mode `catalogue`. Missing ones are told when they are asked for. */
export async function readShapes(ask: Ask, tables: readonly TableName[], operation: string): Promise<Shapes> {
  const rows = await ask({
    sql: SHAPES,
    values: [tables.map(({ schema }) => schema), tables.map(({ table }) => table)],
    row: Row,
  });
  return ({ schema, table }) => {
    const own = rows.filter((row) => row.schema === schema && row.table === table);
    if (own.length === 0) throw targetRefused('no-such-table', operation);
    return {
      column: (name) => {
        const found = own.find((row) => row.name === name);
        if (found === undefined) throw targetRefused('no-such-column', operation);
        return found;
      },
      get primaryKey() {
        const key = own.filter(({ keyPosition }) => keyPosition !== null);
        if (key.length === 0) throw targetRefused('no-primary-key', operation);
        return key.toSorted((one, other) => (one.keyPosition ?? 0) - (other.keyPosition ?? 0));
      },
    };
  };
}

/** Every table that the definition reads or changes. */
export function tablesOf({ subject, tables }: PostgresDefinition): readonly TableName[] {
  return [
    ...(subject === undefined ? [] : [subject.table]),
    ...tables.flatMap(({ table, via }) => (via === undefined ? [table] : [table, via.table])),
  ];
}

/** Somebody may alter a table while we run: after a fault, and after a minute, it is looked at again. */
const KEPT_MS = 60_000;

/** The shapes, kept for a while, so that not every batch asks for them. */
export interface KnownShapes {
  readonly read: (operation: string, signal: AbortSignal) => Promise<Shapes>;
  readonly forget: () => void;
}

/** Knows nothing yet. */
export function createKnownShapes(database: TargetDatabase, definition: PostgresDefinition): KnownShapes {
  const tables = tablesOf(definition);
  const kept: { known?: { readonly shapes: Shapes; readonly atMs: number } } = {};
  return {
    read: async (operation, signal) => {
      if (kept.known !== undefined && performance.now() - kept.known.atMs < KEPT_MS) return kept.known.shapes;
      const shapes = await database.transaction({ mode: 'read', operation, signal }, (ask) =>
        readShapes(ask, tables, operation),
      );
      kept.known = { shapes, atMs: performance.now() };
      return shapes;
    },
    forget: () => {
      delete kept.known;
    },
  };
}
