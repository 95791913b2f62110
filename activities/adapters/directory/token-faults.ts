import {
  NotAuthenticatedError,
  ThrottledError,
  UnavailableError,
  type FaultAt,
  type PortFault,
} from '../../ports/faults';
import { faultAt, parseRetryAfter, patienceFault, type HttpAnswer } from '../http';

/** What came of one request of the identity library. */
export type TokenExchange = { readonly kind: 'answer'; readonly answer: HttpAnswer } | { readonly kind: 'silence' };

/**
 * Codes that ask for patience (Microsoft: "Microsoft Entra authentication and authorization error codes"): too many requests of
 * the tenant, and of this client in a loop.
 */
const THROTTLED = ['AADSTS90055', 'AADSTS50196', 'slow_down'];
/**
 * Codes of services behind the identity service that do not answer, "transient" and "retryable" in Microsoft's words, and the
 * OAuth errors that say so. They come with status 400 as well.
 */
const LATER = [
  'AADSTS50000',
  'AADSTS50033',
  'AADSTS90006',
  'AADSTS90012',
  'AADSTS90024',
  'AADSTS90033',
  'AADSTS90090',
  'AADSTS90091',
  'server_error',
  'temporarily_unavailable',
];
/** OAuth errors that a request for an application's token can meet. */
const REFUSED = [
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_resource',
  'invalid_scope',
  'invalid_tenant',
  'unauthorized_client',
  'unsupported_grant_type',
];
/** The library's own words for a network that is down. */
const NETWORK = /\b(?:network_error|endpoints_resolution_error|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT)\b/;
const CREDENTIAL_ERRORS = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/**
 * The fault of a token that was not given. What was answered on the way decides; the library's error comes second, since it
 * puts a throttled or broken service under a status that reads 400 and its codes into a text. The texts themselves are
 * dropped: they name tenants, applications and sometimes people.
 */
export function tokenFault(call: FaultAt, error: unknown, seen: readonly TokenExchange[]): PortFault {
  const onTheWay = seen.map((exchange) => passingFault(call, exchange)).filter((fault) => fault !== undefined);
  const patient = onTheWay.find((fault) => fault instanceof ThrottledError) ?? onTheWay.at(0);
  const answer = lastAnswer(seen);
  const at = answer === undefined ? call : withCode(faultAt(call, answer), codeIn(answer.body));
  return patient ?? faultOfError(at, error);
}

/** The fault of an exchange that says nothing about our credentials. */
function passingFault(call: FaultAt, exchange: TokenExchange): ThrottledError | UnavailableError | undefined {
  if (exchange.kind === 'silence') return new UnavailableError(call);
  const { answer } = exchange;
  if (answer.status < 400) return undefined;
  const code = codeIn(answer.body);
  const at = withCode(call, code);
  return patienceFault(at, answer, new Date()) ?? passingByCode(at, answer);
}

function passingByCode(call: FaultAt, answer: HttpAnswer): ThrottledError | UnavailableError | undefined {
  const at = faultAt(call, answer);
  const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'), new Date());
  if (isOneOf(THROTTLED, at.code)) return new ThrottledError(at, retryAfterMs);
  if (!isOneOf(LATER, at.code)) return undefined;
  return retryAfterMs === undefined ? new UnavailableError(at) : new ThrottledError(at, retryAfterMs);
}

/** What the library's error tells: not more than its classes, statuses and the codes in its texts. */
function faultOfError(call: FaultAt, error: unknown): PortFault {
  const all = errorsIn(error);
  const code = call.code ?? codeIn(textOf(all));
  const at = withCode(call, code);
  if (isOneOf(THROTTLED, code) || all.some((each) => statusOf(each) === 429)) return new ThrottledError(at);
  // Its words for the network are about a metadata service that is not there, once somebody has answered.
  const isSilent = at.status === undefined && NETWORK.test(textOf(all));
  if (isOneOf(LATER, code) || isSilent || isAway(all)) return new UnavailableError(at);
  return new NotAuthenticatedError({ code: 'credential-unavailable', ...at });
}

/** The service is broken, or something broke that is not about credentials at all. */
function isAway(all: readonly Error[]): boolean {
  return all.some((each) => statusOf(each) >= 500) || !all.some(({ name }) => CREDENTIAL_ERRORS.has(name));
}

function textOf(all: readonly Error[]): string {
  return all.map(({ message }) => message).join('\n');
}

function statusOf(error: Error): number {
  const status: unknown = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 0;
}

/** The error with those inside it: a chain of credentials collects the errors of its members. */
function errorsIn(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return [];
  const inner: unknown = 'errors' in error ? error.errors : undefined;
  const members: readonly unknown[] = Array.isArray(inner) ? inner : [];
  return [error, ...members.filter((member) => member instanceof Error)];
}

/** The most telling of the codes that we know: one that passes, then Microsoft's own number, then OAuth's word. */
function codeIn(text: string): string | undefined {
  const numbers = text.match(/\bAADSTS\d{4,8}\b/g) ?? [];
  const words = [...THROTTLED, ...LATER, ...REFUSED].filter((word) => new RegExp(`\\b${word}\\b`).test(text));
  const passing = [...numbers, ...words].find((code) => isOneOf([...THROTTLED, ...LATER], code));
  return passing ?? numbers.at(0) ?? words.at(0);
}

function lastAnswer(seen: readonly TokenExchange[]): HttpAnswer | undefined {
  const last = seen.findLast((exchange) => exchange.kind === 'answer');
  return last?.kind === 'answer' && last.answer.status >= 400 ? last.answer : undefined;
}

function isOneOf(codes: readonly string[], code: string | undefined): boolean {
  return code !== undefined && codes.includes(code);
}

function withCode(at: FaultAt, code: string | undefined): FaultAt {
  return code === undefined ? at : { ...at, code };
}
