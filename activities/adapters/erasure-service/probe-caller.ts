import { randomBytes, randomUUID } from 'node:crypto';
import { Sensitive } from '../../ports/sensitive';
import type { HttpDefinition } from '../../ports/target-catalog';
import { parseRetryAfter, sendOnce, trimSlash, type HttpAnswer, type HttpRequest, type HttpSettings } from '../http';
import { createSigner, type Signer } from './signing';

/** Settings of a probe. */
export interface ProbeSettings extends HttpSettings {
  /** Waits between two looks. Default: the clock's. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A made-up person, and a made-up closure of their account. */
export interface MadeUp {
  readonly closureId: string;
  readonly subject: { readonly tenantId: string; readonly objectId: string };
}

/** A request as a check makes it, rightly or wrongly. Without a body it is a GET. */
export interface ProbeRequest {
  /** Below the base URL, or the whole URL. */
  readonly to: string;
  readonly body?: string;
  /** Default: a fresh one. */
  readonly id?: string;
  /** Replaces or adds to the headers of the signature. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How its headers are made. Default: with our secrets, now. */
  readonly signer?: (right: Signer) => Signer;
}

/** Asks the service under probe. */
export interface ProbeCaller {
  readonly target: string;
  readonly base: string;
  /** @throws PortFault when there is no whole answer */
  readonly ask: (request: ProbeRequest) => Promise<HttpAnswer>;
  readonly pause: (ms: number) => Promise<void>;
}

const MAX_BODY_BYTES = 256 * 1024;
const MAX_PATIENCE = 3;
const MAX_PAUSE_MS = 10_000;
const TOO_MANY = 429;

/** A caller for this service. @throws RangeError when a secret is none */
export function createProbeCaller(
  { name, baseUrl, secrets }: Pick<HttpDefinition, 'name' | 'baseUrl' | 'secrets'>,
  { pause, ...http }: ProbeSettings,
  signal: AbortSignal,
): ProbeCaller {
  const base = trimSlash(baseUrl);
  const right = createSigner(secrets);
  const wait = (ms: number): Promise<void> => pause(Math.min(ms, MAX_PAUSE_MS), signal);

  const askOnce = (request: ProbeRequest): Promise<HttpAnswer> => {
    const far = { ...http, farEnd: 'erasure-service', maxBodyBytes: MAX_BODY_BYTES } as const;
    return sendOnce(far, toHttpRequest(request, base, right), signal);
  };
  const ask = async (request: ProbeRequest): Promise<HttpAnswer> => {
    let answer = await askOnce(request);
    for (let patience = 0; answer.status === TOO_MANY && patience < MAX_PATIENCE; patience += 1) {
      await wait(parseRetryAfter(answer.headers.get('retry-after'), new Date()) ?? MAX_PAUSE_MS);
      answer = await askOnce(request);
    }
    return answer;
  };
  return { target: name, base, ask, pause: wait };
}

function toHttpRequest(
  { to, body, id = randomUUID(), headers, signer }: ProbeRequest,
  base: string,
  right: Signer,
): HttpRequest {
  const sign = signer === undefined ? right : signer(right);
  const signed = { ...sign({ id, at: new Date(), body: body ?? '' }), ...headers };
  const common = { operation: 'service.probe', url: to.startsWith('/') ? `${base}${to}` : to };
  return body === undefined
    ? { ...common, method: 'GET', headers: signed }
    : { ...common, method: 'POST', headers: { 'content-type': 'application/json', ...signed }, body };
}

/** Somebody who does not exist. */
export function makeUp(): MadeUp {
  return { closureId: randomUUID(), subject: { tenantId: randomUUID(), objectId: randomUUID() } };
}

/** A signer with a secret that nobody knows. */
export function strangerSigner(): Signer {
  return createSigner([new Sensitive(`whsec_${randomBytes(32).toString('base64')}`)]);
}
