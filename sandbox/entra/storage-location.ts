import { isIP } from 'node:net';

import { openSasContainer, type SasContainer, type StorageAnswer } from './sas-container';

/** Why a storage location is refused; all of them with HTTP 400, and for good. */
export type LocationCode =
  | 'SharedAccessSignatureTokenInvalid'
  | 'StorageLocationNotServiceSAS'
  | 'StorageLocationNotAzureBlob'
  | 'StorageLocationShouldNotAllowListAccess'
  | 'StorageLocationNeedsWriteAddPermissions'
  | 'StorageLocationAlreadyUsed'
  | 'StorageLocationShouldSupportAppendBlobs'
  | 'StorageLocationShouldNotAllowReadAccess'
  | 'StorageLocationInvalid';

/** What the export service writes first, to prove that it can, and to tie the data to the person. */
const REQUEST_INFO = 'RequestInfo.json';

/** Hosts without a dot, and IP addresses, are storage emulators: the account is the first part of the path. */
function isPathStyle({ hostname }: URL): boolean {
  return !hostname.includes('.') || isIP(hostname) !== 0;
}

/** What can be told from the URL alone. */
function judgeUrl(url: URL): LocationCode | undefined {
  if (!url.searchParams.has('sig')) {
    return 'SharedAccessSignatureTokenInvalid';
  }
  if (url.searchParams.has('ss')) {
    return 'StorageLocationNotServiceSAS';
  }
  const components = url.pathname.split('/').filter((component) => component !== '');
  return components.length === (isPathStyle(url) ? 2 : 1) ? undefined : 'StorageLocationNotAzureBlob';
}

/** Parses a storage location; a code when nothing can be written there, by the looks of the URL. */
export function parseStorageLocation(location: unknown): URL | LocationCode {
  if (typeof location !== 'string' || !URL.canParse(location)) {
    return 'StorageLocationInvalid';
  }
  const url = new URL(location);
  return /^https?:$/.test(url.protocol) ? (judgeUrl(url) ?? url) : 'StorageLocationInvalid';
}

function judgeWrite({ status, code }: StorageAnswer): LocationCode | undefined {
  if (status === 201) {
    return undefined;
  }
  if (status === 403) {
    return 'StorageLocationNeedsWriteAddPermissions';
  }
  if (status === 409 || status === 412) {
    return 'StorageLocationAlreadyUsed';
  }
  return code.includes('NotSupported') ? 'StorageLocationShouldSupportAppendBlobs' : 'StorageLocationInvalid';
}

async function judgeReading(container: SasContainer): Promise<LocationCode | undefined> {
  const { status } = await container.read(REQUEST_INFO);
  if (status === 403) {
    return undefined;
  }
  await container.remove(REQUEST_INFO);
  return 'StorageLocationShouldNotAllowReadAccess';
}

/**
 * Claims the location for one export, in the service's own order: listing must be forbidden, then the file is created
 * (only if it is not there), then filled, then reading must be forbidden. From the creation on the container counts
 * as used, whatever comes after. Answers the code when the location is refused.
 */
export async function claimStorageLocation(sasUrl: URL, requestInfo: Uint8Array): Promise<LocationCode | undefined> {
  const container = openSasContainer(sasUrl);
  const listing = await container.list();
  if (listing.status !== 403) {
    return listing.status === 200 ? 'StorageLocationShouldNotAllowListAccess' : 'StorageLocationInvalid';
  }
  return (
    judgeWrite(await container.createAppendBlob(REQUEST_INFO)) ??
    judgeWrite(await container.append(REQUEST_INFO, requestInfo)) ??
    (await judgeReading(container))
  );
}
