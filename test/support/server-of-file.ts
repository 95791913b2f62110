import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { AccountClosureClient, connectTemporal, createConfirmationToken, type ObservedClosure } from '../../client';
import { FIRST_START_MS, startClosureServer, type Cast, type ClosureServer } from './closure-server';
import { cueSignal, type Cue } from './scripted-closures';

/** A closure, with all that it was requested by. */
export interface BegunClosure {
  readonly tenantId: string;
  readonly objectId: string;
  readonly token: string;
  readonly workflowId: string;
  readonly closureId: string;
  readonly runId: string;
}

/** A server with closures on it, and clients. */
export interface ServerOfFile {
  /** As a process would be told where the server is. */
  readonly env: ClosureServer['env'];
  readonly standIn: ClosureServer['standIn'];
  readonly closures: AccountClosureClient;
  /** For what the client of ours would not do. */
  readonly service: Client;
  /** Tells a scripted closure what to do. */
  readonly cue: (workflowId: string, told: Cue) => Promise<void>;
  /** Requests a closure; a scripted one is told what to do. */
  readonly begin: (told?: Cue, tenantId?: string) => Promise<BegunClosure>;
}

interface Started {
  readonly server: ClosureServer;
  readonly closures: AccountClosureClient;
  readonly service: Client;
}

async function start(cast: Cast): Promise<Started> {
  const server = await startClosureServer(cast);
  const { env } = server;
  return { server, closures: AccountClosureClient.connect({ env }), service: connectTemporal({ env }) };
}

/** Starts the server before the tests of a file, and ends it after them. To be called at the file's top level. */
export function serverOfThisFile(cast: Cast): ServerOfFile {
  let running: Started | undefined;
  const started = (): Started => {
    if (running === undefined) throw new TypeError('The server is not started yet.');
    return running;
  };
  beforeAll(async () => {
    running = await start(cast);
  }, FIRST_START_MS);
  afterAll(async () => {
    const { server, closures, service } = started();
    await closures.close();
    await service.connection.close();
    await server.close();
  });
  const cue: ServerOfFile['cue'] = (workflowId, told) =>
    started().service.workflow.getHandle(workflowId).signal(cueSignal, told);
  return {
    get env() {
      return started().server.env;
    },
    get standIn() {
      return started().server.standIn;
    },
    get closures() {
      return started().closures;
    },
    get service() {
      return started().service;
    },
    cue,
    begin: async (told, tenantId = randomUUID()) => {
      const asked = { tenantId, objectId: randomUUID(), token: createConfirmationToken() };
      const { workflowId, closureId, runId } = await started().closures.request(asked);
      if (told !== undefined) await cue(workflowId, told);
      return { ...asked, workflowId, closureId, runId };
    },
  };
}

/** A closure that has been asked for, up to the question to the person. */
export async function askedClosure(
  server: ServerOfFile,
): Promise<{ readonly status: ObservedClosure; readonly token: string }> {
  const { workflowId, token } = await server.begin();
  const status = await server.closures.wait(workflowId, { phase: 'awaitingConfirmation', timeoutMs: 30_000 });
  return { status, token };
}
