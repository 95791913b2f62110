import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listenAnywhere } from '../../sandbox/ports';

/** A way to a server on which answers can be lost after the effect. */
export interface DeafProxy {
  /** The server's URL, by way of this proxy. */
  readonly url: string;
  /**
   * The next request with this text reaches the server; what the server answers does not come back, and the connection
   * breaks. Resolves when that has happened.
   */
  readonly loseNextAnswer: (requestText: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a proxy on the loopback interface before the server of the URL. */
export async function startDeafProxy(serverUrl: string): Promise<DeafProxy> {
  const target = new URL(serverUrl);
  const loss: { text: string | undefined; happened: () => void } = { text: undefined, happened: () => undefined };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const isLosing = { now: false };
    client.on('data', (request) => {
      if (loss.text !== undefined && request.includes(loss.text)) isLosing.now = true;
      upstream.write(request);
    });
    upstream.on('data', (answer) => {
      if (!isLosing.now) {
        client.write(answer);
        return;
      }
      // The end of the answer to this request: the server has committed.
      if (!answer.subarray(-6).equals(READY_FOR_QUERY)) return;
      loss.text = undefined;
      client.destroy();
      upstream.destroy();
      loss.happened();
    });
    endTogether(client, upstream);
  });
  const port = await listenAnywhere(server);
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    loseNextAnswer: (requestText) =>
      new Promise((resolve) => {
        loss.text = requestText;
        loss.happened = resolve;
      }),
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** `ReadyForQuery`, idle: outside a transaction. */
const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => peer.destroy());
    socket.on('close', () => peer.destroy());
  }
}
