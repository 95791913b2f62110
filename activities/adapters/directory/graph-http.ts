import { z } from 'zod';
import type { Account, Guid } from '../../../workflows/contract/account';
import { IndeterminateAnswerError, NotAuthenticatedError, type FaultAt } from '../../ports/faults';
import type { Sensitive } from '../../ports/sensitive';
import { faultAt, parseJson, sendOnce, trimSlash, type HttpAnswer, type HttpRequest, type HttpSettings } from '../http';
import { faultOf } from './graph-errors';
import type { DirectoryOperation } from './operations';
import { assertTokenOf } from './token-tenant';
import type { TokenSource } from './tokens';

/** Where Microsoft Graph is, and who we are there. */
export interface GraphSettings extends HttpSettings {
  /** With the version, e.g. `https://graph.microsoft.com/v1.0`. The token goes to this origin only. */
  readonly graphUrl: string;
  readonly tokens: TokenSource;
}

/** One call of Graph. */
export interface GraphCall {
  readonly operation: DirectoryOperation;
  readonly method: HttpRequest['method'];
  /** The path is below the version, with its query; ids in it are GUIDs or percent-encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly prefer?: string;
  /** The documented statuses of success. Any other one, a good one too, proves nothing: a gateway may have said it. */
  readonly success: readonly number[];
  /** Refusals that answer the question, as "there is no such object" does. All others are faults. */
  readonly negative?: (answer: HttpAnswer) => boolean;
}

/** A documented success, or a refusal that the call asked for. Everything else is a fault. */
export interface GraphAnswer {
  readonly kind: 'done' | 'negative';
  readonly answer: HttpAnswer;
  /** For faults of what the answer says. */
  readonly at: FaultAt;
}

/** A collection to read, and what its items look like. */
export interface GraphCollection<T> {
  readonly operation: DirectoryOperation;
  readonly path: string;
  readonly item: z.ZodType<T>;
}

/** Calls with one token, one attempt each. */
export interface GraphSession {
  readonly call: (call: GraphCall) => Promise<GraphAnswer>;
  /** All items of a collection, page after page to the end. */
  readonly list: <T>(collection: GraphCollection<T>) => AsyncGenerator<T>;
}

/** Microsoft Graph over HTTP: one attempt a call. */
export interface Graph {
  readonly call: (account: Account, call: GraphCall, signal: AbortSignal) => Promise<GraphAnswer>;
  /** All items of a collection, page after page to the end. */
  readonly list: <T>(account: Account, collection: GraphCollection<T>, signal: AbortSignal) => AsyncGenerator<T>;
  /**
   * Several calls with one and the same token, so that what one answers is told by the same directory as the next. When a
   * token is not accepted, everything is done again, once, with another one, if there is one.
   */
  readonly withOneToken: <T>(
    account: Account,
    signal: AbortSignal,
    work: (session: GraphSession) => Promise<T>,
  ) => Promise<T>;
}

const FAR_END = 'directory';
/** Far beyond any account: a list that goes on after this many pages goes round in circles. */
const MAX_PAGES = 200;

const page = z.object({ value: z.array(z.unknown()), '@odata.nextLink': z.string().optional() });

/** Microsoft Graph behind these settings. */
export function createGraph(settings: GraphSettings): Graph {
  const base = trimSlash(settings.graphUrl);

  /** The one place where a second attempt is made: a token may expire at any time, and a 401 did nothing. */
  async function withToken<T>(tenantId: Guid, signal: AbortSignal, work: (wire: Wire) => Promise<T>): Promise<T> {
    const use = (token: Sensitive<string>): Promise<T> => {
      assertTokenOf(tenantId, token);
      return work({ settings, token: token.reveal(), signal });
    };
    const token = await settings.tokens.tokenFor(tenantId, { isRetry: false }, signal);
    try {
      return await use(token);
    } catch (error) {
      if (!(error instanceof NotAuthenticatedError)) throw error;
      const fresh = await settings.tokens.tokenFor(tenantId, { isRetry: true }, signal);
      if (fresh.reveal() === token.reveal()) throw error;
      return await use(fresh);
    }
  }

  return {
    call: ({ tenantId }, call, signal) =>
      withToken(tenantId, signal, (wire) => send(wire, { ...call, url: `${base}${call.path}` })),
    list: ({ tenantId }, collection, signal) =>
      allPages(base, collection, (call) => withToken(tenantId, signal, (wire) => send(wire, call))),
    withOneToken: ({ tenantId }, signal, work) =>
      withToken(tenantId, signal, (wire) =>
        work({
          call: (call) => send(wire, { ...call, url: `${base}${call.path}` }),
          list: (collection) => allPages(base, collection, (call) => send(wire, call)),
        }),
      ),
  };
}

/**
 * The value, when it has the schema's form.
 * @throws IndeterminateAnswerError otherwise; what is wrong with it stays unsaid, since that would quote it
 */
export function parseAs<T>(at: FaultAt, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new IndeterminateAnswerError(at, 'a field is missing or has an unexpected type');
  return parsed.data;
}

/** What a call is made with. */
interface Wire {
  readonly settings: GraphSettings;
  readonly token: string;
  readonly signal: AbortSignal;
}

type UrlCall = Omit<GraphCall, 'path'> & { readonly url: string };

async function send({ settings, token, signal }: Wire, call: UrlCall): Promise<GraphAnswer> {
  const { operation, method, url, prefer } = call;
  const headers = {
    authorization: `Bearer ${token}`,
    // Closures are in no hurry: others of the tenant go first (Microsoft Graph throttling guidance).
    'x-ms-throttle-priority': 'low',
    ...(prefer === undefined ? {} : { prefer }),
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) };
  const request = { operation, method, url, headers, ...body };
  const answer = await sendOnce({ ...settings, farEnd: FAR_END }, request, signal);
  const at = faultAt({ farEnd: FAR_END, operation }, answer);
  if (call.success.includes(answer.status)) return { kind: 'done', answer, at };
  if (call.negative?.(answer) === true) return { kind: 'negative', answer, at };
  throw faultOf({ farEnd: FAR_END, operation }, answer, new Date());
}

async function* allPages<T>(
  base: string,
  { operation, path, item }: GraphCollection<T>,
  read: (call: UrlCall) => Promise<GraphAnswer>,
): AsyncGenerator<T> {
  let url: string | undefined = `${base}${path}`;
  for (let pages = 0; url !== undefined; pages += 1) {
    if (pages === MAX_PAGES) throw new IndeterminateAnswerError({ farEnd: FAR_END, operation }, 'a list does not end');
    const { answer, at }: GraphAnswer = await read({ operation, method: 'GET', url, success: [200] });
    const { value, '@odata.nextLink': next } = parseAs(at, page, parseJson(at, answer.body));
    yield* value.map((each) => parseAs(at, item, each));
    url = next === undefined ? undefined : toNextUrl(at, base, next);
  }
}

/** The token must not be sent anywhere else, whatever a page says. */
function toNextUrl(at: FaultAt, base: string, link: string): string {
  if (URL.canParse(link) && new URL(link).origin === new URL(base).origin) return link;
  throw new IndeterminateAnswerError(at, 'a next page is elsewhere');
}
