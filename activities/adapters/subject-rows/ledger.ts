import { z } from 'zod';
import type { EffectKey } from '../../ports/audit-log';
import type { Batch, HeldRows } from '../../ports/subject-rows';
import type { TableRule } from '../../ports/target-catalog';
import type { Ask } from '../database/target-database';

/** SQL for an instant as text: ISO 8601 in UTC with milliseconds; NULL for what no such text can say. */
export function instantOf(timestamptz: string): string {
  return `CASE WHEN pg_catalog.isfinite(${timestamptz}) AND ${timestamptz} < '9999-12-31'::pg_catalog.timestamptz
    AND ${timestamptz} > '0001-01-02'::pg_catalog.timestamptz THEN pg_catalog.to_char(
      ${timestamptz} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`;
}

/** What the ledger says of one table of an effect, all batches together. */
export interface TableEntry {
  readonly tableNumber: number;
  readonly lastBatch: number;
  readonly changed: number;
  readonly retained: number;
  /** Absent also when some of the retained rows have no end. */
  readonly until: string | null;
  readonly expected: number | null;
  readonly isDone: boolean;
}

/** What one batch writes. */
export interface NewEntry {
  readonly batch: number;
  readonly tableNumber: number;
  readonly what: string;
  readonly changed: number;
  readonly retained: number;
  readonly until: string | null;
  readonly expected: number | null;
  readonly isDone: boolean;
}

const count = z.coerce.number();

const Row = z.object({
  tableNumber: z.number(),
  lastBatch: z.number(),
  changed: count,
  retained: count,
  until: z.string().nullable(),
  expected: count.nullable(),
  isDone: z.boolean(),
});

/** The ledger is the table that `docs/targets/closure-ledger.sql` makes. */
const READ = `
  SELECT table_number AS "tableNumber", pg_catalog.max(batch) AS "lastBatch", pg_catalog.sum(changed) AS changed,
         pg_catalog.sum(retained) AS retained, pg_catalog.max(expected) AS expected,
         pg_catalog.bool_or(is_table_done) AS "isDone",
         CASE WHEN pg_catalog.bool_and(retained = 0 OR retained_until IS NOT NULL)
           THEN ${instantOf('pg_catalog.max(retained_until)')} END AS until
  FROM closure.closure_ledger
  WHERE closure_id = $1 AND first_run_id = $2 AND target = $3 AND step = $4 AND round = $5
  GROUP BY table_number
  ORDER BY table_number`;

const WRITE = `
  INSERT INTO closure.closure_ledger (closure_id, first_run_id, target, step, round, batch, table_number, table_name,
    changed, retained, retained_until, expected, is_table_done)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::timestamptz, $12, $13)
  ON CONFLICT DO NOTHING
  RETURNING batch`;

/** The tables of an effect that any batch was committed for. */
export function readLedger(ask: Ask, effect: EffectKey): Promise<readonly TableEntry[]> {
  return ask({ sql: READ, values: keyOf(effect), row: Row });
}

/** Enters a batch; `false` when another attempt has entered one of its number, which this waits for. */
export async function enterBatch(ask: Ask, effect: EffectKey, entry: NewEntry): Promise<boolean> {
  const { batch, tableNumber, what, changed, retained, until, expected, isDone } = entry;
  const entered = await ask({
    sql: WRITE,
    values: [...keyOf(effect), batch, tableNumber, what, changed, retained, until, expected, isDone],
    row: z.unknown(),
  });
  return entered.length === 1;
}

/** What the entries mean for a definition's tables. */
export function batchOf(tables: readonly TableRule[], entries: readonly TableEntry[]): Batch {
  return {
    soFar: tables.map((rule, index) => heldRows(rule, entryOf(entries, index))),
    isLast: tables.every((_, index) => entryOf(entries, index)?.isDone === true),
  };
}

/** The entry of the table at that place of the definition. */
export function entryOf(entries: readonly TableEntry[], index: number): TableEntry | undefined {
  return entries.find(({ tableNumber }) => tableNumber === index + 1);
}

/** The entries once the batch is among them. */
export function withBatch(entries: readonly TableEntry[], batch: NewEntry): readonly TableEntry[] {
  const before = entryOf(entries, batch.tableNumber - 1);
  const now: TableEntry = {
    tableNumber: batch.tableNumber,
    lastBatch: batch.batch,
    changed: (before?.changed ?? 0) + batch.changed,
    retained: (before?.retained ?? 0) + batch.retained,
    until: latest(before, batch),
    expected: before?.expected ?? batch.expected,
    isDone: batch.isDone,
  };
  return [...entries.filter((entry) => entry !== before), now];
}

/** Of the rows of both; none when some of them have no end. Texts of one form compare as their instants. */
function latest(before: TableEntry | undefined, batch: NewEntry): string | null {
  const ends = [before, batch]
    .filter((part) => part !== undefined && part.retained > 0)
    .map((part) => part?.until ?? '');
  return ends.length === 0 || ends.includes('') ? null : (ends.toSorted().at(-1) ?? null);
}

function heldRows({ what, action }: TableRule, entry: TableEntry | undefined): HeldRows {
  if (entry === undefined) return { what, count: 0 };
  if (action.kind !== 'retain') return { what, count: entry.changed };
  return { what, count: entry.retained, ...(entry.until === null ? {} : { until: entry.until }) };
}

function keyOf({ closureId, firstRunId, target, step, round }: EffectKey): readonly unknown[] {
  return [closureId, firstRunId, target, step, round];
}
