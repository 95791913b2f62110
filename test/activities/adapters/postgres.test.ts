import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { createPool, createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase, grantAppRole, migrateDatabase } from '../../../activities/adapters/audit-log/setup';
import { startPglite, type Database } from '../../../sandbox/database';
import { describeAuditLog, intentOf, newClosureId } from '../ports/audit-log.contract';

const { signal } = new AbortController();

describeAuditLog('PGlite over the PostgreSQL protocol', async () => {
  const database = await startPglite();
  await migrateDatabase(database.url);
  const pool = createPool(database.url);
  return {
    auditLog: createPostgresAuditLog(pool),
    close: async () => {
      await pool.end();
      await database.close();
    },
  };
});

describe('the setup of the database', () => {
  let database: Database;
  let pool: Pool;

  beforeAll(async () => {
    database = await startPglite();
    pool = createPool(database.url);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('is asked for by name while it was not done', async () => {
    const refusal = { name: 'RequestRefusedError', code: 'run-closure-setup' };

    await expect(checkDatabase(pool)).rejects.toMatchObject(refusal);
    await expect(createPostgresAuditLog(pool).append(intentOf(newClosureId()), signal)).rejects.toMatchObject(refusal);
  });

  it('tells what it applies, and does nothing the second time', async () => {
    const lines: string[] = [];
    const onProgress = (line: string): void => {
      lines.push(line);
    };

    await migrateDatabase(database.url, { onProgress });
    await migrateDatabase(database.url, { onProgress });

    expect(lines.filter((line) => line.startsWith('Applied'))).toStrictEqual(['Applied 0001_audit-entry.']);
    await expect(checkDatabase(pool)).resolves.toBeUndefined();
  });

  it.each(['UPDATE account_closure.audit_entry SET round = 9', 'DELETE FROM account_closure.audit_entry'])(
    'lets not even the owner say: %s',
    async (statement) => {
      await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('asks for a role that is there', async () => {
    await expect(grantAppRole(database.url, 'nobody_here')).rejects.toMatchObject({ code: 'no-such-role' });
  });

  it.each(['', 'a b', 'a"; DROP TABLE x; --', 'ä', '1st', 'a'.repeat(64)])(
    'takes no role by the name of %j',
    async (role) => {
      await expect(grantAppRole(database.url, role)).rejects.toMatchObject({ code: 'invalid-role-name' });
    },
  );
});

describe('faults of the database', () => {
  it('is unavailable when nobody listens', async () => {
    const pool = createPool('postgres://ada:secret@127.0.0.1:1/closures');

    const fault: unknown = await createPostgresAuditLog(pool)
      .list(newClosureId(), signal)
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({ name: 'UnavailableError' });
    expect(inspect(fault, { depth: 10, showHidden: true })).not.toMatch(/secret|SELECT|closures/);
    await expect(migrateDatabase('postgres://ada:secret@127.0.0.1:1/closures')).rejects.toMatchObject({
      name: 'UnavailableError',
    });
  });

  it('is unavailable when something else listens', async () => {
    const server = createHttpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pool = createPool(`postgres://ada@127.0.0.1:${portOf(server.address())}/closures`);

    await expect(checkDatabase(pool)).rejects.toMatchObject({ name: 'UnavailableError' });

    server.close();
  });

  it('quotes no URL that cannot be read', async () => {
    const wrong = 'postgres://ada:secret@exa mple:1/x';

    expect(() => createPool(wrong)).toThrow(/^The URL of the database cannot be read.$/);
    await expect(migrateDatabase(wrong)).rejects.toThrow(/^The URL of the database cannot be read.$/);
  });

  it.each([
    ['42501', { name: 'AccessDeniedError', code: '42501' }],
    ['28P01', { name: 'NotAuthenticatedError' }],
    ['57014', { name: 'UnavailableError' }],
    ['53300', { name: 'UnavailableError' }],
    ['40001', { name: 'UnavailableError' }],
    ['25006', { name: 'UnavailableError' }],
    ['42P01', { name: 'RequestRefusedError', code: 'run-closure-setup' }],
    ['3F000', { name: 'RequestRefusedError', code: 'run-closure-setup' }],
    ['23514', { name: 'RequestRefusedError', code: '23514' }],
  ])('turns SQLSTATE %s into a fault of the port', async (sqlState, fault) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(errorMessage(sqlState)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pool = createPool(`postgres://ada@127.0.0.1:${portOf(server.address())}/closures`);

    await expect(createPostgresAuditLog(pool).list(newClosureId(), signal)).rejects.toMatchObject(fault);

    server.close();
  });
});

/** `ErrorResponse` of the PostgreSQL protocol. */
function errorMessage(sqlState: string): Buffer {
  const fields = Buffer.from(`SERROR\0VERROR\0C${sqlState}\0MSELECT of ada\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('the server does not listen on a port');
  return address.port;
}
