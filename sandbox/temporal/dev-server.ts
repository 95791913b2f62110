import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { TypedSearchAttributes, type SearchAttributeType } from '@temporalio/common';
import { startGuarded, type GuardedProcess } from '../guarded-process';
import { thisMachine } from '../machine';
import { isListening, usablePort } from '../ports';
import { toStderr, type OnProgress } from '../progress';
import { findServer } from './find-server';

/** A search attribute to register. */
export interface SearchAttribute {
  readonly name: string;
  readonly type: SearchAttributeType;
}

/** How to start a Temporal server for development. */
export interface TemporalOptions {
  /** Port of the server; without it the system chooses. */
  readonly port?: number;
  /** Port of the Web UI; without it the system chooses. */
  readonly uiPort?: number;
  readonly searchAttributes: readonly SearchAttribute[];
  /** File in which the server keeps its state; without it everything is gone when it stops. */
  readonly dbFilename?: string;
  readonly onProgress?: OnProgress;
}

/** A running Temporal server for development, with its Web UI. It ends with this process, however that ends. */
export interface TemporalServer {
  /** Host and port, as connections want it. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  /** What it printed last, once it has ended, by itself or by `close`. */
  readonly ended: Promise<string>;
  readonly close: () => Promise<void>;
}

/** The server did not come up. */
export class ServerNotReadyError extends Error {
  constructor(reason: string) {
    super(`The Temporal server ${reason}`);
    this.name = 'ServerNotReadyError';
  }
}

const HOST = '127.0.0.1';
const NAMESPACE = 'default';
// Half a second on a quiet machine.
const READY_WITHIN_MS = 60_000;

/**
 * Starts a Temporal server with its Web UI on the loopback interface, and returns when both answer and the search attributes are
 * registered.
 * @throws ServerNotFoundError when there is no Temporal CLI and none can be made.
 * @throws PortTakenError when a port that was asked for is in use.
 * @throws ServerNotReadyError when the server ends or does not answer in a minute.
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const executable = await findServer(thisMachine(), options.onProgress ?? toStderr);
  const port = await usablePort(options.port, 'the Temporal server');
  const uiPort = await usablePort(options.uiPort, 'the Temporal Web UI');
  const server = startGuarded([executable, 'server', 'start-dev', ...flags(options, port, uiPort)]);
  try {
    await becomeReady(server, { port, uiPort, searchAttributes: options.searchAttributes });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address: `${HOST}:${port}`,
    uiUrl: `http://${HOST}:${uiPort}`,
    namespace: NAMESPACE,
    ended: server.exited.then(server.lastOutput),
    close: server.stop,
  };
}

function flags(options: TemporalOptions, port: number, uiPort: number): readonly string[] {
  return [
    ...['--ip', HOST, '--port', String(port), '--ui-port', String(uiPort), '--namespace', NAMESPACE],
    ...['--log-level', 'warn'],
    // The server would ask the Temporal company for its newest version.
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false'],
    ...(options.dbFilename === undefined ? [] : ['--db-filename', options.dbFilename]),
    ...options.searchAttributes.flatMap(({ name, type }) => [
      '--search-attribute',
      `${name}=${TypedSearchAttributes.toMetadataType(type)}`,
    ]),
  ];
}

interface Expected {
  readonly port: number;
  readonly uiPort: number;
  readonly searchAttributes: readonly SearchAttribute[];
}

async function becomeReady(server: GuardedProcess, expected: Expected): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(expected))) {
    if (server.hasExited()) throw new ServerNotReadyError(`ended while it was starting:\n${server.lastOutput()}`);
    if (Date.now() > deadline) throw new ServerNotReadyError(`did not come up in time:\n${server.lastOutput()}`);
    await pause(50);
  }
}

async function isReady({ port, uiPort, searchAttributes }: Expected): Promise<boolean> {
  if (!(await isListening(port)) || !(await isListening(uiPort))) return false;
  const registered = await registeredSearchAttributes(port);
  return searchAttributes.every(({ name }) => registered.includes(name));
}

/** Names of the registered search attributes; none as long as the server does not answer. */
async function registeredSearchAttributes(port: number): Promise<readonly string[]> {
  const connection = Connection.lazy({ address: `${HOST}:${port}` });
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.operatorService.listSearchAttributes({ namespace: NAMESPACE }),
    );
    return Object.keys(customAttributes);
  } catch {
    // It listens before it can answer; whoever asks has a deadline.
    return [];
  } finally {
    await connection.close();
  }
}
