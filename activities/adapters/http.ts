import { randomUUID } from 'node:crypto';
import {
  IndeterminateAnswerError,
  PortFault,
  ThrottledError,
  UnavailableError,
  type FarEnd,
  type FaultAt,
} from '../ports/faults';

/** What the adapters need of a `fetch`: the built-in one is one, and so is what `createFetch` makes. */
export type Fetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
    readonly body?: string;
  },
) => Promise<{
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AsyncIterable<Uint8Array> | null;
}>;

/** The headers of an answer, by name in any case. */
export interface AnswerHeaders {
  readonly get: (name: string) => string | null;
}

/** Settings that every adapter over HTTP takes. */
export interface HttpSettings {
  /** How long one exchange may take, until the last byte of the answer. Default: 30 seconds. */
  readonly timeoutMs?: number;
  /** Default: the built-in one, which knows of no proxy. */
  readonly fetch?: Fetch;
}

/** Whom an adapter talks to. */
export interface HttpFarEnd extends HttpSettings {
  readonly farEnd: FarEnd;
  /** Largest answer that is read. Default: 8 MiB. */
  readonly maxBodyBytes?: number;
}

/** One request. Of it nothing but the operation's code ever gets into an error. */
export interface HttpRequest {
  /** Our code of the call, e.g. `directory.find-account`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;
/** A server that says "at once" is asked again all the same only after this: Temporal takes a delay of 0 for none at all. */
const MIN_RETRY_AFTER_MS = 1_000;
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;
/** The three forms of an HTTP date that a recipient has to read (RFC 9110, 5.6.7); only the last lacks its zone. */
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})$/;
/** The form of every request id of Microsoft's. Anything else may be anything, a name too. */
const OPAQUE_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Makes exactly one attempt, with a `client-request-id` of its own. Redirects are not followed: they come back as they are.
 * @throws UnavailableError when there is no whole answer in time: the far end may have acted all the same
 * @throws IndeterminateAnswerError when the answer is too large
 * @throws the signal's reason, as it is, when the caller aborts
 */
export async function sendOnce(to: HttpFarEnd, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { farEnd, timeoutMs } = to;
  const bounds = { farEnd, operation: request.operation, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
  return withinTime(bounds, signal, (limited) => exchange(to, request, limited));
}

/** Which call of which far end is bounded, and how long it may take. */
export interface BoundedCall {
  readonly farEnd: FarEnd;
  readonly operation: string;
  /** Default: 30 seconds. */
  readonly timeoutMs?: number;
}

/**
 * Runs the work against the far end until its time is over or the caller aborts.
 * @throws UnavailableError instead of anything but a fault of a port: errors of the network quote hosts, URLs and headers
 * @throws the signal's reason, as it is, when the caller aborts
 */
export async function withinTime<T>(
  { farEnd, operation, timeoutMs }: BoundedCall,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = (): void => {
    limit.abort();
  };
  const timer = setTimeout(stop, timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(limit.signal), whenAborted(limit.signal)]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PortFault) throw error;
    throw new UnavailableError({ farEnd, operation });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The JSON in the text.
 * @throws IndeterminateAnswerError when it is none
 */
export function parseJson(at: FaultAt, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    throw new IndeterminateAnswerError(at, 'it is not JSON');
  }
}

/**
 * How long the header asks to wait, in milliseconds: at least a second, at most a day. Reads seconds, with decimals too, and
 * HTTP dates, past ones too; `undefined` when it says nothing. The one parser for every far end.
 */
export function parseRetryAfter(header: string | null | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : httpDate(text) - now.getTime();
  if (Number.isNaN(waitMs)) return undefined;
  return Math.round(Math.min(Math.max(waitMs, MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS));
}

/** The far end's own id of the exchange, when it is an opaque one. */
export function requestIdOf(headers: AnswerHeaders): string | undefined {
  const ids = ['request-id', 'x-ms-request-id'].map((name) => headers.get(name)?.trim() ?? '');
  return ids.find((id) => OPAQUE_ID.test(id))?.toLowerCase();
}

/** Where a fault of this answer is: the call, with the answer's status and the far end's id of the exchange. */
export function faultAt(call: FaultAt, { status, headers }: Omit<HttpAnswer, 'body'>): FaultAt {
  const requestId = requestIdOf(headers);
  return { ...call, status, ...(requestId === undefined ? {} : { requestId }) };
}

/** The fault of an answer that says "later" by its status alone: 429, 408, 5xx. */
export function patienceFault(
  call: FaultAt,
  answer: Omit<HttpAnswer, 'body'>,
  now: Date,
): ThrottledError | UnavailableError | undefined {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) {
    return new ThrottledError(faultAt(call, answer), retryAfterMs);
  }
  return status === 408 || status >= 500 ? new UnavailableError(faultAt(call, answer)) : undefined;
}

/** The base URL without a slash at its end. */
export function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

async function exchange(to: HttpFarEnd, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const send: Fetch = to.fetch ?? globalThis.fetch;
  const response = await send(request.url, {
    method: request.method,
    headers: { accept: 'application/json', ...request.headers, 'client-request-id': randomUUID() },
    redirect: 'manual',
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  const { status, headers } = response;
  const at = faultAt({ farEnd: to.farEnd, operation: request.operation }, { status, headers });
  return { status, headers, body: await readBody(response.body, at, to.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES) };
}

async function readBody(body: AsyncIterable<Uint8Array> | null, at: FaultAt, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new IndeterminateAnswerError(at, 'it is too large');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The instant in milliseconds, or NaN. */
function httpDate(text: string): number {
  if (!HTTP_DATE.test(text)) return Number.NaN;
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(new Error('aborted'));
      },
      { once: true },
    );
  });
}
