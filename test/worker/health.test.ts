import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { serveHealth } from '../../worker/health';

let server: Server;
let url: string;
let isWorking: boolean;
let farEnds: Record<string, boolean>;

beforeEach(async () => {
  isWorking = true;
  farEnds = { temporal: true, database: true };
  server = await serveHealth(0, { isWorking: () => isWorking, farEnds: () => farEnds });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The server has no port.');
  url = `http://127.0.0.1:${address.port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function ask(path: string, method = 'GET'): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${url}${path}`, { method });
  return { status: response.status, body: await response.json() };
}

describe('the health of the worker', () => {
  it('is good as long as the process lives, whatever is away', async () => {
    isWorking = false;
    farEnds = { temporal: false };

    await expect(ask('/health')).resolves.toEqual({ status: 200, body: { alive: true } });
  });
});

describe('the readiness of the worker', () => {
  it('is there when it polls and every far end is there', async () => {
    await expect(ask('/ready')).resolves.toEqual({
      status: 200,
      body: { ready: true, worker: true, temporal: true, database: true },
    });
  });

  it('is not there when a far end is away: the answer says which', async () => {
    farEnds = { temporal: true, database: false };

    await expect(ask('/ready')).resolves.toEqual({
      status: 503,
      body: { ready: false, worker: true, temporal: true, database: false },
    });
  });

  it('is not there while the worker does not poll', async () => {
    isWorking = false;

    await expect(ask('/ready')).resolves.toMatchObject({ status: 503, body: { ready: false, worker: false } });
  });
});

describe('anything else', () => {
  it('is not found', async () => {
    await expect(ask('/')).resolves.toMatchObject({ status: 404 });
    await expect(ask('/ready/now')).resolves.toMatchObject({ status: 404 });
  });

  it('is refused when it is no GET', async () => {
    await expect(ask('/health', 'POST')).resolves.toMatchObject({ status: 405 });
  });
});

describe('a port that is taken', () => {
  it('is an error at once', async () => {
    const { port } = new URL(url);

    await expect(serveHealth(Number(port), { isWorking: () => true, farEnds: () => ({}) })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
