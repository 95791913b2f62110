// PGlite behind the PostgreSQL protocol, in a thread of its own: its statements block the thread that runs them, and
// Jest cannot load it in the thread of a test.
const { parentPort, workerData } = require('node:worker_threads');
const { PGlite } = require('@electric-sql/pglite');
const { PGLiteSocketServer } = require('@electric-sql/pglite-socket');

// All connections share one backend, which takes one statement at a time; more would only wait longer.
const MAX_CONNECTIONS = 20;

async function main() {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, ...workerData, maxConnections: MAX_CONNECTIONS });
  await server.start();
  parentPort.once('message', async () => {
    await server.stop();
    await db.close();
    parentPort.close();
  });
  parentPort.postMessage('ready');
}

void main();
