import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../../../activities/adapters/database/check';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { grantAppRole, migrateDatabase } from '../../../activities/adapters/database/setup';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import {
  createOwnDatabaseWithRole,
  createReadyDatabase,
  queryAs,
  runAs,
  type OwnDatabaseWithRole,
} from '../../support/own-database';
import { describeAuditLog, intentOf, newClosureId } from '../ports/audit-log.contract';
import { describeTurns } from '../ports/turns.contract';

// Rights, locks and lost answers are those of a real server: PGlite has one session and enforces no roles.
const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();

if (serverUrl !== undefined) {
  describeAuditLog('a PostgreSQL server, as the application', async () => {
    const { database, close } = await openAsApplication(serverUrl);
    return { auditLog: createPostgresAuditLog(database), close };
  });

  describeTurns('a PostgreSQL server, as the application', async () => {
    const { database, close } = await openAsApplication(serverUrl);
    return { turns: createPostgresTurns(database), close };
  });
}

describeOnServer('the setup of a PostgreSQL server', () => {
  let own: OwnDatabaseWithRole;
  let database: Database;

  beforeAll(async () => {
    own = await createOwnDatabaseWithRole(serverUrl ?? '');
    database = createDatabase(own.appUrl);
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
  });

  it('is asked for by name while it was not done', async () => {
    const refusal = { detail: { code: 'run-closure-setup' } };

    await expect(checkDatabase(database)).rejects.toMatchObject(refusal);
    await expect(grantAppRole(own.url, own.role)).rejects.toMatchObject(refusal);
  });

  it('is done once by four who do it at once', async () => {
    const lines: string[] = [];
    const options = { onProgress: (line: string): unknown => lines.push(line) };

    await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(own.url, options)));

    expect(lines.filter((line) => line.startsWith('Applied'))).toStrictEqual([
      'Applied 0001_audit-entry.',
      'Applied 0002_turn.',
      'Applied 0003_sealed-identifier.',
    ]);
  });

  it('says that the application was given no rights yet', async () => {
    await expect(checkDatabase(database)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      detail: { operation: 'database.check', code: 'no-usage-on-schema' },
    });
  });

  it('gives the application its rights, four at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => grantAppRole(own.url, own.role)));

    await expect(checkDatabase(database)).resolves.toBeUndefined();
  });

  it.each([
    ['SELECT, INSERT ON account_closure.audit_entry', 'no-select-on-audit_entry, no-insert-on-audit_entry'],
    ['INSERT ON account_closure.audit_entry', 'no-insert-on-audit_entry'],
    ['INSERT ON account_closure.turn', 'no-insert-on-turn'],
    ['SELECT ON account_closure.turn', 'no-select-on-turn'],
    ['DELETE ON account_closure.sealed_identifier', 'no-delete-on-sealed_identifier'],
  ])('says which right is missing without %s', async (right, code) => {
    await runAs(own.url, `REVOKE ${right} FROM ${own.role}`);

    await expect(checkDatabase(database)).rejects.toMatchObject({ name: 'AccessDeniedError', detail: { code } });

    await grantAppRole(own.url, own.role);
    await expect(checkDatabase(database)).resolves.toBeUndefined();
  });

  it.each([
    [
      'TABLE account_closure.turn RENAME COLUMN attempt_id',
      'TABLE account_closure.turn RENAME COLUMN other',
      'attempt_id',
    ],
    ['TABLE account_closure.sealed_identifier RENAME', 'TABLE account_closure.other RENAME', 'sealed_identifier'],
  ])('asks to be done again for a database that was migrated by an older version: %s', async (there, back, name) => {
    await runAs(own.url, `ALTER ${there} TO other`);

    await expect(checkDatabase(database)).rejects.toMatchObject({ detail: { code: 'run-closure-setup' } });

    await runAs(own.url, `ALTER ${back} TO ${name}`);
  });

  it.each(['audit_entry', 'turn', 'sealed_identifier'])(
    'takes away what was granted beyond them on %s',
    async (table) => {
      await runAs(own.url, `GRANT ALL ON account_closure.${table} TO ${own.role}`);

      await grantAppRole(own.url, own.role);

      await expect(runAs(own.appUrl, `TRUNCATE account_closure.${table}`)).rejects.toThrow(/permission denied/);
    },
  );

  it('asks for a role that is there', async () => {
    await expect(grantAppRole(own.url, 'nobody_here')).rejects.toMatchObject({ code: 'no-such-role' });
  });

  it('refuses the owner as the application’s role', async () => {
    await expect(grantAppRole(own.url, 'postgres')).rejects.toMatchObject({ code: 'role-is-owner' });
  });

  it.each(['turn', 'sealed_identifier'])('refuses a role that owns the table %s', async (table) => {
    await runAs(own.url, `ALTER TABLE account_closure.${table} OWNER TO ${own.role}`);

    await expect(grantAppRole(own.url, own.role)).rejects.toMatchObject({ code: 'role-is-owner' });

    await runAs(own.url, `ALTER TABLE account_closure.${table} OWNER TO CURRENT_USER`);
  });

  it('names neither statement nor reason of the server when it is refused', async () => {
    await expect(migrateDatabase(own.appUrl)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: expect.stringMatching(/^The audit-log denies access \(no-right\)/),
      detail: { operation: 'database.setup', code: 'no-right' },
    });
  });
});

describeOnServer('the application’s role on a PostgreSQL server', () => {
  let own: OwnDatabaseWithRole;

  beforeAll(async () => {
    own = await createReadyDatabase(serverUrl ?? '');
    const database = createDatabase(own.appUrl);
    await createPostgresAuditLog(database).append(intentOf(newClosureId()), signal);
    await createPostgresTurns(database).end({ closureId: newClosureId(), firstRunId: 'run' }, 'expired', signal);
    await database.close();
  });
  afterAll(async () => {
    await own.drop();
  });

  it('may insert and select, and remove sealed identifiers', async () => {
    const rights = await queryAs(
      own.appUrl,
      `SELECT table_name || ' ' || privilege_type AS right FROM information_schema.role_table_grants
       WHERE table_schema = 'account_closure' AND grantee = current_user ORDER BY 1`,
    );

    expect(rights).toStrictEqual([
      { right: 'audit_entry INSERT' },
      { right: 'audit_entry SELECT' },
      { right: 'sealed_identifier DELETE' },
      { right: 'sealed_identifier INSERT' },
      { right: 'sealed_identifier SELECT' },
      { right: 'turn INSERT' },
      { right: 'turn SELECT' },
    ]);
  });

  it.each([
    'UPDATE account_closure.audit_entry SET round = 9',
    'DELETE FROM account_closure.audit_entry',
    'TRUNCATE account_closure.audit_entry',
    'DROP TABLE account_closure.audit_entry',
    'ALTER TABLE account_closure.audit_entry DISABLE TRIGGER ALL',
    'ALTER TABLE account_closure.audit_entry ADD COLUMN note text',
    `UPDATE account_closure.turn SET kind = 'reopened'`,
    'DELETE FROM account_closure.turn',
    'TRUNCATE account_closure.turn',
    'ALTER TABLE account_closure.turn DISABLE TRIGGER ALL',
    'UPDATE account_closure.sealed_identifier SET round = 9',
    'TRUNCATE account_closure.sealed_identifier',
    'DROP TABLE account_closure.sealed_identifier',
    'CREATE TABLE account_closure.another (id int)',
    'DROP SCHEMA account_closure CASCADE',
    'SELECT * FROM account_closure.migration',
    `SELECT setval('account_closure.audit_entry_sequence_seq', 1)`,
    'CREATE TRIGGER mine BEFORE INSERT ON account_closure.audit_entry EXECUTE FUNCTION account_closure.refuse_change()',
  ])('may not: %s', async (statement) => {
    await expect(runAs(own.appUrl, statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    'UPDATE account_closure.audit_entry SET round = 9',
    'TRUNCATE account_closure.audit_entry',
    `UPDATE account_closure.turn SET kind = 'reopened'`,
    'DELETE FROM account_closure.turn',
    'TRUNCATE account_closure.turn',
  ])('is not alone: the owner is stopped as well at: %s', async (statement) => {
    await expect(runAs(own.url, statement)).rejects.toThrow(
      /^rows of (audit_entry|turn) are never changed or removed$/,
    );
  });

  it('may not write an outcome of more than 256 KiB', async () => {
    const database = createDatabase(own.appUrl);
    const entry = { ...intentOf(newClosureId()), outcome: { text: 'x'.repeat(262_144) } };

    await expect(createPostgresAuditLog(database).append(entry, signal)).rejects.toMatchObject({
      name: 'RequestRefusedError',
      detail: { operation: 'audit-log.append', code: '23514' },
    });

    await database.close();
  });
});

async function openAsApplication(
  url: string,
): Promise<{ readonly database: Database; readonly close: () => Promise<void> }> {
  const own = await createReadyDatabase(url);
  const database = createDatabase(own.appUrl);
  return {
    database,
    close: async () => {
      await database.close();
      await own.drop();
    },
  };
}
