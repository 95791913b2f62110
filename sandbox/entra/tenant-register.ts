import { SAMPLE_TENANTS, type SampleTenant } from './tenants';
import { domainOf } from './identifiers';
import type { SamplePerson } from './people';

/** Which tenants there are, and which domain belongs to which. */
export class Tenants {
  readonly #tenants = new Map<string, SampleTenant>();
  readonly #ownerOfDomain = new Map<string, string>();

  constructor() {
    SAMPLE_TENANTS.forEach((tenant) => {
      this.#add(tenant);
    });
  }

  #add(tenant: SampleTenant): void {
    this.#tenants.set(tenant.id, tenant);
    this.#ownerOfDomain.set(tenant.domain, tenant.id);
  }

  /** The ids of all tenants, in the order in which they came. */
  listIds(): readonly string[] {
    return [...this.#tenants.keys()];
  }

  /** The tenant with this id. */
  find(tenantId: string): SampleTenant | undefined {
    return this.#tenants.get(tenantId);
  }

  /** The tenant that the domain belongs to; a tenant's id counts as a domain of it, as in the sign-in service. */
  findByDomain(domain: string): SampleTenant | undefined {
    const key = domain.toLowerCase();
    return this.find(this.#ownerOfDomain.get(key) ?? key);
  }

  /** Makes sure that the person's tenant exists: a new one is unmanaged, as self-service sign-up makes them. */
  ensureFor({ tenantId, address }: SamplePerson): void {
    if (this.find(tenantId) === undefined) {
      this.#add({ id: tenantId, domain: domainOf(address), realm: 'unmanaged', isOldFashioned: false });
    }
  }

  /** Somebody proved the domain and became the administrator: the same tenant, now managed. */
  takeOver(tenantId: string): void {
    const tenant = this.find(tenantId);
    if (tenant !== undefined) {
      this.#tenants.set(tenantId, { ...tenant, realm: 'managed' });
    }
  }

  /** The domain belongs to another tenant from now on: a managed one, made up when there is none with this id. */
  moveDomain(domain: string, otherTenantId: string): void {
    if (this.find(otherTenantId) === undefined) {
      this.#add({ id: otherTenantId, domain, realm: 'managed', isOldFashioned: false });
    }
    this.#ownerOfDomain.set(domain.toLowerCase(), otherTenantId);
  }
}
