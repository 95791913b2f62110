import { IndeterminateAnswerError } from '../../ports/faults';
import type { TenantRealm } from '../../ports/tenant-realm';
import { parseJson, patienceFault, sendOnce, trimSlash, type HttpAnswer, type HttpSettings } from '../http';
import { isInvalidTenant, parseOpenIdConfiguration, parseRealmAnswer } from './realm-answer';

/** Where the sign-in service is. */
export interface SignInRealmSettings extends HttpSettings {
  /** E.g. `https://login.microsoftonline.com`. */
  readonly loginUrl: string;
}

const FAR_END = 'tenant-realm';

/** The sign-in service of Microsoft Entra: `userrealm` and OpenID Connect discovery. Anonymous; one attempt a call. */
export function createSignInRealm({ loginUrl, ...http }: SignInRealmSettings): TenantRealm {
  const get = (path: string, signal: AbortSignal): Promise<HttpAnswer> =>
    sendOnce({ ...http, farEnd: FAR_END }, { method: 'GET', url: `${trimSlash(loginUrl)}/${path}` }, signal);

  return {
    kindOf: async (address, signal) => {
      const path = `common/userrealm/${encodeURIComponent(address.reveal())}?api-version=2.1`;
      const answer = await get(path, signal);
      if (answer.status !== 200) throw faultOf(answer);
      return parseRealmAnswer(parseJson(FAR_END, answer.body), address.reveal());
    },
    tenantOf: async (domain, signal) => {
      // A name without a dot would be one of the service's own words (`common`), and `..` another path.
      if (!/[^.]\.[^.]/.test(domain.reveal())) {
        throw new IndeterminateAnswerError(FAR_END, 'the question has no domain name');
      }
      const path = `${encodeURIComponent(domain.reveal())}/v2.0/.well-known/openid-configuration`;
      const answer = await get(path, signal);
      if (answer.status === 200) return parseOpenIdConfiguration(parseJson(FAR_END, answer.body));
      if (answer.status === 400 && isInvalidTenant(parseJson(FAR_END, answer.body))) return undefined;
      throw faultOf(answer);
    },
  };
}

function faultOf(answer: HttpAnswer): Error {
  const later = patienceFault(FAR_END, answer, new Date());
  if (later !== undefined) return later;
  // The endpoints are anonymous: a refusal is some proxy's, or a passing fault, and tells nothing about the tenant.
  return new IndeterminateAnswerError(FAR_END, 'it has an unexpected status');
}
