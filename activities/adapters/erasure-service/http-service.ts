import { randomUUID } from 'node:crypto';
import type { Account } from '../../../workflows/contract/account';
import type { ErasureService, ServiceErasure, ServiceProgress } from '../../ports/erasure-service';
import { IndeterminateAnswerError, type FaultAt } from '../../ports/faults';
import type { HttpDefinition } from '../../ports/target-catalog';
import { faultAt, parseRetryAfter, sendOnce, trimSlash, type HttpAnswer, type HttpSettings } from '../http';
import { ErasureAnswer, itemsIn, LookupAnswer } from './answers';
import { readLocation, toUrl } from './location';
import { faultOf } from './service-faults';
import { createSigner, type Signer } from './signing';

/** How the service is reached. */
export type ServiceAddress = Pick<HttpDefinition, 'baseUrl' | 'secrets'>;

const FAR_END = 'erasure-service';
const LOOK_UP: FaultAt = { farEnd: FAR_END, operation: 'service.look-up' };
const ERASE: FaultAt = { farEnd: FAR_END, operation: 'service.erase' };
const PROGRESS: FaultAt = { farEnd: FAR_END, operation: 'service.progress' };
/** Two hundred items with all that they may say, several times over. */
const MAX_BODY_BYTES = 256 * 1024;

const OK = 200;
const ACCEPTED = 202;
const NOT_FOUND = 404;
const GONE = 410;

/**
 * A service of the http kind, by `docs/targets/erasure-service.openapi.yaml`. One signed request a call; redirects are not
 * followed. Locations are paths: the origin is always that of the definition.
 * @throws RangeError when a secret is none of Standard Webhooks
 */
export function createHttpErasureService({ baseUrl, secrets }: ServiceAddress, http: HttpSettings): ErasureService {
  const wire: Wire = { base: trimSlash(baseUrl), signer: createSigner(secrets), http };
  return {
    lookUp: async ({ closureId, purpose, account }, signal) => {
      const body = JSON.stringify({ closureId, purpose, subject: toSubject(account) });
      const call = { at: LOOK_UP, url: `${wire.base}/lookups`, id: randomUUID(), body };
      const answer = await send(wire, call, signal);
      if (answer.status !== OK) throw faultOf({ at: LOOK_UP, ids: idsOf(account), now: new Date() }, answer);
      return itemsIn(faultAt(LOOK_UP, answer), LookupAnswer, answer.body);
    },
    requestErasure: async (erasure, signal) => {
      const { closureId, round, account } = erasure;
      const body = JSON.stringify({ closureId, round, subject: toSubject(account) });
      const id = idempotencyKey(erasure);
      const call = { at: ERASE, url: `${wire.base}/erasures`, id, body, headers: { 'idempotency-key': id } };
      return toProgress(call, await send(wire, call, signal), idsOf(account));
    },
    progress: async (location, signal) => {
      const url = toUrl(location, wire.base);
      if (url === undefined) throw new IndeterminateAnswerError(PROGRESS, 'the Location is on another origin');
      const answer = await send(wire, { at: PROGRESS, url, id: randomUUID() }, signal);
      if (answer.status === NOT_FOUND || answer.status === GONE) return { kind: 'forgotten' };
      // Where to look stays as it was, whatever a further answer says.
      if (answer.status === ACCEPTED) return running(location, answer);
      return toProgress({ at: PROGRESS, url }, answer, []);
    },
  };
}

interface Wire {
  readonly base: string;
  readonly signer: Signer;
  readonly http: HttpSettings;
}

interface Call {
  readonly at: FaultAt & { readonly operation?: string };
  readonly url: string;
}

interface SignedCall extends Call {
  readonly id: string;
  /** Absent: a GET. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send({ signer, http }: Wire, call: SignedCall, signal: AbortSignal): Promise<HttpAnswer> {
  const { at, url, id, body } = call;
  const signed = { ...call.headers, ...signer({ id, at: new Date(), body: body ?? '' }) };
  const what =
    body === undefined
      ? ({ method: 'GET', headers: signed } as const)
      : ({ method: 'POST', headers: { ...signed, 'content-type': 'application/json' }, body } as const);
  const request = { operation: at.operation ?? FAR_END, url, ...what };
  return sendOnce({ ...http, farEnd: FAR_END, maxBodyBytes: MAX_BODY_BYTES }, request, signal);
}

function toProgress({ at, url }: Call, answer: HttpAnswer, ids: readonly string[]): ServiceProgress {
  if (answer.status === OK) return { kind: 'done', items: itemsIn(faultAt(at, answer), ErasureAnswer, answer.body) };
  if (answer.status !== ACCEPTED) throw faultOf({ at, ids, now: new Date() }, answer);
  const where = readLocation(answer.headers.get('location'), url, ids);
  if (where.kind === 'odd') throw new IndeterminateAnswerError(faultAt(at, answer), where.oddity);
  return running(where.path, answer);
}

function running(location: string, { headers }: HttpAnswer): ServiceProgress {
  return { kind: 'running', location, lookAgainInMs: parseRetryAfter(headers.get('retry-after'), new Date()) };
}

/** The same three are the same erasure, however often it is asked for. */
function idempotencyKey({ closureId, target, round }: ServiceErasure): string {
  return `${closureId}:${target}:${String(round)}`;
}

function toSubject({ tenantId, objectId }: Account): Account {
  return { tenantId, objectId };
}

function idsOf({ tenantId, objectId }: Account): readonly string[] {
  return [tenantId, objectId];
}
