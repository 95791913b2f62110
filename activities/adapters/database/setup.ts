import { existsSync } from 'node:fs';
import path from 'node:path';
import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { toDatabaseFault } from './faults';
import { SCHEMA } from './schema';
import { assertDatabaseUrl } from './url';

const OPERATION = 'database.setup';

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
 * other; what fails leaves nothing behind. The owner's URL leads to the server itself: the lock is one of its session, which a
 * pooler in transaction mode gives to others.
 * @throws PortFault when the database is away or refuses
 * @throws DatabaseSetupError when no connection can be made with such a URL
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
 * Lets the application's role read and write audit entries and turns, and read, write and remove sealed identifiers, and do
 * nothing else with them: whatever other rights it was given on them are taken away. Again is harmless.
 * @throws DatabaseSetupError when there is no such role, or it owns a table and so could do anything
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
      GRANT SELECT, INSERT ON ${SCHEMA}.audit_entry, ${SCHEMA}.turn TO ${role};
      GRANT SELECT, INSERT, DELETE ON ${SCHEMA}.sealed_identifier TO ${role};
      COMMIT`);
  });
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
     WHERE oid IN ('${SCHEMA}.audit_entry'::regclass, '${SCHEMA}.turn'::regclass, '${SCHEMA}.sealed_identifier'::regclass)
       AND pg_has_role($1, relowner, 'MEMBER')`,
    [roleName],
  );
  if (powerful.rowCount !== 0) {
    throw new DatabaseSetupError(
      'role-is-owner',
      `The role ${roleName} can act as the owner of the audit log, or is a superuser: give the application another one.`,
    );
  }
}

async function asOwner(ownerUrl: string, work: (client: Client) => Promise<void>): Promise<void> {
  assertOwnerUrl(ownerUrl);
  const client = new Client({
    connectionString: ownerUrl,
    application_name: 'account-closure setup',
    connectionTimeoutMillis: 10_000,
  });
  const connection = { isLost: false };
  client.on('error', () => {
    connection.isLost = true;
  });
  await client.connect().catch((error: unknown) => {
    throw toDatabaseFault(error, OPERATION);
  });
  try {
    await work(client);
  } catch (error) {
    // Of the runner itself, e.g. on migrations out of order: it names files, and is nothing that waiting would repair.
    const isOurs = !connection.isLost && !(error instanceof DatabaseError);
    throw isOurs ? error : toDatabaseFault(error, OPERATION);
  } finally {
    await client.end();
  }
}

function assertOwnerUrl(ownerUrl: string): void {
  try {
    assertDatabaseUrl(ownerUrl);
  } catch (error) {
    if (error instanceof RangeError) throw new DatabaseSetupError('invalid-database-url', error.message);
    throw error;
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
