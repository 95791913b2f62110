import type { Directory, DirectoryUser } from './directory';
import { exportFilesOf, type ExportFile } from './export-files';
import type { ExportOperation, ExportQueue, ExportStatus } from './export-queue';
import type { SamplePerson } from './people';
import type { Tenants } from './tenant-register';

/** A user as the world sees it: the truth, without lag. */
export interface WorldUser {
  readonly objectId: string;
  readonly tenantId: string;
  /** The address at sign-up; never with the prefix that deletion puts before it. */
  readonly address: string;
  readonly isEnabled: boolean;
  /** ISO 8601; moves when the sessions are revoked. */
  readonly sessionsValidFrom: string;
}

/** What happens around the account without us, and how things really are. For tests and trials; nothing of it lags. */
export interface World {
  /** The user, also when it is deleted or purged. */
  readonly findUser: (objectId: string) => WorldUser | undefined;
  readonly isLive: (objectId: string) => boolean;
  /** Soft-deleted, waiting in the deleted items. */
  readonly isDeleted: (objectId: string) => boolean;
  readonly isPurged: (objectId: string) => boolean;
  /** Internal takeover: somebody proves the domain and becomes the administrator of the same tenant. */
  readonly takeOver: (tenantId: string) => void;
  /** External takeover: the domain belongs to another, managed tenant from now on. */
  readonly moveDomain: (domain: string, otherTenantId: string) => void;
  /** A new account; a tenant that is not there yet comes with it, unmanaged. */
  readonly addPerson: (person: SamplePerson) => void;
  /** An administrator takes a soft-deleted user back. */
  readonly restore: (objectId: string) => void;
  /** Somebody signs up again under the same address: a new account with another object id. */
  readonly createAfresh: (objectId: string, newObjectId: string) => void;
  /** All exports that were queued, oldest first. */
  readonly exports: readonly ExportOperation[];
  /** Puts an export into a status; one that is not `running` is not carried out any more. */
  readonly setExportStatus: (operationId: string, status: ExportStatus) => void;
  /** The next exports fail in the queue, after `RequestInfo.json` was written: the container is burnt, and nothing runs. */
  readonly failQueueing: (times: number) => void;
  /** The files that an export of the person writes, byte for byte, without `RequestInfo.json`. */
  readonly exportFilesOf: (objectId: string) => readonly ExportFile[];
}

/** The world, with the server's side of it. */
export interface ServedWorld {
  readonly world: World;
  /** Whether queueing fails this time; uses up one failure. */
  readonly takeQueueFailure: () => boolean;
}

/** What the world is made of. */
export interface WorldParts {
  readonly directory: Directory;
  readonly tenants: Tenants;
  readonly queue: ExportQueue;
}

function worldUserOf({ person, isEnabled, sessionsValidFrom }: DirectoryUser): WorldUser {
  const { objectId, tenantId, address } = person;
  return { objectId, tenantId, address, isEnabled, sessionsValidFrom };
}

function personOf(directory: Directory, objectId: string): SamplePerson {
  const user = directory.find(objectId);
  if (user === undefined) {
    throw new RangeError('There is no such person in the stand-in.');
  }
  return user.person;
}

type People = Pick<World, 'findUser' | 'isLive' | 'isDeleted' | 'isPurged' | 'addPerson' | 'restore' | 'createAfresh'>;

function createPeople({ directory, tenants }: WorldParts): People {
  const addPerson = (person: SamplePerson): void => {
    tenants.ensureFor(person);
    directory.add(person);
  };
  return {
    findUser: (objectId) => {
      const user = directory.find(objectId);
      return user === undefined ? undefined : worldUserOf(user);
    },
    isLive: (objectId) => directory.placeOf(objectId) === 'live',
    isDeleted: (objectId) => directory.placeOf(objectId) === 'deleted',
    isPurged: (objectId) => directory.placeOf(objectId) === 'purged',
    addPerson,
    restore: (objectId) => {
      directory.move(objectId, 'live');
    },
    createAfresh: (objectId, newObjectId) => {
      addPerson({ ...personOf(directory, objectId), objectId: newObjectId });
    },
  };
}

/** The world of one stand-in. */
export function createWorld(parts: WorldParts): ServedWorld {
  const { directory, tenants, queue } = parts;
  let queueFailuresLeft = 0;
  const world: World = {
    ...createPeople(parts),
    takeOver: (tenantId) => {
      tenants.takeOver(tenantId);
    },
    moveDomain: (domain, otherTenantId) => {
      tenants.moveDomain(domain, otherTenantId);
    },
    get exports() {
      return queue.list();
    },
    setExportStatus: (operationId, status) => {
      queue.setStatus(operationId, status);
    },
    failQueueing: (times) => {
      queueFailuresLeft = times;
    },
    exportFilesOf: (objectId) => exportFilesOf(personOf(directory, objectId)),
  };
  const takeQueueFailure = (): boolean => {
    queueFailuresLeft -= 1;
    return queueFailuresLeft >= 0;
  };
  return { world, takeQueueFailure };
}
