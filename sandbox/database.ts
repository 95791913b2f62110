import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from './machine';
import { usablePort } from './ports';

/** A running PostgreSQL in memory, in a thread of this process. For development and tests only: it enforces no roles. */
export interface Database {
  /** For `DATABASE_URL`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts PGlite behind the PostgreSQL protocol on the loopback interface, for up to 20 connections; several may run in one process.
 * @throws PortTakenError when the port that was asked for is in use.
 */
export async function startPglite(options: { readonly port?: number } = {}): Promise<Database> {
  const port = await usablePort(options.port, 'the database');
  const thread = new Worker(path.join(packageRoot(), 'sandbox', 'pglite-thread.cjs'), {
    workerData: { host: HOST, port },
  });
  await once(thread, 'message');
  return {
    url: `postgres://postgres@${HOST}:${port}/postgres?sslmode=disable`,
    close: async () => {
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}
