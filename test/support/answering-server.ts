import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach } from '@jest/globals';
import { listenAnywhere } from '../../sandbox/ports';

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `hang`: nothing is ever said. `reset`: the connection breaks. */
export type Reply =
  | 'hang'
  | 'reset'
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown };

/** A server that answers what a test wants, right or wrong. */
export interface AnsweringServer {
  readonly url: string;
  readonly requests: readonly ArrivedRequest[];
  readonly close: () => Promise<void>;
}

/** Starts a server on a free port. Texts are sent as they are, everything else as JSON. */
export async function startAnsweringServer(answer: (request: ArrivedRequest) => Reply): Promise<AnsweringServer> {
  const requests: ArrivedRequest[] = [];
  const server = createServer((incoming, response) => {
    void arrived(incoming).then((request) => {
      requests.push(request);
      const reply = answer(request);
      if (reply === 'hang') return;
      if (reply === 'reset') {
        incoming.socket.destroy();
        return;
      }
      const { status = 200, headers = {}, body = '' } = reply;
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  const port = await listenAnywhere(server);
  return { url: `http://127.0.0.1:${String(port)}`, requests, close: () => stop(server) };
}

/** A server that answers what the test has said last. */
export interface ServerOfEachTest extends AnsweringServer {
  /** What is answered from now on. */
  reply: Reply;
}

/** An answering server for the tests of the file or the `describe` in which it is called: a new one for each of them. */
export function answeringServerOfEachTest(): ServerOfEachTest {
  let reply: Reply = {};
  let server: AnsweringServer | undefined;
  const started = (): AnsweringServer => {
    if (server === undefined) throw new TypeError('The server is not started yet.');
    return server;
  };
  beforeEach(async () => {
    reply = {};
    server = await startAnsweringServer(() => reply);
  });
  afterEach(() => server?.close());
  return {
    get url() {
      return started().url;
    },
    get requests() {
      return started().requests;
    },
    close: () => started().close(),
    get reply() {
      return reply;
    },
    set reply(next) {
      reply = next;
    },
  };
}

async function arrived(incoming: IncomingMessage): Promise<ArrivedRequest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) if (chunk instanceof Uint8Array) chunks.push(chunk);
  const { method = '', url = '', headers } = incoming;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
