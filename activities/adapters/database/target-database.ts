import { Pool, type PoolClient, type QueryResult } from 'pg';
import { z } from 'zod';
import { databaseAway, isRolledBack, oddAnswer, toDatabaseFault } from './faults';
import { assertDatabaseUrl } from './url';
import { withinTime } from './within-time';

export { escapeIdentifier as quoted } from 'pg';

/** One statement within a transaction. It names every schema. */
export interface Statement {
  readonly sql: string;
  readonly values?: readonly unknown[];
}

/** A statement that answers with rows. Instants come as text of a fixed form. */
export interface Question<Row> extends Statement {
  readonly row: z.ZodType<Row>;
}

/** Runs statements one after the other. A fault of one ends the transaction: it is never caught within. */
export interface Ask {
  <Row>(question: Question<Row>): Promise<readonly Row[]>;
  /** How many rows the statement changed. The server counts them anyway; as rows they would be kept there to be counted. */
  readonly change: (statement: Statement) => Promise<number>;
}

/**
 * `write`: changes rows, for a few seconds at most. `read`: one snapshot, read-only, refused where rows would be hidden; types are
 * printed with their schema.
 */
export type TransactionMode = 'write' | 'read';

/** Which transaction, and who may end it. */
export interface TransactionOptions {
  readonly mode: TransactionMode;
  /** Our name of the call, e.g. `rows.erase`: faults carry it. */
  readonly operation: string;
  readonly signal: AbortSignal;
}

/**
 * Somebody's database, by transactions. Whatever is set is set for one transaction, so a pooler may give each another session.
 */
export interface TargetDatabase {
  /**
   * Commits when the work is done, and rolls back when it throws. One that failed because of others at the same time is done
   * anew, so the work may run several times; only the last run is committed. Ends at once with the signal's reason.
   * @throws PortFault of the target's database; after a fault of a write it may have been committed all the same
   */
  readonly transaction: <T>(options: TransactionOptions, work: (ask: Ask) => Promise<T>) => Promise<T>;
  /** Ends every connection. */
  readonly close: () => Promise<void>;
}

/** How a database is used, where it is to differ. */
export interface TargetDatabaseOptions {
  /** At the most; 10 when absent. */
  readonly maxConnections?: number;
  /** What connecting, and a few statements, may take on top of the server's own bounds; 15 s when absent. */
  readonly clientExtraMs?: number;
}

/** Others wait for our row locks no longer than this. */
const WRITE_MS = 5_000;
/** Others queue behind a lock that we wait for: better to come again. */
const LOCK_MS = 2_000;
/** Reads hold up nobody. */
const READ_MS = 60_000;
/** A worker that stands still in the middle of a transaction must not hold its locks. */
const IDLE_MS = 5_000;
/** Connecting, and a few statements, on top of the server's own bounds. */
const CLIENT_EXTRA_MS = 15_000;
/** Transactions at once may make one another fail, each time another one. */
const MAX_TRIES = 10;

const BOUNDS = `SET LOCAL lock_timeout = ${LOCK_MS}; SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS}`;
/**
 * What is read is believed: a policy that would hide rows is refused instead of applied, and no operator that somebody put into
 * the role's search path takes part. A write leaves both as they are, since the database's own triggers may count on them; what
 * it did is read afterwards.
 */
const UNBIASED = 'SET LOCAL row_security = off; SET LOCAL search_path = pg_catalog';
const READ = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${BOUNDS}; SET LOCAL statement_timeout = ${READ_MS}; ${UNBIASED}`;

const BEGIN: Readonly<Record<TransactionMode, string>> = {
  // A row that another one changed meanwhile is looked at anew, whatever isolation the role has by default. What was answered
  // as committed has to outlive a crash of the server, and to be in the log position that a standby is compared with.
  write: `BEGIN ISOLATION LEVEL READ COMMITTED; ${BOUNDS}; SET LOCAL statement_timeout = ${WRITE_MS};
    SELECT pg_catalog.set_config('synchronous_commit', 'on', true)
    WHERE pg_catalog.current_setting('synchronous_commit') = 'off'`,
  read: READ,
};

/**
 * The database behind the URL. Connects to nothing yet.
 * @throws RangeError when no connection can be made with such a URL; it says why, and never quotes it
 */
export function createTargetDatabase(databaseUrl: string, options: TargetDatabaseOptions = {}): TargetDatabase {
  assertDatabaseUrl(databaseUrl);
  const { maxConnections = 10, clientExtraMs = CLIENT_EXTRA_MS } = options;
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'account-closure',
    max: maxConnections,
    connectionTimeoutMillis: clientExtraMs,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 60,
    keepAlive: true,
  });
  // Of an idle connection that broke. The pool has dropped it and makes a new one; unheard, it would end the process.
  pool.on('error', ignore);
  return {
    transaction: (transaction, work) => transact({ pool, clientExtraMs }, transaction, work),
    close: () => pool.end(),
  };
}

async function transact<T>(
  { pool, clientExtraMs }: { readonly pool: Pool; readonly clientExtraMs: number },
  options: TransactionOptions,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { mode, operation, signal } = options;
  signal.throwIfAborted();
  const givenUp = new AbortController();
  try {
    return await withinTime(repeated(pool, { ...options, signal: givenUp.signal }, work), {
      timeoutMs: clientExtraMs + (mode === 'write' ? WRITE_MS : READ_MS),
      overdue: () => databaseAway('timed-out', operation, 'target-database'),
      signal,
    });
  } finally {
    givenUp.abort();
  }
}

async function repeated<T>(pool: Pool, options: TransactionOptions, work: (ask: Ask) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const tried = await onConnection(pool, options.signal, (client) => inTransaction(client, options, work)).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('value' in tried) return tried.value;
    if (!isRolledBack(tried.error)) throw faultOrDefect(tried.error, options.operation);
    if (tries === MAX_TRIES) throw toDatabaseFault(tried.error, options.operation, 'target-database');
  }
}

/** What the driver threw, so that it can be told from what the work threw. */
class DriverError extends Error {}

function faultOrDefect(error: unknown, operation: string): unknown {
  return error instanceof DriverError ? toDatabaseFault(error.cause, operation, 'target-database') : error;
}

/** A connection that anything went wrong on is not used again: with it goes whatever was not committed. */
async function onConnection<T>(pool: Pool, givenUp: AbortSignal, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(asDriverError);
  // Unheard, a connection that breaks between two statements would end the process; the next statement tells.
  client.on('error', ignore);
  const held = { yet: true };
  const release = (isBroken: boolean): void => {
    if (!held.yet) return;
    held.yet = false;
    client.release(isBroken);
  };
  const cut = (): void => {
    release(true);
  };
  givenUp.addEventListener('abort', cut, { once: true });
  try {
    givenUp.throwIfAborted();
    const value = await use(client);
    client.off('error', ignore);
    release(false);
    return value;
  } finally {
    cut();
    givenUp.removeEventListener('abort', cut);
  }
}

async function inTransaction<T>(
  client: PoolClient,
  { mode, operation }: TransactionOptions,
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  await client.query(BEGIN[mode]).catch(asDriverError);
  const value = await work(askOf(client, operation));
  const { command } = await client.query('COMMIT').catch(asDriverError);
  // The server answers so to the COMMIT of a transaction that has failed: nothing happened.
  if (command !== 'COMMIT') throw oddAnswer(operation, 'a transaction was not committed', 'target-database');
  return value;
}

function askOf(client: PoolClient, operation: string): Ask {
  const run = ({ sql, values = [] }: Statement): Promise<QueryResult<Record<string, unknown>>> =>
    client.query<Record<string, unknown>>(sql, [...values]).catch(asDriverError);
  const ask = async <Row>(question: Question<Row>): Promise<readonly Row[]> => {
    const { rows } = await run(question);
    const parsed = z.array(question.row).safeParse(rows);
    if (parsed.success) return parsed.data;
    throw oddAnswer(operation, 'a row has an unexpected form', 'target-database');
  };
  const change = async (statement: Statement): Promise<number> => {
    const { rowCount } = await run(statement);
    if (rowCount !== null) return rowCount;
    throw oddAnswer(operation, 'a change was not counted', 'target-database');
  };
  return Object.assign(ask, { change });
}

function asDriverError(cause: unknown): never {
  if (isRolledBack(cause)) throw cause;
  throw new DriverError('driver', { cause });
}

function ignore(): void {
  // Heard, and no more.
}
