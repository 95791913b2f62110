import { jsonObjectOf, refuse, refuseMissing, type Answer, type Call, type Route } from './answers';
import type { Directory, DirectoryUser } from './directory';
import { isGuid } from './identifiers';
import { propertiesOf } from './metadata';
import { selected } from './paging';
import { DEFAULT_USER_PROPERTIES, userResource } from './resources';
import { refuseUnknownSelection } from './selection';
import type { Tenants } from './tenant-register';

/** The user among the live ones, by object id or by address, as a write finds it: without lag. */
function findForWrite(directory: Directory, key: string): DirectoryUser | undefined {
  const user = isGuid(key) ? directory.find(key) : directory.findLiveByAddress(key);
  return user !== undefined && directory.placeOf(user.person.objectId) === 'live' ? user : undefined;
}

/** The user among the live ones, by object id or by address, as a read finds it. */
export function findForRead(directory: Directory, key: string): DirectoryUser | undefined {
  const user = isGuid(key) ? directory.find(key) : directory.findLiveByAddress(key);
  return user !== undefined && directory.seenPlaceOf(user.person.objectId) === 'live' ? user : undefined;
}

/** Changing somebody with an administrator role takes more than the ordinary permission. */
function refuseAdministrator({ person }: DirectoryUser): Answer | undefined {
  return person.traits.includes('administrator')
    ? refuse(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
    : undefined;
}

function read(directory: Directory, call: Call): Answer {
  const [key = ''] = call.params;
  const user = findForRead(directory, key);
  if (user === undefined) {
    return refuseMissing(key);
  }
  const select = call.url.searchParams.get('$select');
  return (
    refuseUnknownSelection(call, 'user') ?? {
      status: 200,
      body: {
        '@odata.context': `${call.origin}/v1.0/$metadata#users${select === null ? '' : `(${select})`}/$entity`,
        ...selected(userResource(user, 'live'), select ?? DEFAULT_USER_PROPERTIES),
      },
    }
  );
}

/** The one change that a closure makes, from a body whose every property the metadata has to know. */
function parseChanges(bodyText: string): { readonly isEnabled?: boolean } | Answer {
  const changes = jsonObjectOf(bodyText);
  const known = propertiesOf('user') ?? {};
  const unknown = Object.keys(changes ?? {}).find((name) => known[name] === undefined);
  if (changes === undefined || unknown !== undefined) {
    return refuse(400, 'Request_BadRequest', `Invalid property '${unknown ?? ''}'.`);
  }
  const isEnabled = changes['accountEnabled'];
  if (isEnabled === undefined) {
    return {};
  }
  return typeof isEnabled === 'boolean'
    ? { isEnabled }
    : refuse(400, 'Request_BadRequest', "Invalid value specified for property 'accountEnabled' of resource 'User'.");
}

function update(directory: Directory, call: Call): Answer {
  const [key = ''] = call.params;
  const user = findForWrite(directory, key);
  if (user === undefined) {
    return refuseMissing(key);
  }
  const changes = parseChanges(call.bodyText);
  if ('status' in changes) {
    return changes;
  }
  const refusal = refuseAdministrator(user);
  if (refusal === undefined) {
    directory.update(user.person.objectId, () => changes);
  }
  return refusal ?? { status: 204 };
}

function remove(directory: Directory, call: Call): Answer {
  const [key = ''] = call.params;
  const user = findForWrite(directory, key);
  if (user === undefined) {
    return refuseMissing(key);
  }
  const refusal = refuseAdministrator(user);
  if (refusal === undefined) {
    directory.move(user.person.objectId, 'deleted');
  }
  return refusal ?? { status: 204 };
}

function revoke(directory: Directory, tenants: Tenants, call: Call): Answer {
  const [key = ''] = call.params;
  const user = findForWrite(directory, key);
  if (user === undefined) {
    return refuseMissing(key);
  }
  directory.update(user.person.objectId, () => ({ sessionsValidFrom: new Date().toISOString() }));
  return tenants.find(user.person.tenantId)?.isOldFashioned === true
    ? { status: 204 }
    : { status: 200, body: { '@odata.context': `${call.origin}/v1.0/$metadata#Edm.Boolean`, value: true } };
}

/** `/users/{id}`: read, change, soft-delete; and its action `revokeSignInSessions`. */
export function userRoutes(directory: Directory, tenants: Tenants): readonly Route[] {
  const path = /^\/v1\.0\/users\/([^/]+)$/;
  return [
    { method: 'GET', path, handle: (call) => read(directory, call) },
    { method: 'PATCH', path, handle: (call) => update(directory, call) },
    { method: 'DELETE', path, handle: (call) => remove(directory, call) },
    {
      method: 'POST',
      path: /^\/v1\.0\/users\/([^/]+)\/revokeSignInSessions$/,
      handle: (call) => revoke(directory, tenants, call),
    },
  ];
}
