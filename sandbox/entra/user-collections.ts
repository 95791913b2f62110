import { refuseMissing, type Answer, type Call, type Route } from './answers';
import type { Directory, DirectoryUser } from './directory';
import { page, selected } from './paging';
import { appRoleResource, consentResource, DEFAULT_USER_PROPERTIES, thingResource, userResource } from './resources';
import { refuseUnknownSelection } from './selection';
import { findForRead } from './users';

type AnswerFor = (user: DirectoryUser, call: Call) => Answer;

function selectOf({ url }: Call): string | null {
  return url.searchParams.get('$select');
}

const memberOf: AnswerFor = ({ holdings }, call) =>
  page(call, {
    context: 'directoryObjects',
    items: holdings.memberOf,
    toResource: (thing) => selected(thingResource(thing), selectOf(call)),
  });

const transitiveMemberOf: AnswerFor = ({ holdings }, call) =>
  page(call, {
    context: 'directoryObjects',
    items: holdings.transitiveMemberOf,
    toResource: (thing) => selected(thingResource(thing), selectOf(call)),
  });

const roles: AnswerFor = ({ holdings }, call) =>
  page(call, {
    context: 'directoryRoles',
    items: holdings.transitiveMemberOf,
    isKept: ({ kind }) => kind === 'directoryRole',
    toResource: (thing) => selected(thingResource(thing), selectOf(call)),
  });

const ownedObjects: AnswerFor = ({ holdings }, call) =>
  page(call, {
    context: 'directoryObjects',
    items: holdings.owned,
    toResource: (thing) => selected(thingResource(thing), selectOf(call)),
  });

const appRoleAssignments: AnswerFor = ({ holdings, person }, call) =>
  refuseUnknownSelection(call, 'appRoleAssignment') ??
  page(call, {
    context: `users('${person.objectId}')/appRoleAssignments`,
    items: holdings.appRoles,
    toResource: (role) => selected(appRoleResource(role), selectOf(call)),
  });

const oauth2PermissionGrants: AnswerFor = ({ holdings }, call) =>
  refuseUnknownSelection(call, 'oAuth2PermissionGrant') ??
  page(call, {
    context: 'oauth2PermissionGrants',
    items: holdings.consents,
    toResource: (consent) => selected(consentResource(consent), selectOf(call)),
  });

function owners(directory: Directory, call: Call): Answer {
  const [collection = '', id = ''] = call.params;
  const thing = directory.findThing(id);
  if (thing === undefined || `${thing.kind}s` !== collection) {
    return refuseMissing(id);
  }
  return page(call, {
    context: 'directoryObjects',
    items: directory.ownersOf(thing.id),
    toResource: (user) => ({
      '@odata.type': '#microsoft.graph.user',
      ...selected(userResource(user, 'live'), selectOf(call) ?? DEFAULT_USER_PROPERTIES),
    }),
  });
}

/** What hangs on a user, and who owns an object: all of it paged. */
export function userCollectionRoutes(directory: Directory): readonly Route[] {
  const ofUser = (segment: string, answerFor: AnswerFor): Route => ({
    method: 'GET',
    path: new RegExp(`^/v1\\.0/users/([^/]+)/${segment}$`),
    handle: (call) => {
      const [key = ''] = call.params;
      const user = findForRead(directory, key);
      return user === undefined ? refuseMissing(key) : answerFor(user, call);
    },
  });
  return [
    ofUser('memberOf', memberOf),
    ofUser('transitiveMemberOf', transitiveMemberOf),
    ofUser('transitiveMemberOf/microsoft\\.graph\\.directoryRole', roles),
    ofUser('ownedObjects', ownedObjects),
    ofUser('appRoleAssignments', appRoleAssignments),
    ofUser('oauth2PermissionGrants', oauth2PermissionGrants),
    {
      method: 'GET',
      path: /^\/v1\.0\/(groups|applications|servicePrincipals)\/([^/]+)\/owners$/,
      handle: (call) => owners(directory, call),
    },
  ];
}
