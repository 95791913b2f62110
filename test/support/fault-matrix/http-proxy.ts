import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenAnywhere } from '../../../sandbox/ports';
import type { FaultProxy } from './postgres-proxy';
import type { FarEndName, Handling, Watch } from './watch';
import { idsIn, withoutIds } from './wording';

/** One request, whole. */
interface Arrived {
  readonly incoming: IncomingMessage;
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['rawHeaders'];
  readonly body: Buffer;
}

/** Starts a proxy on the loopback interface before an HTTP server: it knows every request, and whose it is. */
export async function startHttpFaultProxy(serverUrl: string, farEnd: FarEndName, watch: Watch): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const server = createServer((incoming, response) => {
    // Whoever has gone in the middle of it is not answered.
    handle({ target, farEnd, watch }, incoming, response).catch(() => response.destroy());
  });
  const port = await listenAnywhere(server);
  return {
    url: `http://127.0.0.1:${String(port)}${target.pathname.replace(/\/$/, '')}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Way {
  readonly target: URL;
  readonly farEnd: FarEndName;
  readonly watch: Watch;
}

async function handle(
  { target, farEnd, watch }: Way,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '' } = incoming;
  const url = new URL(incoming.url ?? '', target);
  const body = await bodyOf(incoming);
  const what = effectOf(method, url);
  const ids = idsIn(`${url.pathname} ${body.toString('utf8')}`);
  const handling = watch.arrived({ farEnd, ids, ...(what === undefined ? {} : { what }) });
  await carriedOut(handling, response, () => forwarded({ incoming, method, url, body }));
}

async function carriedOut(
  { fault, letGo, answered }: Handling,
  response: ServerResponse,
  forward: () => Promise<Answered>,
): Promise<void> {
  if (fault === 'cut before') {
    answered();
    response.destroy();
    return;
  }
  if (fault === 'slow zombie') await letGo;
  const { status, headers, body } = await forward().finally(answered);
  if (fault === 'cut after') response.destroy();
  if (fault === undefined) response.writeHead(status, headers).end(body);
}

/** Nothing when it is a read. */
function effectOf(method: string, url: URL): string | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  // By the SAS of an export: the directory's own writes, and our proof that the SAS works, which leaves nothing behind.
  if (url.searchParams.has('sig')) return undefined;
  if (url.pathname.endsWith('/lookups')) return undefined;
  return `${method} ${withoutIds(`${url.pathname}${url.search}`)}`;
}

async function bodyOf(message: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forwarded({ incoming, method, url, body }: Arrived): Promise<Answered> {
  const onward = request(url, { method, headers: incoming.rawHeaders, agent: false });
  onward.end(body);
  const [answer]: [IncomingMessage] = await onceAnswered(onward);
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await bodyOf(answer) };
}

function onceAnswered(onward: ReturnType<typeof request>): Promise<[IncomingMessage]> {
  return new Promise((resolve, reject) => {
    onward.on('response', (answer) => {
      resolve([answer]);
    });
    onward.on('error', reject);
  });
}
