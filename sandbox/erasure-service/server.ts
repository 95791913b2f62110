import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { problem, type Answer } from './answers';

/** A request as it arrived. */
export interface ArrivedRequest {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Byte for byte: it is what was signed. */
  readonly body: string;
}

/** The HTTP side of the service. */
export interface JsonServer {
  readonly requests: readonly ArrivedRequest[];
  readonly listen: (port: number, host: string) => Promise<AddressInfo>;
  readonly close: () => Promise<void>;
}

/** Far more than any request of the contract. */
const MAX_BODY_BYTES = 64 * 1024;

/** A server that answers with JSON; not listening yet. */
export function createJsonServer(answer: (request: ArrivedRequest) => Answer): JsonServer {
  const requests: ArrivedRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    if (body === undefined) {
      send(response, problem(413, 'too-large', 'The body is too large.'));
      return;
    }
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body };
    requests.push(request);
    send(response, answer(request));
  };
  const server = createServer((incoming, response) => {
    // The caller has gone in the middle of its request, or we are wrong: either way there is nothing to say.
    serve(incoming, response).catch(() => response.destroy());
  });
  return {
    requests,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          if (address !== null && typeof address === 'object') resolve(address);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** The whole body; `undefined`: it is too large. It is read to its end all the same, so that the answer arrives. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue;
    sizeBytes += chunk.byteLength;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return sizeBytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
