import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import type { AuditLog } from '../../../activities/ports/audit-log';
import { holdLock, untilSomebodyWaits } from '../../support/held-locks';
import { createReadyDatabase, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import { intentOf, newClosureId } from '../ports/audit-log.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;
const { signal } = new AbortController();

describeOnServer('a PostgreSQL server in trouble', () => {
  let own: OwnDatabaseWithRole;
  let database: Database;
  let auditLog: AuditLog;

  beforeAll(async () => {
    own = await createReadyDatabase(serverUrl ?? '');
    database = createDatabase(own.appUrl, { maxConnections: 50 });
    auditLog = createPostgresAuditLog(database);
  });
  afterAll(async () => {
    await database.close();
    await own.drop();
  });

  it('gives up a lock that somebody holds for too long, as a fault of the audit log', async () => {
    const release = await holdLock(own.url, 'account_closure.audit_entry');
    const hasty = createDatabase(own.appUrl, { timeoutMs: 300 });

    await expect(createPostgresAuditLog(hasty).append(intentOf(newClosureId()), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      farEnd: 'audit-log',
      detail: { operation: 'audit-log.append', code: 'timed-out' },
    });

    await release();
    await hasty.close();
  });

  it('lets a caller go at once while a lock is held, and writes the entry all the same', async () => {
    const intent = intentOf(newClosureId());
    const release = await holdLock(own.url, 'account_closure.audit_entry');
    const leaving = new AbortController();
    const appending = auditLog.append(intent, leaving.signal);
    await untilSomebodyWaits(own.url);

    leaving.abort(new Error('gone'));

    await expect(appending).rejects.toThrow('gone');
    await release();
    expect(await auditLog.append(intent, signal)).toMatchObject({ entry: intent });
    expect(await auditLog.list(intent.closureId, signal)).toHaveLength(1);
  });

  it('tells that the server has no connection left', async () => {
    await runAs(serverUrl ?? '', `ALTER ROLE ${own.role} CONNECTION LIMIT 0`);
    const late = createDatabase(own.appUrl);

    await expect(createPostgresAuditLog(late).list(newClosureId(), signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { code: 'too-many-connections' },
    });

    await runAs(serverUrl ?? '', `ALTER ROLE ${own.role} CONNECTION LIMIT -1`);
    await late.close();
  });

  it('survives a server that ends its connections', async () => {
    const intent = intentOf(newClosureId());
    await auditLog.append(intent, signal);

    await runAs(own.url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${own.role}'`);
    // Each of the broken connections costs at most one attempt.
    let found: unknown;
    for (let attempt = 0; attempt <= 50 && found === undefined; attempt += 1) {
      found = await auditLog.find(intent, 'intent', signal).catch(() => undefined);
    }

    expect(found).toMatchObject(intent);
  });
});
