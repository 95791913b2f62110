import type { Answer, Call, Route } from './answers';
import { page, selected } from './paging';
import { refuseUnknownSelection } from './selection';
import type { Tenants } from './tenant-register';

function list(tenants: Tenants, call: Call): Answer {
  const select = call.url.searchParams.get('$select');
  const toResource = (id: string): unknown =>
    selected({ id, deletedDateTime: null, displayName: tenants.find(id)?.domain ?? null }, select);
  return (
    refuseUnknownSelection(call, 'organization') ??
    page(call, { context: 'organization', items: call.tenantIds, toResource })
  );
}

/** `/organization`: which tenant this is. The real service has one; a gateway before several tenants has more. */
export function organizationRoutes(tenants: Tenants): readonly Route[] {
  return [{ method: 'GET', path: /^\/v1\.0\/organization$/, handle: (call) => list(tenants, call) }];
}
