import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from './machine';
import { usablePort } from './ports';

/** A running PostgreSQL in memory, in a thread of this process. For development and tests only. */
export interface Database {
  /** For `DATABASE_URL`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Several of them, in one thread. */
export interface Databases {
  /** In the order that they were asked for. */
  readonly urls: readonly string[];
  readonly close: () => Promise<void>;
}

/** How a database begins. */
export interface DatabaseOptions {
  readonly port?: number;
  /** Run as its owner before anybody connects. */
  readonly sql?: string;
  /** Whose rights every connection has, whatever name it gives; without one it is the owner, who may do everything. */
  readonly role?: string;
}

const HOST = '127.0.0.1';

/**
 * Starts PGlite behind the PostgreSQL protocol on the loopback interface, for up to 20 connections; several may run in one process.
 * @throws PortTakenError when the port that was asked for is in use.
 */
export async function startPglite(options: DatabaseOptions = {}): Promise<Database> {
  const { urls, close } = await startPglites([options]);
  return { url: urls[0] ?? '', close };
}

/**
 * Starts several, which know nothing of one another, sooner than one by one.
 * @throws PortTakenError when a port that was asked for is in use
 * @throws Error of PostgreSQL when it does not take the statements
 */
export async function startPglites(wanted: readonly DatabaseOptions[]): Promise<Databases> {
  const databases = await Promise.all(
    wanted.map(async (options) => ({ ...options, port: await usablePort(options.port, 'the database') })),
  );
  const thread = new Worker(path.join(packageRoot(), 'sandbox', 'pglite-thread.cjs'), {
    workerData: { host: HOST, databases },
  });
  await once(thread, 'message');
  return {
    urls: databases.map(
      ({ port, role }) => `postgres://${role ?? 'postgres'}@${HOST}:${port}/postgres?sslmode=disable`,
    ),
    close: async () => {
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}
