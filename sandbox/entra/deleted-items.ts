import { refuse, refuseMissing, type Answer, type Call, type Route } from './answers';
import type { Directory } from './directory';
import { page, selected } from './paging';
import { DEFAULT_USER_PROPERTIES, userResource } from './resources';
import { refuseUnknownSelection } from './selection';

const DEFAULT_PROPERTIES = `${DEFAULT_USER_PROPERTIES},deletedDateTime`;

function read(directory: Directory, call: Call): Answer {
  const [id = ''] = call.params;
  const user = directory.find(id);
  if (user === undefined || directory.seenPlaceOf(id) !== 'deleted') {
    return refuseMissing(id);
  }
  return (
    refuseUnknownSelection(call, 'user') ?? {
      status: 200,
      body: {
        '@odata.context': `${call.origin}/v1.0/$metadata#directoryObjects/$entity`,
        '@odata.type': '#microsoft.graph.user',
        ...selected(userResource(user, 'deleted'), call.url.searchParams.get('$select') ?? DEFAULT_PROPERTIES),
      },
    }
  );
}

function list(directory: Directory, call: Call): Answer {
  return (
    refuseUnknownSelection(call, 'user') ??
    page(call, {
      context: 'users',
      items: directory.listSeen('deleted'),
      toResource: (user) =>
        selected(userResource(user, 'deleted'), call.url.searchParams.get('$select') ?? DEFAULT_PROPERTIES),
    })
  );
}

function purge(directory: Directory, call: Call): Answer {
  const [id = ''] = call.params;
  if (directory.placeOf(id) !== 'deleted') {
    return refuseMissing(id);
  }
  directory.move(id, 'purged');
  return { status: 204 };
}

function restore(directory: Directory, call: Call): Answer {
  const [id = ''] = call.params;
  const user = directory.find(id);
  if (user === undefined || directory.placeOf(id) !== 'deleted') {
    return refuseMissing(id);
  }
  if (directory.findLiveByAddress(user.person.address) !== undefined) {
    return refuse(
      400,
      'Request_BadRequest',
      'Another object with the same value for property userPrincipalName already exists.',
    );
  }
  directory.move(id, 'live');
  return {
    status: 200,
    body: {
      '@odata.context': `${call.origin}/v1.0/$metadata#directoryObjects/$entity`,
      '@odata.type': '#microsoft.graph.user',
      ...selected(userResource(user, 'live'), DEFAULT_USER_PROPERTIES),
    },
  };
}

/** `/directory/deletedItems`: where a soft-deleted user waits, can be restored, or is deleted for good. */
export function deletedItemRoutes(directory: Directory): readonly Route[] {
  const items = String.raw`^/v1\.0/directory/deletedItems`;
  const item = new RegExp(`${items}/([0-9a-fA-F-]+)(?:/microsoft\\.graph\\.user)?$`);
  return [
    { method: 'GET', path: new RegExp(`${items}/microsoft\\.graph\\.user$`), handle: (call) => list(directory, call) },
    {
      method: 'GET',
      path: new RegExp(`${items}$`),
      handle: () => refuse(400, 'Request_UnsupportedQuery', 'Listing deleted items takes a type cast.'),
    },
    { method: 'GET', path: item, handle: (call) => read(directory, call) },
    { method: 'DELETE', path: item, handle: (call) => purge(directory, call) },
    {
      method: 'POST',
      path: new RegExp(`${items}/([0-9a-fA-F-]+)/restore$`),
      handle: (call) => restore(directory, call),
    },
  ];
}
