import { Pool } from 'pg';
import { z } from 'zod';
import { databaseAway, isRolledBack, oddAnswer, toDatabaseFault, type DatabaseFarEnd } from './faults';
import { assertDatabaseUrl } from './url';
import { withinTime } from './within-time';

/** One statement, a transaction of its own. It names every schema, and brings instants as text of a fixed form. */
export interface Statement<Row> {
  /** Our name of the call, e.g. `audit-log.append`: faults carry it. */
  readonly operation: string;
  /** Whose faults they are; the audit log's when it is left out. */
  readonly farEnd?: DatabaseFarEnd;
  readonly sql: string;
  readonly values?: readonly unknown[];
  readonly row: z.ZodType<Row>;
}

/**
 * The database, by connections that are made when they are needed. Depends on no session: nothing is set in it, prepared or
 * locked, so a pooler may give each statement another one.
 */
export interface Database {
  /**
   * The rows of one statement. Bounded in time; ends at once with the signal's reason, while the statement itself may go on.
   * @throws PortFault of the statement's far end, with a `DatabaseFaultCode`
   */
  readonly query: <Row>(statement: Statement<Row>, signal?: AbortSignal) => Promise<readonly Row[]>;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
}

/** An answer that takes longer is given up. */
const TIMEOUT_MS = 10_000;

/** The driver frees a connection whose answer was given up; after us, because it does not say why. */
const FREED_LATER_MS = 1_000;

/** Statements at once may make one another fail, each time another one; one of them always comes through. */
const MAX_TRIES = 20;

/**
 * The database behind the URL. Connects to nothing yet.
 * @throws RangeError when no connection can be made with such a URL; it says why, and never quotes it
 */
export function createDatabase(
  databaseUrl: string,
  options: { readonly maxConnections?: number; readonly timeoutMs?: number } = {},
): Database {
  assertDatabaseUrl(databaseUrl);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const freesAfterMs = timeoutMs + FREED_LATER_MS;
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'account-closure',
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: freesAfterMs,
    idleTimeoutMillis: 30_000,
    // After a failover the name leads to another server: a connection that still answers, read-only, must not be kept for ever.
    maxLifetimeSeconds: 60,
    keepAlive: true,
    // Ends the connection. Time-outs of the server would be settings of the session, which poolers refuse.
    query_timeout: freesAfterMs,
  });
  // Of an idle connection that broke. The pool has dropped it and makes a new one; unheard, it would end the process.
  pool.on('error', () => undefined);
  return {
    query: async (statement, signal) => {
      signal?.throwIfAborted();
      const { operation, farEnd, row } = statement;
      const overdue = (): Error => databaseAway('timed-out', operation, farEnd);
      const rows = await withinTime(run(pool, statement), { timeoutMs, overdue, signal });
      const parsed = z.array(row).safeParse(rows);
      if (parsed.success) return parsed.data;
      throw oddAnswer(operation, 'a row has an unexpected form', farEnd);
    },
    close: () => pool.end(),
  };
}

async function run(pool: Pool, { operation, farEnd, sql, values = [] }: Statement<unknown>): Promise<unknown> {
  for (let tries = 1; ; tries += 1) {
    const tried = await rowsOf(pool, sql, values).then(
      (rows) => ({ rows }),
      (error: unknown) => ({ error }),
    );
    if ('rows' in tried) return tried.rows;
    if (!isRolledBack(tried.error) || tries === MAX_TRIES) throw toDatabaseFault(tried.error, operation, farEnd);
  }
}

/** The driver also throws before it has begun: whatever it is, it comes as a rejection. */
async function rowsOf(pool: Pool, sql: string, values: readonly unknown[]): Promise<unknown> {
  return (await pool.query<unknown[]>(sql, [...values])).rows;
}
