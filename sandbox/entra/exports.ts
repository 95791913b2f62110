import { randomUUID } from 'node:crypto';

import { jsonObjectOf, refuse, refuseMissing, type Answer, type Call, type Route } from './answers';
import type { Directory, DirectoryUser } from './directory';
import { exportFilesOf } from './export-files';
import type { ExportOperation, ExportQueue } from './export-queue';
import { isGuid } from './identifiers';
import { page, selected } from './paging';
import { refuseUnknownSelection } from './selection';
import { claimStorageLocation, parseStorageLocation, type LocationCode } from './storage-location';
import type { Tenants } from './tenant-register';

/** What exporting needs. */
export interface ExportService {
  readonly directory: Directory;
  readonly tenants: Tenants;
  readonly queue: ExportQueue;
  /** In seconds, as it is sent. */
  readonly retryAfter: string;
  /** Answers true once for each time that queueing shall fail. */
  readonly takeQueueFailure: () => boolean;
}

/** Microsoft's limit for one person. */
const EXPORTS_PER_SUBJECT_AND_DAY = 100;

const LOCATION_USED =
  "Storage destination has already been used for an export. If this is not true, delete 'RequestInfo.json' from the container and try again.";

function refuseLocation(code: LocationCode): Answer {
  return refuse(400, code, code === 'StorageLocationAlreadyUsed' ? LOCATION_USED : 'The storage location is refused.');
}

/** What is written into the container before the export is queued; the operation's id is `CommandId`. */
function requestInfoOf({ tenants }: ExportService, { person }: DirectoryUser, operationId: string): Uint8Array {
  const isOldFashioned = tenants.find(person.tenantId)?.isOldFashioned === true;
  const { objectId, tenantId } = person;
  const info = {
    Description: 'Ties the exported data to the person, and proves that the location can be written to.',
    CorrelationId: randomUUID(),
    CommandId: operationId,
    Subject: isOldFashioned ? { objectId, tenantId } : { ObjectId: objectId, TenantId: tenantId },
    Timestamp: new Date().toISOString(),
    RequestGuid: randomUUID(),
  };
  return Buffer.from(JSON.stringify(info), 'utf8');
}

function findSubject({ directory, queue }: ExportService, objectId: string): DirectoryUser | Answer {
  if (!isGuid(objectId)) {
    return refuse(400, 'InvalidInput', 'The user id is not a GUID.');
  }
  if (queue.list().filter(({ userId }) => userId === objectId.toLowerCase()).length >= EXPORTS_PER_SUBJECT_AND_DAY) {
    // Without Retry-After: the export endpoint has none.
    return refuse(429, 'TooManyRequests', 'Too many requests.');
  }
  const user = directory.find(objectId);
  return user === undefined || directory.placeOf(objectId) !== 'live' ? refuseMissing(objectId) : user;
}

async function request(service: ExportService, call: Call): Promise<Answer> {
  const subject = findSubject(service, call.params[0] ?? '');
  if ('status' in subject) {
    return subject;
  }
  const storageLocation = jsonObjectOf(call.bodyText)?.['storageLocation'];
  const sasUrl = parseStorageLocation(storageLocation);
  if (typeof sasUrl === 'string') {
    return refuseLocation(sasUrl);
  }
  const id = randomUUID();
  const code = await claimStorageLocation(sasUrl, requestInfoOf(service, subject, id));
  if (code !== undefined) {
    return refuseLocation(code);
  }
  if (service.takeQueueFailure()) {
    return refuse(500, 'UnknownError', '');
  }
  const { objectId: userId } = subject.person;
  const files = exportFilesOf(subject.person);
  service.queue.take({ id, userId, sasUrl, storageLocation: String(storageLocation), files });
  const location = `${call.origin}/v1.0/dataPolicyOperations/${id}`;
  const headers = { Location: location, 'Operation-Location': location, 'Retry-After': service.retryAfter };
  return { status: 202, headers: { ...headers, 'request-id': id } };
}

/** Reaches 100 before the operation is complete: progress is no sign of the end. */
function progressOf({ status, submittedDateTime }: ExportOperation, durationMs: number): number {
  const elapsed = (Date.now() - Date.parse(submittedDateTime)) / Math.max(1, durationMs);
  return status === 'complete' ? 100 : Math.min(100, Math.round(elapsed * 120));
}

function operationResource(operation: ExportOperation, durationMs: number): Record<string, unknown> {
  const { id, userId, status, submittedDateTime, completedDateTime = null, looks } = operation;
  const progress = progressOf(operation, durationMs);
  return {
    id,
    userId,
    status,
    submittedDateTime,
    completedDateTime,
    // Both were seen: a number and a number in text; the location and null.
    progress: looks % 2 === 0 ? progress : String(progress),
    storageLocation: looks % 3 === 2 ? null : operation.storageLocation,
  };
}

function look({ queue, retryAfter }: ExportService, call: Call): Answer {
  const [id = ''] = call.params;
  const operation = isGuid(id) ? queue.lookAt(id) : undefined;
  if (operation === undefined) {
    return isGuid(id)
      ? refuse(400, 'OperationNotFound', 'Cannot find any operations with the input Id.')
      : refuse(400, 'InvalidInput', 'The operation id is not a GUID.');
  }
  return (
    refuseUnknownSelection(call, 'dataPolicyOperation') ?? {
      status: 200,
      headers: operation.status === 'complete' ? {} : { 'Retry-After': retryAfter },
      body: {
        '@odata.context': `${call.origin}/v1.0/$metadata#dataPolicyOperations/$entity`,
        ...selected(operationResource(operation, queue.durationMs), call.url.searchParams.get('$select')),
      },
    }
  );
}

function list({ queue }: ExportService, call: Call): Answer {
  return page(call, {
    context: 'dataPolicyOperations',
    items: queue.list(),
    toResource: (operation) =>
      selected(operationResource(operation, queue.durationMs), call.url.searchParams.get('$select')),
  });
}

/** `exportPersonalData` and the operations that come of it. */
export function exportRoutes(service: ExportService): readonly Route[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\.0\/users\/([^/]+)\/exportPersonalData$/,
      handle: (call) => request(service, call),
    },
    { method: 'GET', path: /^\/v1\.0\/dataPolicyOperations$/, handle: (call) => list(service, call) },
    { method: 'GET', path: /^\/v1\.0\/dataPolicyOperations\/([^/]+)$/, handle: (call) => look(service, call) },
  ];
}
