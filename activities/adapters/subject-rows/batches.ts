import { z } from 'zod';
import type { Sensitive } from '../../ports/sensitive';
import type { SubjectIds } from '../../ports/subject-rows';
import type { ColumnValue, TableRule } from '../../ports/target-catalog';
import { quoted, type Ask } from '../database/target-database';
import {
  asText,
  belongs,
  columnOf,
  createParameters,
  equals,
  fixed,
  isSameText,
  isToDo,
  nameOf,
  settingsOf,
  type Parameters,
} from './conditions';
import { createHash, HASH_PATTERN } from './hashes';
import { endOf } from './retention';
import type { ColumnShape, Shapes, TableShape } from './shapes';

/** Which rows of which table, and how many of them at most. */
export interface RowsToChange {
  readonly rule: TableRule;
  readonly ids: SubjectIds;
  readonly shapes: Shapes;
  readonly hashKey: Sensitive<string> | undefined;
  readonly limit: number;
  /** All that are left should be no more than that: then they need not be picked first. */
  readonly isRest: boolean;
}

/** What a batch found and did. */
export interface ChangedRows {
  /** Rows that were to do. */
  readonly found: number;
  /** Rows that are deleted, or hold what they were to be set to, now that the database's own triggers have run. */
  readonly changed: number;
  /** Of the rows that it set, of a table that is retained: the latest end; `null` when some have none. */
  readonly until: string | null;
  /** Tells one set of rows from another, by their keys. */
  readonly which: string | null;
}

const Changed = z.object({
  found: z.number(),
  changed: z.number(),
  until: z.string().nullable(),
  which: z.string().nullable(),
});

const NONE: ChangedRows = { found: 0, changed: 0, until: null, which: null };

const IS_HASH = new RegExp(HASH_PATTERN);

const key = (index: number): string => `k${index}`;

/** Deletes or sets the next rows, by their primary key; which ones does not matter, since those that are done are not found again. */
export async function changeRows(ask: Ask, rows: RowsToChange): Promise<ChangedRows> {
  const { action, table } = rows.rule;
  const settings = settingsOf(action, rows.shapes(table));
  if (action.kind === 'delete') return await deleteRows(ask, rows);
  if (settings.length === 0) return NONE;
  const hashed = settings.flatMap(([column, { kind }], index) => (kind === 'hash' ? [{ column, index }] : []));
  return hashed.length === 0 ? await setRows(ask, rows, selected(rows)) : await hashRows(ask, rows, hashed);
}

/** SQL that names the rows of the batch, with its parameters. */
interface Source {
  readonly sql: string;
  readonly parameters: Parameters;
}

function selected({ rule, ids, shapes, limit }: RowsToChange, also: readonly string[] = []): Source {
  const shape = shapes(rule.table);
  const parameters = createParameters();
  const keys = shape.primaryKey.map((column, index) => `${columnOf('t', column)} AS ${key(index)}`);
  const conditions = `${belongs(rule, { ids, shapes, parameters })} AND ${isToDo(rule.action, shape, parameters)}`;
  const sql = `SELECT ${[...keys, ...also].join(', ')} FROM ${nameOf(rule.table)} AS t WHERE ${conditions} LIMIT ${limit}`;
  return { sql, parameters };
}

/** SQL: the row `t` is that of the batch, and still the person's: another one may have changed it meanwhile. */
function isOfBatch({ rule, ids, shapes }: RowsToChange, parameters: Parameters): string {
  const keys = shapes(rule.table).primaryKey.map(
    (column, index) => `${columnOf('t', column)} ${equals(column)} b.${key(index)}`,
  );
  return [...keys, belongs(rule, { ids, shapes, parameters })].join(' AND ');
}

/**
 * Within one statement rows are addressed by their places, which is several times faster than by their keys. One that was
 * changed meanwhile lies elsewhere by now, and is found with the next batch. In a partitioned table another row may have the same
 * place in another part: hence the condition a second time. What is known to be few enough is deleted by the condition alone:
 * each row is visited once instead of twice.
 */
async function deleteRows(ask: Ask, rows: RowsToChange): Promise<ChangedRows> {
  const { rule, ids, shapes, limit, isRest } = rows;
  const parameters = createParameters();
  const table = nameOf(rule.table);
  const whose = belongs(rule, { ids, shapes, parameters });
  const places = (): string => {
    const again = belongs(rule, { ids, shapes, parameters });
    return `t.ctid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT t.ctid FROM ${table} AS t WHERE ${again} LIMIT ${limit})) AND `;
  };
  const sql = `DELETE FROM ${table} AS t WHERE ${isRest ? '' : places()}${whose}`;
  const changed = await ask.change({ sql, values: parameters.values });
  // One that is not full is the last one, if it is read so; or something kept rows of it.
  if (changed >= limit) return { found: changed, changed, until: null, which: null };
  const left = await readLeft(ask, rows);
  return { found: changed + left.count, changed, until: null, which: left.which };
}

const Left = z.object({ count: z.coerce.number(), which: z.string().nullable() });

async function readLeft(ask: Ask, { rule, ids, shapes }: RowsToChange): Promise<z.infer<typeof Left>> {
  const parameters = createParameters();
  const keys = shapes(rule.table).primaryKey.map((column) => columnOf('t', column));
  const [left] = await ask({
    sql: `SELECT pg_catalog.count(*) AS count,
            pg_catalog.sum(pg_catalog.hashtextextended(ROW(${keys.join(', ')})::text, 0))::text AS which
          FROM ${nameOf(rule.table)} AS t WHERE ${belongs(rule, { ids, shapes, parameters })}`,
    values: parameters.values,
    row: Left,
  });
  if (left === undefined) throw new TypeError('A count gave no row.');
  return left;
}

/** SQL: the keys of a row of the batch, as text. */
function keysOf({ primaryKey }: TableShape): string {
  return `ROW(${primaryKey.map((_, index) => `b.${key(index)}`).join(', ')})::text`;
}

async function setRows(ask: Ask, rows: RowsToChange, { sql, parameters }: Source): Promise<ChangedRows> {
  const { table, action } = rows.rule;
  const shape = rows.shapes(table);
  const retention = action.kind === 'retain' ? action.until : undefined;
  const sets = settingsOf(action, shape).map(
    (setting, index) => `${quoted(setting[0].name)} = ${valueOf(setting, index, parameters)}`,
  );
  const kept = retention === undefined ? '' : `, ${columnOf('t', shape.column(retention.column))}`;
  const ofBatch = isOfBatch(rows, parameters);
  // What RETURNING sees is the row as it is kept, whatever a trigger made of it.
  return await one(
    ask,
    `WITH batch AS MATERIALIZED (${sql}),
     done AS (
       UPDATE ${nameOf(table)} AS t SET ${sets.join(', ')} FROM batch AS b WHERE ${ofBatch}
       RETURNING NOT ${isToDo(action, shape, parameters)} AS is_done${kept}
     )
     SELECT (SELECT pg_catalog.count(*) FROM batch)::pg_catalog.int4 AS found,
            (SELECT pg_catalog.sum(pg_catalog.hashtextextended(${keysOf(shape)}, 0)) FROM batch AS b)::text AS which,
            pg_catalog.count(*)::pg_catalog.int4 AS changed, ${endOf('done', retention, shape)} AS until
     FROM done WHERE is_done`,
    parameters,
  );
}

/** SQL: what the column of `t` is set to. A text needs no cast: by assignment one that is too long is refused, and not cut. */
function valueOf([column, value]: readonly [ColumnShape, ColumnValue], index: number, parameters: Parameters): string {
  switch (value.kind) {
    case 'null':
      return 'NULL';
    case 'fixed':
      return fixed(value.value, parameters) + (column.isText ? '' : `::${column.type}`);
    case 'hash': {
      // Only of the value that the hash was made of: it may be another one by now, and is done with the next batch.
      const held = columnOf('t', column);
      return `CASE WHEN ${isSameText(held, `b.plain${index}`)} AND b.hash${index} IS NOT NULL THEN b.hash${index} ELSE ${asText(held)} END`;
    }
  }
}

const Texts = z.record(z.string(), z.string().nullable());

/** A column that is hashed, with its number among those that are set. */
interface Hashed {
  readonly column: ColumnShape;
  readonly index: number;
}

/**
 * Hashes are made here, and not by their database, which may have no such function: the batch is read first, and then named by
 * its keys, with the values as they were and their hashes.
 */
async function hashRows(ask: Ask, rows: RowsToChange, hashed: readonly Hashed[]): Promise<ChangedRows> {
  const { primaryKey } = rows.shapes(rows.rule.table);
  const plain = hashed.map(({ column, index }) => `${asText(columnOf('t', column))} AS plain${index}`);
  const { sql, parameters } = selected(rows, plain);
  const keys = primaryKey.map((_, index) => `${key(index)}::pg_catalog.text AS ${key(index)}`);
  const texts = [...keys, ...hashed.map(({ index }) => `plain${index}`)].join(', ');
  const batch = await ask({ sql: `SELECT ${texts} FROM (${sql}) AS b`, values: parameters.values, row: Texts });
  if (batch.length === 0) return NONE;
  return await setRows(ask, rows, named(batch, { primaryKey, hashed, hash: createHash(rows.hashKey) }));
}

interface Naming {
  readonly primaryKey: readonly ColumnShape[];
  readonly hashed: readonly Hashed[];
  readonly hash: (text: string) => string;
}

/** A batch that is named by its keys. */
function named(batch: readonly z.infer<typeof Texts>[], { primaryKey, hashed, hash }: Naming): Source {
  const parameters = createParameters();
  const listed = (values: readonly unknown[]): string => `${parameters.add(values)}::pg_catalog.text[]`;
  const hashOf = (text: string | null | undefined): string | null =>
    text === null || text === undefined || IS_HASH.test(text) ? null : hash(text);
  const lists = [
    ...primaryKey.map((_, index) => [key(index), listed(batch.map((row) => row[key(index)]))] as const),
    ...hashed.flatMap(({ index }) => {
      const plain = `plain${index}`;
      const hashes = batch.map((row) => hashOf(row[plain]));
      return [
        [plain, listed(batch.map((row) => row[plain]))],
        [`hash${index}`, listed(hashes)],
      ] as const;
    }),
  ];
  const names = lists.map(([name]) => name);
  const columns = names.map((name, index) => {
    const column = primaryKey[index];
    return column === undefined ? `u.${name}` : `u.${name}::${column.storedType} AS ${name}`;
  });
  // With several lists it is syntax, and of the system's own function, only without a schema.
  const sql = `SELECT ${columns.join(', ')}
    FROM unnest(${lists.map(([, list]) => list).join(', ')}) AS u (${names.join(', ')})`;
  return { sql, parameters };
}

async function one(ask: Ask, sql: string, parameters: Parameters): Promise<ChangedRows> {
  const [changed] = await ask({ sql, values: parameters.values, row: Changed });
  if (changed === undefined) throw new TypeError('A batch gave no row.');
  return changed;
}
