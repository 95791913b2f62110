// PGlite behind the PostgreSQL protocol, in a thread of its own: its statements block the thread that runs them, and
// Jest cannot load it in the thread of a test.
const { parentPort, workerData } = require('node:worker_threads');
const { PGlite } = require('@electric-sql/pglite');
const { PGLiteSocketServer } = require('@electric-sql/pglite-socket');

// All connections share one backend, which takes one statement at a time; more would only wait longer.
const MAX_CONNECTIONS = 20;

async function main() {
  const { host, databases } = workerData;
  const stops = [];
  const first = await PGlite.create();
  // A copy of an empty one is there sooner than another new one.
  const others = await Promise.all(databases.slice(1).map(() => first.clone()));
  for (const [index, db] of [first, ...others].entries()) {
    const { port, sql, role } = databases[index];
    if (sql !== undefined) await db.exec(sql);
    // Whoever connects is asked for no name: it is this role, with its rights, for all of them.
    if (role !== undefined) await db.exec(`SET SESSION AUTHORIZATION ${role}`);
    const server = new PGLiteSocketServer({ db, host, port, maxConnections: MAX_CONNECTIONS });
    await server.start();
    stops.push(async () => {
      await server.stop();
      await db.close();
    });
  }
  parentPort.once('message', async () => {
    for (const stop of stops) await stop();
    parentPort.close();
  });
  parentPort.postMessage('ready');
}

void main();
