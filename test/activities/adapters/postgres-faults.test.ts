import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../../../activities/adapters/database/check';
import { createDatabase } from '../../../activities/adapters/database/database';
import { migrateDatabase } from '../../../activities/adapters/database/setup';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import { newClosureId } from '../ports/audit-log.contract';
import { listenAnywhere } from '../../../sandbox/ports';

const { signal } = new AbortController();
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

describe('a database that is away', () => {
  it('tells that nobody listens, and nothing else', async () => {
    const url = 'postgres://ada:secret@127.0.0.1:1/closures';

    const fault = await faultOf(url);

    expect(fault).toMatchObject({
      name: 'UnavailableError',
      message: 'The audit-log did not answer (connection-refused).',
      detail: { operation: 'audit-log.list', code: 'connection-refused' },
    });
    expect(inspect(fault, { depth: 10, showHidden: true })).not.toMatch(/secret|SELECT|closures/);
    await expect(migrateDatabase(url)).rejects.toMatchObject({
      name: 'UnavailableError',
      detail: { operation: 'database.setup', code: 'connection-refused' },
    });
  });

  it('tells that there is no such host', async () => {
    expect(await faultOf('postgres://ada@database.invalid/closures')).toMatchObject({
      name: 'UnavailableError',
      detail: { code: 'host-not-found' },
    });
  });

  it('tells that nobody listens at a Unix socket', async () => {
    expect(await faultOf('postgres://ada@/closures?host=/tmp/no-such-folder')).toMatchObject({
      detail: { code: 'connection-refused' },
    });
  });

  it('tells that the connection broke', async () => {
    const url = await listen(createServer((socket) => socket.destroy()));

    expect(await faultOf(url)).toMatchObject({ name: 'UnavailableError', detail: { code: 'connection-lost' } });
  });

  it('tells that something else listens', async () => {
    const url = await listen(createHttpServer());

    expect(await faultOf(url)).toMatchObject({ name: 'UnavailableError', detail: { code: 'connection-lost' } });
  });

  it('tells that the server has no TLS', async () => {
    const url = await listen(createServer((socket) => socket.once('data', () => socket.end('N'))));

    expect(await faultOf(`${url}?sslmode=verify-full`)).toMatchObject({ detail: { code: 'tls' } });
  });

  it('tells that TLS fails', async () => {
    const url = await listen(
      createServer((socket) =>
        socket.once('data', () => {
          socket.write('S');
          socket.once('data', () => socket.end('this is no TLS'));
        }),
      ),
    );

    expect(await faultOf(`${url}?sslmode=verify-full`)).toMatchObject({ detail: { code: 'tls' } });
  });

  it('tells that it answers nothing in time, and of which call', async () => {
    const database = createDatabase(await listen(createServer(() => undefined)), { timeoutMs: 200 });
    const turns = createPostgresTurns(database);

    await expect(turns.last({ closureId: newClosureId(), firstRunId: 'run' }, signal)).rejects.toMatchObject({
      name: 'UnavailableError',
      farEnd: 'audit-log',
      detail: { operation: 'turns.last', code: 'timed-out' },
    });
    await expect(checkDatabase(database)).rejects.toMatchObject({
      detail: { operation: 'database.check', code: 'timed-out' },
    });
  });

  it('lets a caller go at once, with the reason of its signal', async () => {
    const database = createDatabase(await listen(createServer(() => undefined)));
    const leaving = new AbortController();
    const waiting = createPostgresAuditLog(database).list(newClosureId(), leaving.signal);

    leaving.abort(new Error('the attempt was cancelled'));

    await expect(waiting).rejects.toThrow('the attempt was cancelled');
  });
});

describe('a database that refuses', () => {
  it.each([
    ['42501', 'AccessDeniedError', 'no-right'],
    ['28P01', 'NotAuthenticatedError', 'not-authenticated'],
    ['28000', 'NotAuthenticatedError', 'not-authenticated'],
    ['42P01', 'RequestRefusedError', 'run-closure-setup'],
    ['42703', 'RequestRefusedError', 'run-closure-setup'],
    ['3F000', 'RequestRefusedError', 'run-closure-setup'],
    ['3D000', 'RequestRefusedError', 'no-such-database'],
    ['23514', 'RequestRefusedError', '23514'],
    ['57014', 'UnavailableError', 'timed-out'],
    ['55P03', 'UnavailableError', 'timed-out'],
    ['53300', 'UnavailableError', 'too-many-connections'],
    ['53100', 'UnavailableError', 'out-of-resources'],
    ['57P01', 'UnavailableError', 'shutting-down'],
    ['57P03', 'UnavailableError', 'not-ready'],
    ['57P05', 'UnavailableError', 'connection-lost'],
    ['25006', 'UnavailableError', 'read-only'],
    ['08P01', 'UnavailableError', 'protocol'],
    ['08006', 'UnavailableError', 'connection-lost'],
    ['40001', 'UnavailableError', 'contention'],
    ['58030', 'UnavailableError', 'server-error'],
    ['XX001', 'UnavailableError', 'server-error'],
  ])('by SQLSTATE %s is told as %s (%s)', async (sqlState, name, code) => {
    const url = await listen(createServer((socket) => socket.once('data', () => socket.end(errorMessage(sqlState)))));

    expect(await faultOf(url)).toMatchObject({ name, detail: { operation: 'audit-log.list', code } });
  });

  it('tells that a password is asked for and there is none', async () => {
    const url = await listen(
      createServer((socket) =>
        socket.once('data', () => {
          socket.write(authentication(10, 'SCRAM-SHA-256\0\0'));
          socket.once('data', () => socket.write(authentication(11, 'r=nonce,s=c2FsdA==,i=4096')));
        }),
      ),
    );

    expect(await faultOf(url)).toMatchObject({ name: 'NotAuthenticatedError', detail: { code: 'not-authenticated' } });
  });
});

async function faultOf(url: string): Promise<unknown> {
  const database = createDatabase(url);
  closing.push(() => database.close());
  return createPostgresAuditLog(database)
    .list(newClosureId(), signal)
    .then(
      () => 'no fault',
      (error: unknown) => error,
    );
}

/** Listens on the loopback interface until the test is over. */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const port = await listenAnywhere(server);
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `postgres://ada@127.0.0.1:${String(port)}/closures`;
}

/** `ErrorResponse` of the PostgreSQL protocol. */
function errorMessage(sqlState: string): Buffer {
  return message('E', Buffer.from(`SERROR\0VERROR\0C${sqlState}\0MSELECT of ada\0\0`));
}

/** `AuthenticationSASL` (10) and `AuthenticationSASLContinue` (11) of the PostgreSQL protocol. */
function authentication(step: number, text: string): Buffer {
  return message('R', Buffer.concat([Buffer.from([0, 0, 0, step]), Buffer.from(text)]));
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
