import { z } from 'zod';
import { PortFault } from '../../ports/faults';
import type { Sensitive } from '../../ports/sensitive';
import type { PostgresDefinition } from '../../ports/target-catalog';
import { createTargetDatabase, type Ask, type TargetDatabase } from '../database/target-database';
import { readReferences, readTables } from './catalogue';
import { problemsOfKeys } from './check-keys';
import { problemsOfLedger } from './check-ledger';
import { problemsOfReferences } from './check-references';
import { problemsOfTables } from './check-tables';
import { problemsOfValues, type Accepts } from './check-values';
import { errorAt, warningAt, type RowsProblem } from './problems';
import { isSameTable } from './reach';
import { readServerState, standingOf } from './replay';
import { tablesOf } from './shapes';

const OPERATION = 'rows.check';

/**
 * All that is wrong, or may be, with a definition in its database: first what concerns all of it. Reads the catalogue, and no
 * row; changes nothing. An unreachable database is a problem, and not a fault.
 */
export async function checkSubjectRows(
  definition: PostgresDefinition,
  signal: AbortSignal,
): Promise<readonly RowsProblem[]> {
  return await reached(definition.url, 'url', async (database) => [
    ...(await problemsOfDatabase(definition, database, signal)),
    ...(await problemsOfReplica(definition, database, signal)),
  ]);
}

/** Opens and closes the database. Whatever it refuses is told in the fixed text of the fault. */
async function reached(
  url: Sensitive<string>,
  path: string,
  work: (database: TargetDatabase) => Promise<readonly RowsProblem[]>,
): Promise<readonly RowsProblem[]> {
  const opened = open(url);
  if (typeof opened === 'string') return [errorAt(path, opened)];
  try {
    return await work(opened);
  } catch (error) {
    if (error instanceof PortFault) return [errorAt(path, error.message)];
    throw error;
  } finally {
    await opened.close();
  }
}

function open(url: Sensitive<string>): TargetDatabase | string {
  try {
    return createTargetDatabase(url.reveal(), { maxConnections: 1 });
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

async function problemsOfDatabase(
  definition: PostgresDefinition,
  database: TargetDatabase,
  signal: AbortSignal,
): Promise<readonly RowsProblem[]> {
  const options = { mode: 'read', operation: OPERATION, signal } as const;
  const read = await database.transaction(options, async (ask) => ({
    writing: await problemsOfWriting(ask),
    ledger: await problemsOfLedger(ask),
    tables: await readTables(ask, tablesOf(definition)),
    references: await readReferences(ask, tablesOf(definition)),
  }));
  const facts = (wanted: Parameters<typeof isSameTable>[0]): (typeof read.tables)[number] | undefined =>
    read.tables.find((table) => isSameTable(table, wanted));
  const accepts = acceptedBy(database, signal);
  return [
    ...read.writing,
    ...read.ledger,
    ...problemsOfTables(definition, facts),
    ...(await problemsOfValues(definition, facts, accepts)),
    ...(await problemsOfKeys(definition, facts, accepts)),
    ...problemsOfReferences(definition, read.references),
  ];
}

/** A statement that is refused ends its transaction, so each has one of its own. */
function acceptedBy(database: TargetDatabase, signal: AbortSignal): Accepts {
  const isAccepted = async (sql: string, values: readonly string[] = []): Promise<boolean> => {
    try {
      await database.transaction({ mode: 'read', operation: OPERATION, signal }, (ask) =>
        ask({ sql, values, row: z.unknown() }),
      );
      return true;
    } catch (error) {
      if (error instanceof PortFault && error.kind === 'request-refused') return false;
      throw error;
    }
  };
  return {
    text: (text, type) => isAccepted(`SELECT $1::text::${type}::text AS taken`, [text]),
    equality: (one, other) => isAccepted(`SELECT NULL::${one} = NULL::${other} AS equal`),
  };
}

/** A standby answers every read, and erases nothing. */
async function problemsOfWriting(ask: Ask): Promise<readonly RowsProblem[]> {
  const [state] = await ask({
    sql: `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS "isReadOnly"`,
    row: z.object({ isReadOnly: z.boolean() }),
  });
  return state?.isReadOnly === true ? [errorAt('url', 'The database is read-only: nothing can be erased there.')] : [];
}

async function problemsOfReplica(
  { verifyUrl }: PostgresDefinition,
  database: TargetDatabase,
  signal: AbortSignal,
): Promise<readonly RowsProblem[]> {
  if (verifyUrl === undefined) return [];
  const options = { mode: 'read', operation: OPERATION, signal } as const;
  const primary = await database.transaction(options, readServerState);
  return await reached(verifyUrl, 'verifyUrl', async (replica) => {
    const standing = await replica.transaction(options, (ask) => standingOf(ask, primary));
    return standing === 'no-standby'
      ? [
          warningAt(
            'verifyUrl',
            'It is no standby of the database at `url`, and so cannot show how far it has come: it is read again on the same server.',
          ),
        ]
      : [];
  });
}
