/** What the sign-in service says about a tenant's domains. */
type RealmKind = 'unmanaged' | 'managed' | 'federated';

/** A tenant of the stand-in. */
export interface SampleTenant {
  readonly id: string;
  readonly domain: string;
  readonly realm: RealmKind;
  /**
   * Answers the older way where Microsoft's services were seen to differ: `IsViral` as text, nothing instead of `false`,
   * `revokeSignInSessions` with 204, keys in `RequestInfo.json` in lower camel case.
   */
  readonly isOldFashioned: boolean;
}

/** Unmanaged; the answers are as Microsoft documents them today. */
export const ANALYTICAL: SampleTenant = {
  id: '1a000000-0000-4000-8000-000000000001',
  domain: 'analytical.example',
  realm: 'unmanaged',
  isOldFashioned: false,
};

/** Unmanaged; the answers are of the older kind. */
export const BLETCHLEY: SampleTenant = {
  id: '1a000000-0000-4000-8000-000000000002',
  domain: 'bletchley.example',
  realm: 'unmanaged',
  isOldFashioned: true,
};

/** Managed by an administrator; the realm answer has no `IsViral` at all. */
export const NAVY: SampleTenant = {
  id: '1a000000-0000-4000-8000-000000000003',
  domain: 'navy.example',
  realm: 'managed',
  isOldFashioned: true,
};

/** Managed, with its own identity provider. */
export const SUBSTITUTION: SampleTenant = {
  id: '1a000000-0000-4000-8000-000000000004',
  domain: 'substitution.example',
  realm: 'federated',
  isOldFashioned: false,
};

/** Managed by an administrator; the realm answer has `IsViral: false`. */
export const LUNAR: SampleTenant = {
  id: '1a000000-0000-4000-8000-000000000005',
  domain: 'lunar.example',
  realm: 'managed',
  isOldFashioned: false,
};

/** The tenants that exist from the start. */
export const SAMPLE_TENANTS: readonly SampleTenant[] = [ANALYTICAL, BLETCHLEY, NAVY, SUBSTITUTION, LUNAR];
