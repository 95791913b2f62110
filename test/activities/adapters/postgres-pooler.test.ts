import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../../../activities/adapters/database/check';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import { createReadyDatabase, queryAs } from '../../support/own-database';
import { describeAuditLog, intentOf, newClosureId } from '../ports/audit-log.contract';
import { describeTurns } from '../ports/turns.contract';

// PgBouncer in transaction mode: it refuses settings at the start of a session, and gives each transaction another one.
const serverUrl = process.env['TEST_DATABASE_URL'];
const poolerUrl = process.env['TEST_PGBOUNCER_URL'];
const isThere = serverUrl !== undefined && poolerUrl !== undefined;
const describeBehindPooler = isThere ? describe : describe.skip;
const { signal } = new AbortController();
setMaxListeners(0, signal);

interface Pooled {
  readonly database: Database;
  readonly ownerUrl: string;
  readonly close: () => Promise<void>;
}

if (isThere) {
  describeAuditLog('a PostgreSQL server behind PgBouncer', async () => {
    const { database, close } = await openPooled();
    return { auditLog: createPostgresAuditLog(database), close };
  });

  describeTurns('a PostgreSQL server behind PgBouncer', async () => {
    const { database, close } = await openPooled();
    return { turns: createPostgresTurns(database), close };
  });
}

describeBehindPooler('the application behind PgBouncer', () => {
  let pooled: Pooled;

  beforeAll(async () => {
    pooled = await openPooled(40);
  });
  afterAll(async () => {
    await pooled.close();
  });

  it('finds the database ready', async () => {
    await expect(checkDatabase(pooled.database)).resolves.toBeUndefined();
  });

  it('shares few connections of the server among many writers', async () => {
    const auditLog = createPostgresAuditLog(pooled.database);
    const turns = createPostgresTurns(pooled.database);
    const closures = Array.from({ length: 40 }, () => ({ closureId: newClosureId(), firstRunId: randomUUID() }));

    const answers = await Promise.all(
      closures.map(async (closure) => [
        await auditLog.append(intentOf(closure.closureId), signal),
        await turns.end(closure, 'expired', signal),
        await auditLog.find(intentOf(closure.closureId), 'intent', signal),
      ]),
    );

    expect(answers).toMatchObject(closures.map(({ closureId }) => [{ isNew: true }, 'recorded', intentOf(closureId)]));
  });

  it('leaves nothing in the sessions of the server', async () => {
    await createPostgresAuditLog(pooled.database).append(intentOf(newClosureId()), signal);

    const [left] = await queryAs(
      pooled.ownerUrl,
      `SELECT count(*)::int AS sessions, count(*) FILTER (WHERE state <> 'idle')::int AS busy,
         (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND database = a.datid) AS locks
       FROM pg_stat_activity AS a
       WHERE datname = current_database() AND usename LIKE 'role_test_%' GROUP BY datid`,
    );

    expect(left).toStrictEqual({ sessions: expect.any(Number), busy: 0, locks: 0 });
  });
});

async function openPooled(maxConnections = 10): Promise<Pooled> {
  const own = await createReadyDatabase(serverUrl ?? '');
  const url = new URL(own.appUrl);
  const pooler = new URL(poolerUrl ?? '');
  url.host = pooler.host;
  const database = createDatabase(url.href, { maxConnections });
  return {
    database,
    ownerUrl: own.url,
    close: async () => {
      await database.close();
      await own.drop();
    },
  };
}
