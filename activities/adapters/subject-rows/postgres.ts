import { z } from 'zod';
import type { Account } from '../../../workflows/contract/account';
import type { EffectKey } from '../../ports/audit-log';
import { PortFault } from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';
import type { Batch, HeldRows, KeyLook, RowErasure, SubjectIds, SubjectRows } from '../../ports/subject-rows';
import type { PostgresDefinition } from '../../ports/target-catalog';
import { createTargetDatabase, type TargetDatabase, type TargetDatabaseOptions } from '../database/target-database';
import { createBatchSize, type BatchSize } from './batch-sizes';
import { columnOf, createParameters, meets, nameOf } from './conditions';
import { countHeld } from './counts';
import { ERASE, eraseNext, OvertakenError, type BatchLimit, type NextBatch } from './erasure';
import { batchOf, enterBatch, readLedger, withBatch } from './ledger';
import { createKnownShapes, type KnownShapes } from './shapes';
import { readRemaining } from './verification';

/** The rows in one database, and how to end its connections. */
export interface OpenSubjectRows extends SubjectRows {
  readonly close: () => Promise<void>;
}

interface Parts {
  readonly definition: PostgresDefinition;
  readonly database: TargetDatabase;
  /** Connections of their own, so that what is read again is not read by a session that erased. */
  readonly again: TargetDatabase;
  readonly replica: TargetDatabase | undefined;
  readonly shapes: KnownShapes;
  /** Of the batches of each table: what one table takes says nothing about another one. */
  readonly sizes: readonly BatchSize[];
}

/**
 * The rows of a definition. Connects to nothing yet.
 * @throws RangeError when no connection can be made with one of its URLs; it says why, and never quotes it
 */
export function createPostgresSubjectRows(
  definition: PostgresDefinition,
  options: TargetDatabaseOptions & { readonly batchRows?: number } = {},
): OpenSubjectRows {
  const { url, verifyUrl } = definition;
  const database = createTargetDatabase(url.reveal(), options);
  const again = createTargetDatabase(url.reveal(), { maxConnections: 2 });
  const replica = verifyUrl === undefined ? undefined : createTargetDatabase(verifyUrl.reveal(), { maxConnections: 2 });
  const shapes = createKnownShapes(database, definition);
  const sizes = definition.tables.map(({ action }) => createBatchSize(action, options.batchRows));
  const parts = { definition, database, again, replica, shapes, sizes };
  return {
    findKey: (account, signal) => looking(parts, () => findKey(parts, account, signal)),
    count: (ids, signal) => looking(parts, () => count(parts, ids, signal)),
    progress: (effect, signal) => progress(parts, effect, signal),
    eraseBatch: (erasure, signal) => looking(parts, () => eraseBatch(parts, erasure, signal)),
    remaining: ({ ids }, signal) => looking(parts, () => remaining(parts, ids, signal)),
    close: async () => {
      await Promise.all([database.close(), again.close(), replica?.close()]);
    },
  };
}

/** A fault may come of a table that is another one by now. */
async function looking<T>({ shapes }: Parts, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    shapes.forget();
    throw error;
  }
}

async function findKey(
  { definition, database, shapes }: Parts,
  account: Account,
  signal: AbortSignal,
): Promise<KeyLook> {
  const operation = 'rows.find-key';
  const { subject } = definition;
  if (subject === undefined) throw new TypeError('The definition looks up no key.');
  const shape = (await shapes.read(operation, signal))(subject.table);
  const parameters = createParameters();
  const whose = meets('t', subject.where, { ids: { account }, parameters, shape });
  const key = columnOf('t', shape.column(subject.key));
  const found = await database.transaction({ mode: 'read', operation, signal }, (ask) =>
    ask({
      sql: `SELECT ${key}::pg_catalog.text AS key FROM ${nameOf(subject.table)} AS t WHERE ${whose} LIMIT 2`,
      values: parameters.values,
      row: z.object({ key: z.string().nullable() }),
    }),
  );
  const [first] = found;
  if (first === undefined) return { kind: 'none' };
  // An empty key would be that of everybody who has none.
  if (found.length > 1 || first.key === null || first.key === '') return { kind: 'ambiguous' };
  return { kind: 'found', key: new Sensitive(first.key) };
}

async function count(
  { definition, database, shapes }: Parts,
  ids: SubjectIds,
  signal: AbortSignal,
): Promise<readonly HeldRows[]> {
  const operation = 'rows.count';
  const of = { ids, shapes: await shapes.read(operation, signal) };
  return await database.transaction({ mode: 'read', operation, signal }, async (ask) => {
    const held: HeldRows[] = [];
    for (const rule of definition.tables) held.push(await countHeld(ask, rule, of));
    return held;
  });
}

async function progress(
  { definition, database }: Parts,
  effect: EffectKey,
  signal: AbortSignal,
): Promise<Batch | undefined> {
  const options = { mode: 'read', operation: 'rows.progress', signal } as const;
  const entries = await database.transaction(options, (ask) => readLedger(ask, effect));
  return entries.length === 0 ? undefined : batchOf(definition.tables, entries);
}

async function eraseBatch(parts: Parts, erasure: RowErasure, signal: AbortSignal): Promise<Batch> {
  let begun: BatchLimit | undefined;
  const sizeOf = (index: number, isFirst: boolean): BatchLimit => {
    const size = parts.sizes[index];
    if (size === undefined) throw new TypeError('Every table has batches of some size.');
    begun = { size, limit: size.rows(isFirst) };
    return begun;
  };
  try {
    return await eraseRows(parts, { erasure, sizeOf }, signal);
  } catch (error) {
    if (error instanceof PortFault && error.detail.code === 'timed-out') begun?.size.tookTooLong(begun.limit);
    if (!(error instanceof OvertakenError)) throw error;
    return (await progress(parts, erasure.effect, signal)) ?? batchOf(parts.definition.tables, []);
  }
}

async function eraseRows(
  { definition: { tables }, database, shapes: known }: Parts,
  { erasure, sizeOf }: Pick<NextBatch, 'erasure' | 'sizeOf'>,
  signal: AbortSignal,
): Promise<Batch> {
  const { effect } = erasure;
  const shapes = await known.read(ERASE, signal);
  return await database.transaction({ mode: 'write', operation: ERASE, signal }, async (ask) => {
    const entries = await readLedger(ask, effect);
    const entry = await eraseNext(ask, { tables, entries, erasure, shapes, sizeOf });
    if (entry === undefined) return batchOf(tables, entries);
    if (!(await enterBatch(ask, effect, entry))) throw new OvertakenError();
    return batchOf(tables, withBatch(entries, entry));
  });
}

async function remaining(
  { definition, again, replica, shapes }: Parts,
  ids: SubjectIds,
  signal: AbortSignal,
): ReturnType<SubjectRows['remaining']> {
  return await readRemaining({
    definition,
    shapes: await shapes.read('rows.verify', signal),
    ids,
    sameServer: again,
    replica,
    signal,
  });
}
