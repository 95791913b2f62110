import { z } from 'zod';
import { AUDIT_ENTRY_COLUMNS, SCHEMA, SEALED_IDENTIFIER_COLUMNS, TURN_COLUMNS } from './schema';
import type { Database } from './database';
import { databaseAway, rightsMissing } from './faults';

const OPERATION = 'database.check';

/** A server that came back as a standby, or was set so, answers every SELECT and takes no entry. */
const STATE = `
  SELECT pg_catalog.current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         pg_catalog.has_schema_privilege('${SCHEMA}', 'USAGE') AS "maySeeSchema"`;

const MISSING_RIGHTS = `
  SELECT pg_catalog.lower(privilege) || '-on-' || name AS "right"
  FROM (VALUES ('audit_entry', 'SELECT'), ('audit_entry', 'INSERT'), ('turn', 'SELECT'), ('turn', 'INSERT'),
               ('sealed_identifier', 'SELECT'), ('sealed_identifier', 'INSERT'), ('sealed_identifier', 'DELETE'))
    AS needed (name, privilege)
  WHERE NOT pg_catalog.has_table_privilege('${SCHEMA}.' || name, privilege)
  ORDER BY name, privilege DESC`;

/** By their columns, and not by the list of migrations: the application's role may not read that. */
const TABLES = [
  `SELECT ${AUDIT_ENTRY_COLUMNS} FROM ${SCHEMA}.audit_entry LIMIT 0`,
  `SELECT ${TURN_COLUMNS} FROM ${SCHEMA}.turn LIMIT 0`,
  `SELECT ${SEALED_IDENTIFIER_COLUMNS} FROM ${SCHEMA}.sealed_identifier LIMIT 0`,
];

const State = z.object({ isReadOnly: z.boolean(), maySeeSchema: z.boolean() });

/**
 * Resolves when the audit log, the turns and the vault can be read and written by this role. Changes nothing.
 * @throws RequestRefusedError with the code `run-closure-setup` when the database was not migrated far enough
 * @throws AccessDeniedError when the role lacks a right; its code says which
 * @throws UnavailableError when the database is away, or read-only
 */
export async function checkDatabase(database: Database, signal?: AbortSignal): Promise<void> {
  const [state] = await database.query({ operation: OPERATION, sql: STATE, row: State }, signal);
  if (state?.isReadOnly !== false) throw databaseAway('read-only', OPERATION);
  if (!state.maySeeSchema) throw rightsMissing(['usage-on-schema'], OPERATION);
  const missing = await database.query(
    { operation: OPERATION, sql: MISSING_RIGHTS, row: z.object({ right: z.string() }) },
    signal,
  );
  if (missing.length > 0) {
    throw rightsMissing(
      missing.map(({ right }) => right),
      OPERATION,
    );
  }
  for (const sql of TABLES) await database.query({ operation: OPERATION, sql, row: z.unknown() }, signal);
}
