import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenAnywhere } from '../../sandbox/ports';

/** A proxy as companies have them, on the loopback interface. */
export interface ForwardProxy {
  readonly url: string;
  /** What it was asked for, in order: `CONNECT host:port`, or `GET http://host:port/…`. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts a proxy that leads every request, to whatever host and port, to the server of the URL. */
export async function startForwardProxy(serverUrl: string): Promise<ForwardProxy> {
  const target = new URL(serverUrl);
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method ?? ''} ${incoming.url ?? ''}`);
    forward(target, incoming, response);
  });
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    asked.push(`CONNECT ${incoming.url ?? ''}`);
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  const port = await listenAnywhere(server);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward(target: URL, incoming: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(incoming.url ?? '');
  const { method, headers } = incoming;
  const { hostname: host, port } = target;
  const onward = request({ host, port, path: `${pathname}${search}`, method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}
