import type { RowErasure } from '../../ports/subject-rows';
import type { TableRule } from '../../ports/target-catalog';
import { targetRefused } from '../database/faults';
import type { Ask } from '../database/target-database';
import type { BatchSize } from './batch-sizes';
import { changeRows, type ChangedRows, type RowsToChange } from './batches';
import { countHeld, countToDo } from './counts';
import { entryOf, type NewEntry, type TableEntry } from './ledger';
import { hidesItself } from './reach';
import type { Shapes } from './shapes';

/** Our name of the call, as faults carry it. */
export const ERASE = 'rows.erase';

/**
 * Rows that are put back as fast as they are erased would keep an erasure busy for ever. So many times those that there were to
 * begin with may come, and so many besides: people who still use their account make no more.
 */
const COMING_BACK_FACTOR = 2;
const COMING_BACK_ROWS = 10_000;

/** One batch to be done. */
export interface NextBatch {
  readonly tables: readonly TableRule[];
  readonly entries: readonly TableEntry[];
  readonly erasure: RowErasure;
  readonly shapes: Shapes;
  /** How many rows the batch of that table may take, by their order in `tables`. */
  readonly sizeOf: (index: number, isFirst: boolean) => BatchLimit;
}

/** The size of a table's batches, and what it makes of the next one. */
export interface BatchLimit {
  readonly size: BatchSize;
  readonly limit: number;
}

/**
 * Does the next batch within a transaction, and says what is to be entered in the ledger; `undefined` when nothing is left to do.
 * @throws RequestRefusedError when rows do not go, or come back without end
 */
export async function eraseNext(ask: Ask, next: NextBatch): Promise<NewEntry | undefined> {
  const { tables, entries, erasure, shapes, sizeOf } = next;
  const index = tables.findIndex((_, at) => entryOf(entries, at)?.isDone !== true);
  const rule = tables[index];
  if (rule === undefined) return undefined;
  const before = entryOf(entries, index);
  const { size, limit } = sizeOf(index, before === undefined);
  const isRest = !size.isReduced() && isRestOf(before, limit);
  const rows: RowsToChange = { rule, ids: erasure.ids, shapes, hashKey: erasure.hashKey, limit, isRest };
  const beganAtMs = performance.now();
  const done = await changed(ask, rows);
  if (done.changed >= limit) size.took(performance.now() - beganAtMs, limit);
  // One that was full may have left some; one that was not done wholly has.
  const isDone = done.found < limit && done.changed === done.found;
  const expected = await expectedOf(ask, rows, { before, changed: done.changed, isDone });
  assertNoneComeBack(expected, (before?.changed ?? 0) + done.changed);
  return {
    batch: Math.max(0, ...entries.map(({ lastBatch }) => lastBatch)) + 1,
    tableNumber: index + 1,
    what: rule.what,
    changed: done.changed,
    expected,
    isDone,
    ...(await retainedBy(ask, rows, { ...done, isDone })),
  };
}

/** Another one was at the same rows: what this attempt did has to be rolled back, and the ledger says how far it is. */
export class OvertakenError extends Error {}

/**
 * Rows that were found and did not go may have gone by somebody else, whom the statement waited for. The very same rows a second
 * time are kept by something in their database.
 */
async function changed(ask: Ask, rows: RowsToChange): Promise<ChangedRows> {
  const first = await changeRows(ask, rows);
  if (first.found === 0 || first.changed > 0) return first;
  const second = await changeRows(ask, rows);
  if (second.found === 0 || second.changed > 0) return second;
  throw second.which === first.which ? targetRefused('rows-stay', ERASE) : new OvertakenError();
}

/** Whether so many take all that are left, by what was counted when the table was begun; more may have come since. */
function isRestOf(before: TableEntry | undefined, limit: number): boolean {
  const expected = before?.expected ?? Number.POSITIVE_INFINITY;
  return expected - (before?.changed ?? 0) <= limit;
}

interface FirstBatch {
  readonly before: TableEntry | undefined;
  readonly changed: number;
  readonly isDone: boolean;
}

/** How many rows there were to do, counted with the first batch of a table that takes several. */
async function expectedOf(
  ask: Ask,
  { rule, ids, shapes }: RowsToChange,
  { before, changed, isDone }: FirstBatch,
): Promise<number | null> {
  if (before !== undefined) return before.expected;
  return isDone ? null : changed + (await countToDo(ask, rule, { ids, shapes }));
}

function assertNoneComeBack(expected: number | null, changedSoFar: number): void {
  if (expected === null || changedSoFar <= expected * COMING_BACK_FACTOR + COMING_BACK_ROWS) return;
  throw targetRefused('rows-come-back', ERASE);
}

/** What stays: of rows that are not found again once they are set, those of this batch; of others all of them, at the end. */
async function retainedBy(
  ask: Ask,
  { rule, ids, shapes }: RowsToChange,
  done: ChangedRows & { readonly isDone: boolean },
): Promise<{ readonly retained: number; readonly until: string | null }> {
  if (rule.action.kind !== 'retain') return { retained: 0, until: null };
  if (hidesItself(rule)) return { retained: done.changed, until: done.until };
  if (!done.isDone) return { retained: 0, until: null };
  const { count, until = null } = await countHeld(ask, rule, { ids, shapes });
  return { retained: count, until };
}
