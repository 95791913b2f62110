import type { Answer, Call, Route } from './answers';
import { domainOf, guidOf } from './identifiers';
import type { Tenants } from './tenant-register';
import type { SampleTenant } from './tenants';

const CLOUD = { cloud_instance_name: 'microsoftonline.com' };

/** `IsViral` is a boolean in new answers and text in old ones; old ones leave it out instead of saying `false`. */
function viralMark({ realm, isOldFashioned }: SampleTenant): Readonly<Record<string, unknown>> {
  if (realm === 'unmanaged') {
    return { IsViral: isOldFashioned ? 'True' : true };
  }
  return isOldFashioned ? {} : { IsViral: false };
}

function realmBody(tenant: SampleTenant | undefined, address: string): Readonly<Record<string, unknown>> {
  const domain = domainOf(address);
  if (tenant === undefined) {
    return { NameSpaceType: 'Unknown', Login: address, ...CLOUD };
  }
  const isFederated = tenant.realm === 'federated';
  return {
    NameSpaceType: isFederated ? 'Federated' : 'Managed',
    Login: address,
    DomainName: domain,
    FederationBrandName: domain,
    TenantBrandingInfo: null,
    ...CLOUD,
    ...(isFederated && { federation_protocol: 'WSTrust', AuthURL: `https://sts.${domain}/adfs/ls/` }),
  };
}

function userRealm(tenants: Tenants, { url, params }: Call): Answer {
  const address = params[0] ?? url.searchParams.get('user') ?? '';
  const tenant = tenants.findByDomain(domainOf(address));
  // Only this version says whether a tenant is unmanaged.
  const mark = tenant !== undefined && url.searchParams.get('api-version') === '2.1' ? viralMark(tenant) : {};
  return { status: 200, body: { ...realmBody(tenant, address), ...mark } };
}

function discovery(tenants: Tenants, { origin, params }: Call): Answer {
  const [domain = ''] = params;
  const tenant = tenants.findByDomain(domain);
  if (tenant === undefined) {
    return {
      status: 400,
      body: {
        error: 'invalid_tenant',
        error_description: `AADSTS90002: Tenant '${domain}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
        error_codes: [90002],
        timestamp: new Date().toISOString().replace('T', ' ').replace(/\..*$/, 'Z'),
        trace_id: guidOf(`trace/${domain}`),
        correlation_id: guidOf(`correlation/${domain}`),
        error_uri: `${origin}/error?code=90002`,
      },
    };
  }
  return {
    status: 200,
    body: {
      token_endpoint: `${origin}/${tenant.id}/oauth2/v2.0/token`,
      issuer: `${origin}/${tenant.id}/v2.0`,
      authorization_endpoint: `${origin}/${tenant.id}/oauth2/v2.0/authorize`,
      jwks_uri: `${origin}/${tenant.id}/discovery/v2.0/keys`,
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      tenant_region_scope: 'EU',
      ...CLOUD,
    },
  };
}

/** The sign-in service's anonymous knowledge of domains: what kind of tenant, and which. */
export function realmRoutes(tenants: Tenants): readonly Route[] {
  return [
    { method: 'GET', path: /^\/common\/userrealm(?:\/([^/]+))?\/?$/, handle: (call) => userRealm(tenants, call) },
    {
      method: 'GET',
      path: /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/,
      handle: (call) => discovery(tenants, call),
    },
  ];
}
