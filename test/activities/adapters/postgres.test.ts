import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../../../activities/adapters/database/check';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { grantAppRole, migrateDatabase } from '../../../activities/adapters/database/setup';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import { startPglite, type Database as Pglite } from '../../../sandbox/database';
import { runAs } from '../../support/own-database';
import { describeAuditLog, intentOf, newClosureId } from '../ports/audit-log.contract';
import { describeTurns } from '../ports/turns.contract';

const { signal } = new AbortController();

let migrated: { readonly database: Database; readonly close: () => Promise<void> };

beforeAll(async () => {
  migrated = await startMigrated();
});
afterAll(async () => {
  await migrated.close();
});

const staysOpen = (): Promise<void> => Promise.resolve();
describeAuditLog('PGlite over the PostgreSQL protocol', () =>
  Promise.resolve({ auditLog: createPostgresAuditLog(migrated.database), close: staysOpen }),
);
describeTurns('PGlite over the PostgreSQL protocol', () =>
  Promise.resolve({ turns: createPostgresTurns(migrated.database), close: staysOpen }),
);

describe('the setup of the database', () => {
  let server: Pglite;
  let database: Database;

  beforeAll(async () => {
    server = await startPglite();
    database = createDatabase(server.url);
  });
  afterAll(async () => {
    await database.close();
    await server.close();
  });

  it('is asked for by name while it was not done', async () => {
    const refusal = { name: 'RequestRefusedError', detail: { code: 'run-closure-setup' } };
    const history = { closureId: newClosureId(), firstRunId: 'run' };

    await expect(checkDatabase(database)).rejects.toMatchObject(refusal);
    await expect(createPostgresAuditLog(database).append(intentOf(newClosureId()), signal)).rejects.toMatchObject(
      refusal,
    );
    await expect(createPostgresTurns(database).end(history, 'expired', signal)).rejects.toMatchObject({
      detail: { operation: 'turns.end', code: 'run-closure-setup' },
    });
  });

  it('tells what it applies, and does nothing the second time', async () => {
    const lines: string[] = [];
    const onProgress = (line: string): void => {
      lines.push(line);
    };

    await migrateDatabase(server.url, { onProgress });
    await migrateDatabase(server.url, { onProgress });

    expect(lines.filter((line) => line.startsWith('Applied'))).toStrictEqual([
      'Applied 0001_audit-entry.',
      'Applied 0002_turn.',
      'Applied 0003_sealed-identifier.',
    ]);
    await expect(checkDatabase(database)).resolves.toBeUndefined();
  });

  it.each([
    'UPDATE account_closure.audit_entry SET round = 9',
    'DELETE FROM account_closure.audit_entry',
    'UPDATE account_closure.turn SET number = 9',
    'DELETE FROM account_closure.turn',
    'TRUNCATE account_closure.turn',
  ])('lets not even the owner say: %s', async (statement) => {
    await expect(runAs(server.url, statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('asks for a role that is there', async () => {
    await expect(grantAppRole(server.url, 'nobody_here')).rejects.toMatchObject({ code: 'no-such-role' });
  });

  it.each(['', 'a b', 'a"; DROP TABLE x; --', 'ä', '1st', 'a'.repeat(64)])(
    'takes no role by the name of %j',
    async (role) => {
      await expect(grantAppRole(server.url, role)).rejects.toMatchObject({ code: 'invalid-role-name' });
    },
  );
});

async function startMigrated(): Promise<typeof migrated> {
  const server = await startPglite();
  await migrateDatabase(server.url);
  const database = createDatabase(server.url);
  return {
    database,
    close: async () => {
      await database.close();
      await server.close();
    },
  };
}
