import type { Guid } from '../../../workflows/contract/account';
import { toGuid } from '../../../workflows/contract/ids';
import { IndeterminateAnswerError, type FaultAt } from '../../ports/faults';
import type { RealmKind } from '../../ports/tenant-realm';

/**
 * What the answer of `userrealm` (api-version 2.1) says about the address's organisation. "Unmanaged" needs a true
 * `IsViral` (Microsoft: "If the response includes IsViral: true you are in an unmanaged tenant"); "managed" is never a
 * fallback. `NameSpaceType` means something else by the word: an unmanaged organisation is of type `Managed`.
 * @throws IndeterminateAnswerError when the answer does not say it beyond doubt
 */
export function parseRealmAnswer(at: FaultAt, answer: unknown, address: string): RealmKind {
  const odd = oddAt(at);
  if (!isRecord(answer)) throw odd('it is not an object');
  const { NameSpaceType: type, Login: login, IsViral: viral } = answer;
  if (typeof login !== 'string' || login.toLowerCase() !== address.toLowerCase()) {
    throw odd('Login does not match the address');
  }
  const kind = kindOfNameSpace(type);
  if (kind === undefined) throw odd('NameSpaceType is missing or has an unexpected value');
  const mark = viralMark(viral);
  if (mark === undefined) throw odd('IsViral has an unexpected type');
  if (!mark) return kind;
  if (kind !== 'managed') throw odd('IsViral contradicts NameSpaceType');
  return 'unmanaged';
}

/**
 * The tenant that an OpenID configuration is of: the id that stands both in `issuer` and in `token_endpoint`.
 * @throws IndeterminateAnswerError when one of them names none, or they name two
 */
export function parseOpenIdConfiguration(at: FaultAt, answer: unknown): Guid {
  const odd = oddAt(at);
  if (!isRecord(answer)) throw odd('it is not an object');
  const issued = tenantIn(answer['issuer'], /\/([^/]+)\/v2\.0\/?$/);
  const signedIn = tenantIn(answer['token_endpoint'], /\/([^/]+)\/oauth2\/v2\.0\/token$/);
  if (issued === undefined) throw odd('issuer names no tenant');
  if (issued !== signedIn) throw odd('issuer and token_endpoint differ');
  return issued;
}

/** Whether the answer is the error that says that no tenant has this domain (AADSTS90002). */
export function isInvalidTenant(answer: unknown): boolean {
  return isRecord(answer) && answer['error'] === 'invalid_tenant';
}

function kindOfNameSpace(type: unknown): 'managed' | 'federated' | 'unknown' | undefined {
  switch (type) {
    case 'Managed':
      return 'managed';
    case 'Federated':
      return 'federated';
    case 'Unknown':
      return 'unknown';
    default:
      return undefined;
  }
}

/** Documented as a boolean, seen as text; not there is `false`, and anything else `undefined`. */
function viralMark(value: unknown): boolean | undefined {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : undefined;
  return text === 'true' || text === 'false' ? text === 'true' : undefined;
}

function tenantIn(url: unknown, pattern: RegExp): Guid | undefined {
  return typeof url === 'string' ? toGuid(pattern.exec(url)?.[1] ?? '') : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function oddAt(at: FaultAt): (oddity: string) => IndeterminateAnswerError {
  return (oddity) => new IndeterminateAnswerError(at, oddity);
}
