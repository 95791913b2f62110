import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { hasCode } from './error-code';

const LOOPBACK = '127.0.0.1';

/** A port that was asked for by number is in use. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(port: number, purpose: string) {
    super(
      `Port ${port}, wanted for ${purpose}, is taken by another program. Stop that program or choose another port.`,
    );
    this.name = 'PortTakenError';
    this.port = port;
  }
}

/**
 * The port that was asked for, or one that the system chooses.
 * @throws PortTakenError when the one that was asked for is in use.
 */
export async function usablePort(wanted: number | undefined, purpose: string): Promise<number> {
  if (wanted === undefined || wanted === 0) return freePort();
  await assertPortIsFree(wanted, purpose);
  return wanted;
}

/** A port of the loopback interface on which nothing listens, and which the system will not hand out for a while. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenAnywhere(server);
  await leaveInTimeWait(server, port);
  server.close();
  await once(server, 'close');
  return port;
}

/** Has the server listen on the loopback interface, on a port that the system chooses. Answers the port. */
export async function listenAnywhere(server: Server): Promise<number> {
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return portOf(server);
}

/**
 * Makes sure that nothing listens on this port of the loopback interface.
 * @throws PortTakenError when something does.
 */
export async function assertPortIsFree(port: number, purpose: string): Promise<void> {
  const claim = await claimPort(port);
  if (claim === undefined) throw new PortTakenError(port, purpose);
  await claim.close();
}

/** A port that is held for as long as its owner lives, so that others know that something is his. */
export interface Claim {
  readonly close: () => Promise<void>;
}

/** Takes a port of the loopback interface as a sign for others; `undefined` when it is taken. */
export async function claimPort(port: number): Promise<Claim | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  const listening = once(server, 'listening');
  server.listen(port, LOOPBACK);
  try {
    await listening;
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return undefined;
    throw error;
  }
  return {
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Whether something accepts connections on this port of the loopback interface. */
export async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** A connection that the listening side closes first holds the port in TIME_WAIT: others get it only by asking. */
async function leaveInTimeWait(server: Server, port: number): Promise<void> {
  server.once('connection', (accepted) => accepted.end());
  const socket = connect(port, LOOPBACK);
  socket.resume();
  await once(socket, 'close');
}

/** The port that the server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a TCP port.');
  return address.port;
}
