import { z } from 'zod';
import type { HistoryRef } from '../../ports/audit-log';
import type { Passage, Turn, Turns } from '../../ports/turns';
import type { Database } from '../database/database';
import { databaseAway } from '../database/faults';
import { INSTANT, RECORDED_AT, SCHEMA } from '../database/schema';
import { toEnd, toPass, toReopen, type Move, type NewTurn } from './next-turn';

const TABLE = `${SCHEMA}.turn`;

const COLUMNS = `number, kind, plan_digest AS "planDigest", attempt_id AS "attemptId", ${RECORDED_AT}`;

const OF_HISTORY = 'closure_id = $1 AND first_run_id = $2';

const LIST = `SELECT ${COLUMNS} FROM ${TABLE} WHERE ${OF_HISTORY} ORDER BY number`;

const LAST = `SELECT ${COLUMNS} FROM ${TABLE} WHERE ${OF_HISTORY} ORDER BY number DESC LIMIT 1`;

/** The key lets one writer in: turns are never changed, so what was decided from those before this number still holds. */
const INSERT = `
  INSERT INTO ${TABLE} (closure_id, first_run_id, number, kind, plan_digest, attempt_id)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT DO NOTHING
  RETURNING number`;

const row: z.ZodType<Turn> = z
  .object({
    number: z.int().positive(),
    kind: z.enum(['erase', 'reopened', 'withdrawn', 'expired', 'rejected']),
    planDigest: z.string().nullable(),
    attemptId: z.string().nullable(),
    recordedAt: z.string().regex(INSTANT),
  })
  .transform(({ planDigest, attemptId, ...rest }) => ({
    ...rest,
    ...(planDigest === null ? {} : { planDigest }),
    ...(attemptId === null ? {} : { attemptId }),
  }));

/** Of many writers one comes through each time: more than these at once for one closure is no coincidence. */
const MAX_TRIES = 100;

/** What a passage that failed may cost on top. */
const TAKING_BACK_MS = 5_000;

/** The turns in PostgreSQL, by a role that may insert and select and nothing else. */
export function createPostgresTurns(database: Database): Turns {
  return {
    last: async (closure, signal) => {
      const statement = { operation: 'turns.last', sql: LAST, values: valuesOf(closure), row };
      return (await database.query(statement, signal))[0];
    },
    pass: (passage, signal) => pass(database, passage, signal),
    reopen: (passage, signal) => reopen(database, passage, signal),
    end: (closure, ending, signal) =>
      take(database, { operation: 'turns.end', closure, decide: (turns) => toEnd(turns, ending) }, signal),
  };
}

async function pass(database: Database, passage: Passage, signal: AbortSignal): ReturnType<Turns['pass']> {
  const own = { mayBeWritten: false };
  const onWrite = (state: 'begun' | 'lost'): void => {
    own.mayBeWritten = state === 'begun';
  };
  try {
    const move = {
      operation: 'turns.pass',
      closure: passage,
      decide: (turns: readonly Turn[]) => toPass(turns, passage),
    };
    const answer = await take(database, { ...move, onWrite }, signal);
    signal.throwIfAborted();
    return answer;
  } catch (fault) {
    // Nobody will act on this passage: left as it is, it would refuse a withdrawal for ever. What cannot be taken back now
    // stays, on the safe side.
    if (own.mayBeWritten) await reopen(database, passage, AbortSignal.timeout(TAKING_BACK_MS)).catch(() => undefined);
    throw fault;
  }
}

function reopen(database: Database, passage: Passage, signal: AbortSignal): Promise<void> {
  const move = {
    operation: 'turns.reopen',
    closure: passage,
    decide: (turns: readonly Turn[]) => toReopen(turns, passage),
  };
  return take(database, move, signal);
}

interface Taking<Answer> {
  readonly operation: string;
  readonly closure: HistoryRef;
  readonly decide: (turns: readonly Turn[]) => Move<Answer>;
  /** `lost`: somebody else was first, and nothing was written. */
  readonly onWrite?: (state: 'begun' | 'lost') => void;
}

async function take<Answer>(database: Database, taking: Taking<Answer>, signal: AbortSignal): Promise<Answer> {
  const { operation, closure, decide, onWrite } = taking;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const turns = await database.query({ operation, sql: LIST, values: valuesOf(closure), row }, signal);
    const { answer, turn } = decide(turns);
    if (turn === undefined) return answer;
    onWrite?.('begun');
    const values = [...valuesOf(closure), (turns.at(-1)?.number ?? 0) + 1, ...columnsOf(turn)];
    // Without the signal: whoever gives up has to know what came of it. It is bounded all the same.
    const written = await database.query({ operation, sql: INSERT, values, row: z.object({ number: z.int() }) });
    if (written.length > 0) return answer;
    onWrite?.('lost');
  }
  throw databaseAway('contention', operation);
}

function valuesOf({ closureId, firstRunId }: HistoryRef): readonly unknown[] {
  return [closureId, firstRunId];
}

function columnsOf({ kind, planDigest, attemptId }: NewTurn): readonly unknown[] {
  return [kind, planDigest ?? null, attemptId ?? null];
}
