import type { Guid } from '../../workflows/contract/account';
import type { Sensitive } from './sensitive';

/** What kind of organisation the domain of an address belongs to. `unknown`: none in this directory. */
export type RealmKind = 'unmanaged' | 'managed' | 'federated' | 'unknown';

/** The sign-in service's public knowledge of domains. Reads only; anything that is not a clear answer is a fault. */
export interface TenantRealm {
  /**
   * The kind of organisation behind the address.
   * @throws IndeterminateAnswerError when the answer does not say it beyond doubt
   */
  readonly kindOf: (address: Sensitive<string>, signal: AbortSignal) => Promise<RealmKind>;
  /** The tenant that a domain belongs to, by OIDC discovery; `undefined` when it belongs to none. */
  readonly tenantOf: (domain: Sensitive<string>, signal: AbortSignal) => Promise<Guid | undefined>;
}
