import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { grantAppRole, migrateDatabase } from '../../activities/adapters/database/setup';

/** A database that nobody else uses. */
export interface OwnDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** A database and a role of its own: the server may be used by others at the same time. */
export interface OwnDatabaseWithRole extends OwnDatabase {
  /** The same database as the application's role. */
  readonly appUrl: string;
  readonly role: string;
}

/** Makes a database on that server: others may use the server at the same time. */
export async function createOwnDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `closure_test_${randomBytes(6).toString('hex')}`;
  await runAs(serverUrl, `CREATE DATABASE ${name}`);
  return {
    url: withDatabase(serverUrl, name),
    drop: () => runAs(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** Makes a database and a role that may log in, and do nothing yet. */
export async function createOwnDatabaseWithRole(serverUrl: string): Promise<OwnDatabaseWithRole> {
  const database = await createOwnDatabase(serverUrl);
  const role = `role_test_${randomBytes(6).toString('hex')}`;
  await runAs(serverUrl, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  return {
    url: database.url,
    appUrl: asRole(database.url, role),
    role,
    drop: async () => {
      await database.drop();
      await runAs(serverUrl, `DROP ROLE ${role}`);
    },
  };
}

/** The same, ready for the application. */
export async function createReadyDatabase(serverUrl: string): Promise<OwnDatabaseWithRole> {
  const database = await createOwnDatabaseWithRole(serverUrl);
  await migrateDatabase(database.url);
  await grantAppRole(database.url, database.role);
  return database;
}

/** Runs statements on a connection of their own, and gives the rows of a single one. */
export async function runAs(url: string, statement: string): Promise<void> {
  await queryAs(url, statement);
}

/** The rows of one statement, on a connection of its own. */
export async function queryAs(url: string, statement: string): Promise<readonly unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The URL with another database. */
export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

function asRole(databaseUrl: string, role: string): string {
  const url = new URL(databaseUrl);
  url.username = role;
  url.password = role;
  return url.href;
}
