import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../../../activities/adapters/database/check';
import { createDatabase, type Database } from '../../../activities/adapters/database/database';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import { createReadyDatabase, runAs, type OwnDatabaseWithRole } from '../../support/own-database';
import { intentOf, newClosureId } from '../ports/audit-log.contract';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeOnServer = serverUrl === undefined ? describe.skip : describe;

describeOnServer('a database with settings of its own', () => {
  let own: OwnDatabaseWithRole;
  let database: Database;

  beforeEach(async () => {
    own = await createReadyDatabase(serverUrl ?? '');
    database = createDatabase(own.appUrl);
  });
  afterEach(async () => {
    await database.close();
    await own.drop();
  });

  const set = async (setting: string): Promise<void> => {
    await runAs(own.url, `ALTER DATABASE ${new URL(own.url).pathname.slice(1)} SET ${setting}`);
    await runAs(own.url, `ALTER ROLE ${own.role} SET ${setting}`);
  };

  it.each([
    [`datestyle = 'SQL, DMY'`],
    [`datestyle = 'German'`],
    [`datestyle = 'Postgres, MDY'`],
    [`timezone = 'Pacific/Kiritimati'`],
    [`intervalstyle = 'sql_standard'`],
    [`lc_time = 'C'`],
    [`search_path = 'nowhere'`],
    [`search_path = ''`],
    [`bytea_output = 'escape'`],
    [`extra_float_digits = -15`],
    [`standard_conforming_strings = off`],
    [`client_encoding = 'LATIN1'`],
    [`default_transaction_isolation = 'serializable'`],
    [`default_transaction_isolation = 'repeatable read'`],
  ])('keeps and answers the same with %s', async (setting) => {
    await set(setting);
    const auditLog = createPostgresAuditLog(database);
    const turns = createPostgresTurns(database);
    const closure = { closureId: newClosureId(), firstRunId: randomUUID() };
    const result = { ...intentOf(closure.closureId), kind: 'result' as const, outcome: { text: 'é\\"\n', ratio: 0.1 } };
    const signalOf = (): AbortSignal => new AbortController().signal;

    const written = await Promise.all(Array.from({ length: 10 }, () => auditLog.append(result, signalOf())));
    const ends = await Promise.all(Array.from({ length: 10 }, () => turns.end(closure, 'expired', signalOf())));

    await expect(checkDatabase(database)).resolves.toBeUndefined();
    const entries = await auditLog.list(closure.closureId, signalOf());
    expect(entries).toMatchObject([result]);
    expect(written.map(({ entry }) => entry)).toStrictEqual(written.map(() => entries[0]));
    expect(new Set(ends)).toStrictEqual(new Set(['recorded']));
    const last = await turns.last(closure, signalOf());
    for (const recordedAt of [entries[0]?.recordedAt, last?.recordedAt]) {
      expect(Math.abs(Date.parse(recordedAt ?? '') - Date.now())).toBeLessThan(60_000);
    }
  });

  it('is not ready when it answers and takes no entry', async () => {
    await expect(checkDatabase(database)).resolves.toBeUndefined();
    await runAs(own.url, `ALTER ROLE ${own.role} SET default_transaction_read_only = on`);
    const later = createDatabase(own.appUrl);

    await expect(checkDatabase(later)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { operation: 'database.check', code: 'read-only' },
    });
    await expect(
      createPostgresAuditLog(later).append(intentOf(newClosureId()), new AbortController().signal),
    ).rejects.toMatchObject({ name: 'UnavailableError', detail: { code: 'read-only' } });

    await later.close();
  });
});
