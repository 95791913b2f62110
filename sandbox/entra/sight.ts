import type { Directory } from './directory';
import type { Router } from './router';
import type { Tenants } from './tenant-register';

/** What the sight of a token depends on. */
export interface Surroundings {
  /** A token that reaches every tenant, as a gateway's does. */
  readonly token: string;
  readonly directory: Directory;
  readonly tenants: Tenants;
}

/** The token that reaches one tenant alone, as the real service gives them. */
export function tenantToken(token: string, tenantId: string): string {
  return `${token}.${tenantId}`;
}

/** Which tenants the bearers of our tokens see. */
export function createSight({ token, directory, tenants }: Surroundings): Router['sightOf'] {
  return (authorization) => {
    // Also with the place for a tenant's id left as it is: whoever tries the stand-in by hand copies what the worker was given.
    if (authorization === `Bearer ${token}` || authorization === `Bearer ${tenantToken(token, '{tenantId}')}`) {
      return { tenantIds: tenants.listIds(), isHidden: () => false };
    }
    const tenantId = tenants.listIds().find((id) => authorization === `Bearer ${tenantToken(token, id)}`);
    if (tenantId === undefined) {
      return undefined;
    }
    const isHidden = (objectId: string): boolean => {
      const owner = directory.find(objectId)?.person.tenantId;
      return owner !== undefined && owner !== tenantId;
    };
    return { tenantIds: [tenantId], isHidden };
  };
}
