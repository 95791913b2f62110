import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Pool } from 'pg';
import { createPool, createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase, grantAppRole, migrateDatabase } from '../../../activities/adapters/audit-log/setup';
import type { AuditLog } from '../../../activities/ports/audit-log';
import { startDeafProxy } from '../../support/deaf-proxy';
import { describeAuditLog, intentOf, newClosureId } from '../ports/audit-log.contract';

// Rights, locks and lost answers are those of a real server: PGlite has one session and enforces no roles.
const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();

if (serverUrl !== undefined) {
  describeAuditLog('a PostgreSQL server, as the application', async () => {
    const database = await createDatabase(serverUrl);
    await migrateDatabase(database.ownerUrl);
    await grantAppRole(database.ownerUrl, database.role);
    const pool = createPool(database.appUrl);
    return {
      auditLog: createPostgresAuditLog(pool),
      close: async () => {
        await pool.end();
        await database.drop();
      },
    };
  });
}

describeOnServer('the setup of a PostgreSQL server', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(serverUrl ?? '');
    pool = createPool(database.appUrl);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('is asked for by name while it was not done', async () => {
    await expect(checkDatabase(pool)).rejects.toMatchObject({ code: 'run-closure-setup' });
    await expect(grantAppRole(database.ownerUrl, database.role)).rejects.toMatchObject({ code: 'run-closure-setup' });
  });

  it('is done once by four who do it at once', async () => {
    const lines: string[] = [];
    const options = { onProgress: (line: string): unknown => lines.push(line) };

    await Promise.all([1, 2, 3, 4].map(() => migrateDatabase(database.ownerUrl, options)));

    expect(lines.filter((line) => line.startsWith('Applied'))).toStrictEqual(['Applied 0001_audit-entry.']);
  });

  it('says that the application was given no rights yet', async () => {
    await expect(checkDatabase(pool)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  it('gives the application its rights, four at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => grantAppRole(database.ownerUrl, database.role)));

    await expect(checkDatabase(pool)).resolves.toBeUndefined();
  });

  it('takes away what was granted beyond them', async () => {
    await runAs(database.ownerUrl, `GRANT ALL ON account_closure.audit_entry TO ${database.role}`);

    await grantAppRole(database.ownerUrl, database.role);

    await expect(pool.query('DELETE FROM account_closure.audit_entry')).rejects.toThrow(/permission denied/);
  });

  it('asks for a role that is there', async () => {
    await expect(grantAppRole(database.ownerUrl, 'nobody_here')).rejects.toMatchObject({ code: 'no-such-role' });
  });

  it('refuses the owner as the application’s role', async () => {
    await expect(grantAppRole(database.ownerUrl, 'postgres')).rejects.toMatchObject({ code: 'role-is-owner' });
  });

  it('names neither statement nor reason of the server when it is refused', async () => {
    await expect(migrateDatabase(database.appUrl)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: 'The audit-log denies access (42501).',
    });
  });
});

describeOnServer('the application’s role on a PostgreSQL server', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await createDatabase(serverUrl ?? '');
    await migrateDatabase(database.ownerUrl);
    await grantAppRole(database.ownerUrl, database.role);
    pool = createPool(database.appUrl);
    await createPostgresAuditLog(pool).append(intentOf(newClosureId()), signal);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('may insert and select', async () => {
    const { rows } = await pool.query<{ privilege_type: string }>(
      `SELECT privilege_type FROM information_schema.role_table_grants
       WHERE table_schema = 'account_closure' AND grantee = current_user ORDER BY 1`,
    );

    expect(rows.map((row) => row.privilege_type)).toStrictEqual(['INSERT', 'SELECT']);
  });

  it.each([
    'UPDATE account_closure.audit_entry SET round = 9',
    'DELETE FROM account_closure.audit_entry',
    'TRUNCATE account_closure.audit_entry',
    'DROP TABLE account_closure.audit_entry',
    'ALTER TABLE account_closure.audit_entry DISABLE TRIGGER ALL',
    'ALTER TABLE account_closure.audit_entry ADD COLUMN note text',
    'CREATE TABLE account_closure.another (id int)',
    'DROP SCHEMA account_closure CASCADE',
    'SELECT * FROM account_closure.migration',
    `SELECT setval('account_closure.audit_entry_sequence_seq', 1)`,
    'CREATE TRIGGER mine BEFORE INSERT ON account_closure.audit_entry EXECUTE FUNCTION account_closure.refuse_change()',
  ])('may not: %s', async (statement) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['UPDATE account_closure.audit_entry SET round = 9', 'TRUNCATE account_closure.audit_entry'])(
    'is not alone: the owner is stopped as well at: %s',
    async (statement) => {
      await expect(runAs(database.ownerUrl, statement)).rejects.toThrow('audit entries are never changed or removed');
    },
  );
});

describeOnServer('writing the audit log of a PostgreSQL server', () => {
  let database: TestDatabase;
  let pool: Pool;
  let auditLog: AuditLog;

  beforeAll(async () => {
    database = await createDatabase(serverUrl ?? '');
    await migrateDatabase(database.ownerUrl);
    await grantAppRole(database.ownerUrl, database.role);
    pool = createPool(database.appUrl, { maxConnections: 50 });
    auditLog = createPostgresAuditLog(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('leaves one row of fifty who write the same entry at once', async () => {
    const intent = intentOf(newClosureId());

    const answers = await Promise.all(Array.from({ length: 50 }, () => auditLog.append(intent, signal)));

    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ entry }) => JSON.stringify(entry))).size).toBe(1);
    expect(await auditLog.list(intent.closureId, signal)).toHaveLength(1);
  });

  it('leaves one row when the answer is lost after the commit and the caller tries again', async () => {
    const proxy = await startDeafProxy(database.appUrl);
    const lossy = createPool(proxy.url);
    const intents = Array.from({ length: 10 }, () => intentOf(newClosureId()));

    for (const intent of intents) {
      const answersLost = proxy.loseNextAnswer('INSERT INTO account_closure.audit_entry');
      await expect(createPostgresAuditLog(lossy).append(intent, signal)).rejects.toMatchObject({
        name: 'UnavailableError',
      });
      await answersLost;
      expect(await createPostgresAuditLog(lossy).append(intent, signal)).toMatchObject({ isNew: false });
    }

    const counts = await Promise.all(intents.map(({ closureId }) => auditLog.list(closureId, signal)));
    expect(counts.map((entries) => entries.length)).toStrictEqual(intents.map(() => 1));
    await lossy.end();
    await proxy.close();
  });

  it('gives up a lock that somebody holds for too long', async () => {
    const holder = new Client(database.ownerUrl);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE account_closure.audit_entry');
    const hasty = new Pool({ connectionString: database.appUrl, lock_timeout: 100 });

    await expect(createPostgresAuditLog(hasty).append(intentOf(newClosureId()), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
    });

    await hasty.end();
    await holder.end();
  });

  it('survives a server that ends its connections', async () => {
    const intent = intentOf(newClosureId());
    await auditLog.append(intent, signal);

    await runAs(
      database.ownerUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${database.role}'`,
    );
    // Each of the broken connections costs at most one attempt.
    let found: unknown;
    for (let attempt = 0; attempt <= 50 && found === undefined; attempt += 1) {
      found = await auditLog.find(intent, 'intent', signal).catch(() => undefined);
    }

    expect(found).toMatchObject(intent);
  });
});

interface TestDatabase {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly role: string;
  readonly drop: () => Promise<void>;
}

/** A database and a role of its own for each suite: the server may be used by others at the same time. */
async function createDatabase(url: string): Promise<TestDatabase> {
  const name = `closure_test_${randomBytes(6).toString('hex')}`;
  const role = `${name}_app`;
  await runAs(url, `CREATE DATABASE ${name}`);
  await runAs(url, `CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  const ownerUrl = new URL(url);
  ownerUrl.pathname = `/${name}`;
  const appUrl = new URL(ownerUrl);
  appUrl.username = role;
  appUrl.password = role;
  return {
    ownerUrl: ownerUrl.href,
    appUrl: appUrl.href,
    role,
    drop: async () => {
      await runAs(url, `DROP DATABASE ${name} WITH (FORCE)`);
      await runAs(url, `DROP ROLE ${role}`);
    },
  };
}

async function runAs(url: string, statement: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
