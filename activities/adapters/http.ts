import { randomUUID } from 'node:crypto';
import { IndeterminateAnswerError, PortFault, ThrottledError, UnavailableError, type FarEnd } from '../ports/faults';

/** The built-in `fetch`, or something that behaves like it. */
export type Fetch = typeof globalThis.fetch;

/** Settings that every adapter over HTTP takes. */
export interface HttpSettings {
  /** How long one exchange may take, until the last byte of the answer. Default: 30 seconds. */
  readonly timeoutMs?: number;
  readonly fetch?: Fetch;
}

/** Whom an adapter talks to. */
export interface HttpFarEnd extends HttpSettings {
  readonly farEnd: FarEnd;
  /** Largest answer that is read. Default: 8 MiB. */
  readonly maxBodyBytes?: number;
}

/** One request. Nothing of it ever gets into an error. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000;
/** IMF-fixdate, the only form of HTTP date that may be sent (RFC 9110, 5.6.7). */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Makes exactly one attempt, with a `client-request-id` of its own. Redirects are not followed: they come back as they are.
 * @throws UnavailableError when there is no whole answer in time: the far end may have acted all the same
 * @throws IndeterminateAnswerError when the answer is too large
 * @throws the signal's reason, as it is, when the caller aborts
 */
export async function sendOnce(to: HttpFarEnd, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  return withinTime(to, signal, (limited) => exchange(to, request, limited));
}

/**
 * Runs the work against the far end until its time is over or the caller aborts.
 * @throws UnavailableError instead of anything but a fault of a port: errors of the network quote hosts, URLs and headers
 * @throws the signal's reason, as it is, when the caller aborts
 */
export async function withinTime<T>(
  to: Pick<HttpFarEnd, 'farEnd' | 'timeoutMs'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = (): void => {
    limit.abort();
  };
  const timer = setTimeout(stop, to.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work(limit.signal), whenAborted(limit.signal)]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PortFault) throw error;
    throw new UnavailableError(to.farEnd);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The JSON in the text.
 * @throws IndeterminateAnswerError when it is none
 */
export function parseJson(farEnd: FarEnd, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse quotes the text.
    throw new IndeterminateAnswerError(farEnd, 'it is not JSON');
  }
}

/** How long the header asks to wait, in seconds or until a date; `undefined` when it does not say. At most a day. */
export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : HTTP_DATE.test(text)
      ? Date.parse(text) - now.getTime()
      : NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}

/** The fault of an answer that says "later" by its status alone: 429, 408, 5xx. */
export function patienceFault(farEnd: FarEnd, answer: HttpAnswer, now: Date): PortFault | undefined {
  const { status, headers } = answer;
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), now);
  if (status === 429 || (status === 503 && retryAfterMs !== undefined)) return new ThrottledError(farEnd, retryAfterMs);
  return status === 408 || status >= 500 ? new UnavailableError(farEnd, status) : undefined;
}

/** The base URL without a slash at its end. */
export function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

async function exchange(to: HttpFarEnd, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const send = to.fetch ?? globalThis.fetch;
  const response = await send(request.url, {
    method: request.method,
    headers: { accept: 'application/json', ...request.headers, 'client-request-id': randomUUID() },
    redirect: 'manual',
    signal,
    ...(request.body === undefined ? {} : { body: request.body }),
  });
  return { status: response.status, headers: response.headers, body: await readBody(to, response) };
}

async function readBody(to: HttpFarEnd, response: Response): Promise<string> {
  const maxBytes = to.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw new IndeterminateAnswerError(to.farEnd, 'it is too large');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
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
