import { createServer, type Server, type ServerResponse } from 'node:http';

/** What the health server answers from. */
export interface Health {
  /** Whether the worker polls for work. */
  readonly isWorking: () => boolean;
  /** The far ends by name, and whether each is there. */
  readonly farEnds: () => Readonly<Record<string, boolean>>;
}

/**
 * `GET /health`: 200 as long as the process lives. `GET /ready`: 200 when the worker polls and every far end is there,
 * otherwise 503; the body says which is not.
 */
export async function serveHealth(port: number, health: Health): Promise<Server> {
  const server = createServer(({ method, url }, response) => {
    if (method !== 'GET') answer(response, 405, { error: 'GET only' });
    else if (url === '/health') answer(response, 200, { alive: true });
    else if (url === '/ready') answerReadiness(response, health);
    else answer(response, 404, { error: 'see /health and /ready' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}

function answerReadiness(response: ServerResponse, { isWorking, farEnds }: Health): void {
  const checks = { worker: isWorking(), ...farEnds() };
  const ready = Object.values(checks).every(Boolean);
  answer(response, ready ? 200 : 503, { ready, ...checks });
}

function answer(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
