import { Pool } from 'pg';
import { z } from 'zod';
import { isGuid, type Guid } from '../../../workflows/contract/account';
import type { AuditEntry, AuditLog, EffectKey, NewAuditEntry } from '../../ports/audit-log';
import { IndeterminateAnswerError } from '../../ports/faults';
import { toDatabaseFault } from './database-faults';

const COLUMNS = 'sequence, closure_id, target, step, round, kind, plan_digest, outcome, recorded_at';

const INSERT = `
  INSERT INTO account_closure.audit_entry (closure_id, target, step, round, kind, plan_digest, outcome)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT ON CONSTRAINT audit_entry_once DO NOTHING
  RETURNING ${COLUMNS}`;

const FIND = `
  SELECT ${COLUMNS} FROM account_closure.audit_entry
  WHERE closure_id = $1 AND target = $2 AND step = $3 AND round = $4 AND kind = $5`;

const LIST = `SELECT ${COLUMNS} FROM account_closure.audit_entry WHERE closure_id = $1 ORDER BY sequence`;

const row = z
  .object({
    // pg gives a bigint as text.
    sequence: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().positive()),
    closure_id: z.custom<Guid>(isGuid),
    target: z.string(),
    step: z.string(),
    round: z.int(),
    kind: z.enum(['intent', 'result']),
    plan_digest: z.string().nullable(),
    outcome: z.record(z.string(), z.unknown()).nullable(),
    recorded_at: z.date(),
  })
  .transform(
    ({ closure_id: closureId, plan_digest: planDigest, recorded_at: recordedAt, outcome, ...rest }): AuditEntry => ({
      ...rest,
      closureId,
      ...(planDigest === null ? {} : { planDigest }),
      ...(outcome === null ? {} : { outcome }),
      recordedAt: recordedAt.toISOString(),
    }),
  );

/**
 * Connections to the database, made when they are needed and bounded in time on both sides: a statement that takes
 * longer than 10 s is ended by the server, an answer that does not come in 15 s is given up.
 * @throws RangeError when the URL cannot be read
 */
export function createPool(databaseUrl: string, options: { readonly maxConnections?: number } = {}): Pool {
  // pg would quote the URL, with its password, in an error of its own.
  if (!URL.canParse(databaseUrl)) throw new RangeError('The URL of the database cannot be read.');
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'account-closure',
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    lock_timeout: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    query_timeout: 15_000,
  });
  // Of an idle connection that broke. The pool has dropped it and makes a new one; unheard, it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * The audit log in PostgreSQL, by a role that may insert and select and nothing else. A call that has begun is not
 * ended by its signal (pg cannot do that): the time-outs of the pool bound it.
 */
export function createPostgresAuditLog(pool: Pool): AuditLog {
  const load = (sql: string, values: readonly unknown[]): Promise<readonly AuditEntry[]> => loadRows(pool, sql, values);
  const find = async (effect: EffectKey, kind: AuditEntry['kind']): Promise<AuditEntry | undefined> =>
    (await load(FIND, keyOf({ ...effect, kind })))[0];
  return {
    append: async (entry, signal) => {
      signal.throwIfAborted();
      const [written] = await load(INSERT, [...keyOf(entry), entry.planDigest ?? null, jsonOf(entry.outcome)]);
      if (written !== undefined) return { entry: written, isNew: true };
      // A statement of its own, so that it sees what a concurrent writer has committed meanwhile.
      const kept = await find(entry, entry.kind);
      if (kept !== undefined) return { entry: kept, isNew: false };
      throw new IndeterminateAnswerError('audit-log', 'an entry is neither new nor there');
    },
    find: async (effect, kind, signal) => {
      signal.throwIfAborted();
      return find(effect, kind);
    },
    list: async (closureId, signal) => {
      signal.throwIfAborted();
      return load(LIST, [closureId]);
    },
  };
}

function keyOf({ closureId, target, step, round, kind }: NewAuditEntry): readonly unknown[] {
  return [closureId, target, step, round, kind];
}

function jsonOf(outcome: NewAuditEntry['outcome']): string | null {
  return outcome === undefined ? null : JSON.stringify(outcome);
}

async function loadRows(pool: Pool, sql: string, values: readonly unknown[]): Promise<readonly AuditEntry[]> {
  const { rows } = await query(pool, sql, values);
  const parsed = z.array(row).safeParse(rows);
  if (parsed.success) return parsed.data;
  throw new IndeterminateAnswerError('audit-log', 'a row has an unexpected form');
}

async function query(pool: Pool, sql: string, values: readonly unknown[]): Promise<{ readonly rows: unknown }> {
  try {
    return await pool.query(sql, [...values]);
  } catch (error) {
    throw toDatabaseFault(error);
  }
}
