import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { Answer, Call } from './answers';
import type { FaultBook, FaultEffect } from './faults';
import { graphErrorBody, usualCodeOf } from './graph-errors';
import { deviationsOfAnswer } from './metadata';
import { answer, type Router } from './router';

/** A request as it arrived. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query, percent-encoded as it was sent. */
  readonly path: string;
  /** The caller's `client-request-id` header. */
  readonly clientRequestId: string | undefined;
  /** All that came with it, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body as text; empty when there was none. */
  readonly body: string;
}

/** The HTTP side of the stand-in. */
export interface EntraServer {
  readonly requests: readonly RecordedRequest[];
  readonly listen: (port: number, host: string) => Promise<AddressInfo>;
  readonly close: () => Promise<void>;
}

interface Inside {
  readonly router: Router;
  readonly faults: FaultBook;
  readonly requests: RecordedRequest[];
  readonly closing: AbortSignal;
  readonly nextOrdinal: () => number;
}

const HTML = '<html><body><h1>Bad gateway</h1></body></html>';

async function bodyTextOf(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  const texts: string[] = [];
  for await (const text of request) {
    texts.push(String(text));
  }
  return texts.join('');
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** An answer, or a text in place of its body. */
interface Reply extends Answer {
  readonly text?: string;
}

/** One request on its way to an answer. */
interface Exchange {
  readonly call: Call;
  readonly authorization: string | undefined;
  readonly response: ServerResponse;
}

/** The answer that a fault gives in place of the handler's. */
function answerOf({ status, retryAfter, body, code }: Extract<FaultEffect, { kind: 'status' }>): Reply {
  const headers = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  if (body === 'none' || status === 204) {
    return { status, headers };
  }
  if (body === 'html') {
    return { status, headers: { ...headers, 'Content-Type': 'text/html' }, text: HTML };
  }
  return body === undefined
    ? { status, headers, refusal: { code: code ?? usualCodeOf(status), message: '' } }
    : { status, headers, body };
}

/** Whether the caller is still there after the wait. */
async function hang(response: ServerResponse, ms: number, closing: AbortSignal): Promise<boolean> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  return delay(ms, true, { signal: AbortSignal.any([gone.signal, closing]) }).catch(() => false);
}

/** Every good answer of Graph has to fit the metadata: a stand-in that drifts fails loudly instead of teaching falsehoods. */
function assertFitsMetadata({ url }: Call, { status, body }: Answer): void {
  const deviations =
    url.pathname.startsWith('/v1.0/') && status < 300 && body !== undefined ? deviationsOfAnswer(body) : [];
  if (deviations.length > 0) {
    throw new Error(`The stand-in does not fit the Graph metadata: ${deviations.join('; ')}.`);
  }
}

function send(inside: Inside, { call, response }: Exchange, reply: Reply): void {
  const requestId = reply.headers?.['request-id'] ?? randomUUID();
  const { clientRequestId } = call;
  const body =
    reply.refusal === undefined
      ? reply.body
      : graphErrorBody(reply.refusal, { requestId, clientRequestId, ordinal: inside.nextOrdinal() });
  const text = reply.text ?? (body === undefined ? '' : JSON.stringify(body));
  response.writeHead(reply.status, {
    ...(text !== '' && { 'Content-Type': 'application/json;odata.metadata=minimal;charset=utf-8' }),
    ...reply.headers,
    'request-id': requestId,
    'client-request-id': clientRequestId,
  });
  response.end(text);
}

/** The fault that hits the request, when one does; the hooks before it have run. */
function takeFault(faults: FaultBook, { method, url }: Call): FaultEffect | undefined {
  const effects = faults.take(method, `${url.pathname}${url.search}`);
  for (const effect of effects) {
    if (effect.kind === 'before') {
      effect.run();
    }
  }
  return effects.find(({ kind }) => kind !== 'before');
}

/** What the fault leaves of the answer, after the effect; `undefined`: nothing. */
function spoil(reply: Answer, fault: FaultEffect | undefined): Reply | undefined {
  if (fault?.kind === 'loseAnswer') {
    return undefined;
  }
  return fault?.kind === 'malformed' ? { status: 200, text: fault.body } : reply;
}

/** Handles the request; `undefined` when its answer is to be lost. */
async function replyTo(inside: Inside, { call, authorization, response }: Exchange): Promise<Reply | undefined> {
  const fault = takeFault(inside.faults, call);
  if (fault?.kind === 'status') {
    return answerOf(fault);
  }
  const isThereAfter = async (kind: 'hang' | 'holdAnswer'): Promise<boolean> =>
    fault?.kind !== kind || (await hang(response, fault.ms, inside.closing));
  if (!(await isThereAfter('hang'))) {
    return undefined;
  }
  const reply = await answer(inside.router, call, authorization);
  assertFitsMetadata(call, reply);
  return (await isThereAfter('holdAnswer')) ? spoil(reply, fault) : undefined;
}

async function serve(inside: Inside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const origin = `http://${headerOf(request, 'host') ?? 'localhost'}`;
  const path = request.url ?? '/';
  if (path === '/health') {
    response.writeHead(200).end();
    return;
  }
  const method = request.method ?? 'GET';
  const clientRequestId = headerOf(request, 'client-request-id');
  const bodyText = await bodyTextOf(request);
  inside.requests.push({ method, path, clientRequestId, headers: request.headers, body: bodyText });
  const call: Call = {
    method,
    url: new URL(`${origin}${path}`),
    params: [],
    tenantIds: [],
    bodyText,
    origin,
    clientRequestId: clientRequestId ?? randomUUID(),
  };
  const exchange: Exchange = { call, authorization: headerOf(request, 'authorization'), response };
  const reply = await replyTo(inside, exchange);
  if (reply === undefined) {
    response.destroy();
    return;
  }
  send(inside, exchange, reply);
}

/** What the stand-in did not expect: its own defects, said aloud, and callers who go away in the middle of a body. */
function failLoudly(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'Content-Type': 'text/plain' }).end(String(error));
}

function listenOn(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on ${host} is taken: choose another one for the directory stand-in.`, { cause })
          : cause,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') {
        resolve(address);
      }
    });
  });
}

/** An HTTP server for the routes, with faults; not listening yet. */
export function createEntraServer(router: Router, faults: FaultBook): EntraServer {
  const closing = new AbortController();
  // One listener for each request that hangs.
  setMaxListeners(Number.POSITIVE_INFINITY, closing.signal);
  let ordinal = 0;
  const requests: RecordedRequest[] = [];
  const nextOrdinal = (): number => ordinal++;
  const inside: Inside = { router, faults, requests, closing: closing.signal, nextOrdinal };
  const server = createServer((request, response) => {
    serve(inside, request, response).catch((error: unknown) => {
      failLoudly(response, error);
    });
  });
  return {
    requests,
    listen: (port, host) => listenOn(server, port, host),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
