import { IndeterminateAnswerError, type FaultAt, type PortFault } from '../../ports/faults';
import type { TenantRealm } from '../../ports/tenant-realm';
import { faultAt, parseJson, patienceFault, sendOnce, trimSlash, type HttpAnswer, type HttpSettings } from '../http';
import { isInvalidTenant, parseOpenIdConfiguration, parseRealmAnswer } from './realm-answer';

/** Where the sign-in service is. */
export interface SignInRealmSettings extends HttpSettings {
  /** E.g. `https://login.microsoftonline.com`. */
  readonly loginUrl: string;
}

const FAR_END = 'tenant-realm';
const KIND_OF = { farEnd: FAR_END, operation: 'realm.kind-of' } as const;
const TENANT_OF = { farEnd: FAR_END, operation: 'realm.tenant-of' } as const;

/** The sign-in service of Microsoft Entra: `userrealm` and OpenID Connect discovery. Anonymous; one attempt a call. */
export function createSignInRealm({ loginUrl, ...http }: SignInRealmSettings): TenantRealm {
  const get = (operation: string, path: string, signal: AbortSignal): Promise<HttpAnswer> => {
    const request = { operation, method: 'GET', url: `${trimSlash(loginUrl)}/${path}` } as const;
    return sendOnce({ ...http, farEnd: FAR_END }, request, signal);
  };

  return {
    kindOf: async (address, signal) => {
      const path = `common/userrealm/${encodeURIComponent(address.reveal())}?api-version=2.1`;
      const answer = await get(KIND_OF.operation, path, signal);
      if (answer.status !== 200) throw faultOf(KIND_OF, answer);
      const at = faultAt(KIND_OF, answer);
      return parseRealmAnswer(at, parseJson(at, answer.body), address.reveal());
    },
    tenantOf: async (domain, signal) => {
      // A name without a dot would be one of the service's own words (`common`), and `..` another path.
      if (!/[^.]\.[^.]/.test(domain.reveal())) {
        throw new IndeterminateAnswerError(TENANT_OF, 'the question has no domain name');
      }
      const path = `${encodeURIComponent(domain.reveal())}/v2.0/.well-known/openid-configuration`;
      const answer = await get(TENANT_OF.operation, path, signal);
      const at = faultAt(TENANT_OF, answer);
      if (answer.status === 200) return parseOpenIdConfiguration(at, parseJson(at, answer.body));
      if (answer.status === 400 && isInvalidTenant(parseJson(at, answer.body))) return undefined;
      throw faultOf(TENANT_OF, answer);
    },
  };
}

function faultOf(call: FaultAt, answer: HttpAnswer): PortFault {
  // The endpoints are anonymous: a refusal is some proxy's, or a passing fault, and tells nothing about the tenant.
  return (
    patienceFault(call, answer, new Date()) ??
    new IndeterminateAnswerError(faultAt(call, answer), 'it has an unexpected status')
  );
}
