import { existsSync } from 'node:fs';
import path from 'node:path';
import { Client, DatabaseError, escapeIdentifier, type Pool } from 'pg';
import { AccessDeniedError } from '../../ports/faults';
import { toDatabaseFault } from './database-faults';

const SCHEMA = 'account_closure';
const TABLE = `${SCHEMA}.audit_entry`;

/** Why the setup of the database cannot be done as asked. */
export type DatabaseSetupCode = 'invalid-database-url' | 'invalid-role-name' | 'no-such-role' | 'role-is-owner';

/** The setup of the database cannot be done as asked; the message says what would help. */
export class DatabaseSetupError extends Error {
  override readonly name = 'DatabaseSetupError';
  readonly code: DatabaseSetupCode;

  constructor(code: DatabaseSetupCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Brings the database to the state that this version needs. Again is harmless, and of two at once one waits for the
 * other; what fails leaves nothing behind.
 * @throws PortFault when the database is away or refuses
 * @throws DatabaseSetupError when the URL cannot be read
 */
export async function migrateDatabase(
  ownerUrl: string,
  options: { readonly onProgress?: (line: string) => void } = {},
): Promise<void> {
  const onProgress = options.onProgress ?? ((): void => undefined);
  await asOwner(ownerUrl, async (client) => {
    // Loaded here: the worker only checks, and the package is a program of its own.
    const { runner } = await import('node-pg-migrate');
    onProgress('Migrating the database, after whoever else does so now …');
    const applied = await runner({
      dbClient: client,
      dir: path.join(packageRoot(), 'migrations'),
      direction: 'up',
      migrationsSchema: SCHEMA,
      createMigrationsSchema: true,
      migrationsTable: 'migration',
      advisoryLockMode: 'wait',
      singleTransaction: true,
      // It would print whole statements, and what the server says about them.
      logger: { info: ignore, warn: ignore, error: ignore },
    });
    for (const { name } of applied) onProgress(`Applied ${name}.`);
    onProgress('The database is up to date.');
  });
}

/**
 * Lets the application's role read and write audit entries, and do nothing else with them: whatever other rights it was
 * given on them are taken away. Again is harmless.
 * @throws DatabaseSetupError when there is no such role, or it owns the table and so could do anything
 * @throws PortFault when the database is away, not migrated, or refuses
 */
export async function grantAppRole(ownerUrl: string, roleName: string): Promise<void> {
  if (!/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/.test(roleName)) {
    throw new DatabaseSetupError('invalid-role-name', 'A role name has letters, digits, hyphens and underscores.');
  }
  await asOwner(ownerUrl, async (client) => {
    await assertGrantable(client, roleName);
    const role = escapeIdentifier(roleName);
    // One transaction: a worker that runs now never finds itself without its rights. One at a time: of two grants at once
    // the server would refuse one.
    await client.query(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('${SCHEMA}'));
      REVOKE ALL ON ALL TABLES IN SCHEMA ${SCHEMA} FROM ${role};
      REVOKE ALL ON SCHEMA ${SCHEMA} FROM ${role};
      GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role};
      GRANT SELECT, INSERT ON ${TABLE} TO ${role};
      COMMIT`);
  });
}

/**
 * Resolves when the audit log can be used by this role. Changes nothing.
 * @throws RequestRefusedError with the code `run-closure-setup` when the database was not migrated far enough
 * @throws AccessDeniedError when the role was not given its rights
 * @throws UnavailableError when the database is away
 */
export async function checkDatabase(pool: Pool): Promise<void> {
  const isAllowed = await asFaults(async () => {
    // By its columns, and not by the list of migrations: the application's role may not read that.
    await pool.query(
      `SELECT sequence, closure_id, target, step, round, kind, plan_digest, outcome, recorded_at FROM ${TABLE} LIMIT 0`,
    );
    const { rowCount } = await pool.query(`SELECT 1 WHERE has_table_privilege('${TABLE}', 'INSERT')`);
    return rowCount === 1;
  });
  if (!isAllowed) throw new AccessDeniedError('audit-log', '42501');
}

async function assertGrantable(client: Client, roleName: string): Promise<void> {
  const role = await client.query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [roleName]);
  if (role.rowCount !== 1) {
    throw new DatabaseSetupError(
      'no-such-role',
      `There is no role ${roleName}: create it first (CREATE ROLE … LOGIN).`,
    );
  }
  const powerful = await client.query(
    `SELECT 1 FROM pg_catalog.pg_class
     WHERE oid = $1::regclass AND pg_has_role($2, relowner, 'MEMBER')`,
    [TABLE, roleName],
  );
  if (powerful.rowCount !== 0) {
    throw new DatabaseSetupError(
      'role-is-owner',
      `The role ${roleName} can act as the owner of the audit log, or is a superuser: give the application another one.`,
    );
  }
}

async function asOwner(ownerUrl: string, work: (client: Client) => Promise<void>): Promise<void> {
  // pg would quote the URL, with its password, in an error of its own.
  if (!URL.canParse(ownerUrl)) {
    throw new DatabaseSetupError('invalid-database-url', 'The URL of the database cannot be read.');
  }
  const client = new Client({
    connectionString: ownerUrl,
    application_name: 'account-closure setup',
    connectionTimeoutMillis: 10_000,
  });
  const connection = { isLost: false };
  client.on('error', () => {
    connection.isLost = true;
  });
  await asFaults(() => client.connect());
  try {
    await work(client);
  } catch (error) {
    // Of the runner itself, e.g. on migrations out of order: it names files, and is nothing that waiting would repair.
    const isOurs = !connection.isLost && !(error instanceof DatabaseError);
    throw isOurs ? error : toDatabaseFault(error);
  } finally {
    await client.end();
  }
}

async function asFaults<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDatabaseFault(error);
  }
}

/** The nearest folder above with a package.json: the same from the sources, from `dist` and as an installed package. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(path.join(folder, 'package.json'))) {
    if (folder === path.dirname(folder)) throw new Error('The migrations were not installed with the program.');
    folder = path.dirname(folder);
  }
  return folder;
}

function ignore(): void {
  // Nothing: see where it is passed.
}
