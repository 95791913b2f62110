import { z } from 'zod';
import type { Account, Guid } from '../../../workflows/contract/account';
import { IndeterminateAnswerError } from '../../ports/faults';
import { parseJson, sendOnce, trimSlash, type HttpAnswer, type HttpRequest, type HttpSettings } from '../http';
import { faultOf, isAbsence } from './graph-errors';
import type { TokenSource } from './tokens';

/** Where Microsoft Graph is, and who we are there. */
export interface GraphSettings extends HttpSettings {
  /** With the version, e.g. `https://graph.microsoft.com/v1.0`. The token goes to this origin only. */
  readonly graphUrl: string;
  readonly tokens: TokenSource;
}

/** One call of Graph. */
export interface GraphCall {
  /** The path is below the version, with its query; ids in it are GUIDs or percent-encoded. */
  readonly path: string;
  readonly method: HttpRequest['method'];
  readonly body?: unknown;
  readonly prefer?: string;
}

/** A success, or the directory's own word that there is no such object. Everything else is a fault. */
export type GraphAnswer =
  { readonly kind: 'done'; readonly answer: HttpAnswer } | { readonly kind: 'absent'; readonly answer: HttpAnswer };

/** Microsoft Graph over HTTP: one attempt a call. */
export interface Graph {
  readonly call: (account: Account, call: GraphCall, signal: AbortSignal) => Promise<GraphAnswer>;
  /** All items of a collection, page after page to the end. */
  readonly list: <T>(account: Account, collection: GraphCollection<T>, signal: AbortSignal) => AsyncGenerator<T>;
}

/** A collection to read, and what its items look like. */
export interface GraphCollection<T> {
  readonly path: string;
  readonly item: z.ZodType<T>;
}

const FAR_END = 'directory';
/** Far beyond any account: a list that goes on after this many pages goes round in circles. */
const MAX_PAGES = 200;

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() });

/** Microsoft Graph behind these settings. */
export function createGraph(settings: GraphSettings): Graph {
  const base = trimSlash(settings.graphUrl);
  const call: Graph['call'] = (account, { path, ...rest }, signal) =>
    callUrl(settings, { tenantId: account.tenantId, url: `${base}${path}`, ...rest }, signal);

  return {
    call,
    list: async function* (account, collection, signal) {
      let url: string | undefined = `${base}${collection.path}`;
      for (let pages = 0; url !== undefined; pages += 1) {
        if (pages === MAX_PAGES) throw odd('a list does not end');
        const { tenantId } = account;
        const found = presentAnswer(await callUrl(settings, { tenantId, url, method: 'GET' }, signal));
        const { value, '@odata.nextLink': next } = parseAs(page, parseJson(FAR_END, found.body));
        yield* value.map((item) => parseAs(collection.item, item));
        url = next === undefined ? undefined : toNextUrl(base, next);
      }
    },
  };
}

/**
 * The answer of a call on an object that has to be there. That it is not may be the lag of a replica, or the account went
 * away meanwhile: the next attempt begins with reading the account, and tells.
 * @throws IndeterminateAnswerError when it is absent
 */
export function presentAnswer(graphAnswer: GraphAnswer): HttpAnswer {
  if (graphAnswer.kind === 'absent') throw odd('an object that was there is not there');
  return graphAnswer.answer;
}

/**
 * The value, when it has the schema's form.
 * @throws IndeterminateAnswerError otherwise; what is wrong with it stays unsaid, since that would quote it
 */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw odd('a field is missing or has an unexpected type');
  return parsed.data;
}

/** The fault of an answer that this adapter cannot make sense of. */
export function odd(oddity: string): IndeterminateAnswerError {
  return new IndeterminateAnswerError(FAR_END, oddity);
}

interface UrlCall extends Omit<GraphCall, 'path'> {
  readonly tenantId: Guid;
  readonly url: string;
}

async function callUrl(settings: GraphSettings, call: UrlCall, signal: AbortSignal): Promise<GraphAnswer> {
  const answer = await sendAuthorised(settings, call, signal);
  if (answer.status >= 200 && answer.status < 300) return { kind: 'done', answer };
  if (isAbsence(answer)) return { kind: 'absent', answer };
  throw faultOf(answer, new Date());
}

/** The one place where a second attempt is made: a token may expire at any time, and a 401 did nothing. */
async function sendAuthorised(settings: GraphSettings, call: UrlCall, signal: AbortSignal): Promise<HttpAnswer> {
  const { tokens } = settings;
  const token = await tokens.tokenFor(call.tenantId, { isRetry: false }, signal);
  const answer = await send(settings, { ...call, token: token.reveal() }, signal);
  if (answer.status !== 401) return answer;
  const fresh = await tokens.tokenFor(call.tenantId, { isRetry: true }, signal);
  return fresh.reveal() === token.reveal() ? answer : send(settings, { ...call, token: fresh.reveal() }, signal);
}

function send(
  settings: GraphSettings,
  call: UrlCall & { readonly token: string },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const headers = {
    authorization: `Bearer ${call.token}`,
    // Closures are in no hurry: others of the tenant go first (Microsoft Graph throttling guidance).
    'x-ms-throttle-priority': 'low',
    ...(call.prefer === undefined ? {} : { prefer: call.prefer }),
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
  return sendOnce({ ...settings, farEnd: FAR_END }, { method: call.method, url: call.url, headers, ...body }, signal);
}

/** The token must not be sent anywhere else, whatever a page says. */
function toNextUrl(base: string, link: string): string {
  if (!URL.canParse(link) || new URL(link).origin !== new URL(base).origin) throw odd('a next page is elsewhere');
  return link;
}
