import { setTimeout as pause } from 'node:timers/promises';
import {
  AnonymousCredential,
  ContainerClient,
  generateBlobSASQueryParameters,
  SASProtocol,
  type SignedIdentifier,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { IndeterminateAnswerError, UnavailableError } from '../../ports/faults';
import { Sensitive } from '../../ports/sensitive';
import { attempt, isAnswer, storageAt, type StorageCall } from './blob-faults';
import { pipelineFor, type ConnectOptions } from './pipeline';

/** Add, create, write. The directory's export refuses a SAS that can read or list. */
const PERMISSIONS = 'acw';
const POLICY_ID = 'export';
const PROBE = 'probe';
const AT = storageAt('storage.grant-writing');
/** No blob ever has this ETag, so that a write under this condition is authorised and then does nothing. */
const IMPOSSIBLE_ETAG = '"0x0"';

/** Whom to let write, until when, and how patient to be until the storage knows. */
export interface WriteGrant {
  readonly connect: ConnectOptions;
  readonly container: ContainerClient;
  readonly credential: StorageSharedKeyCredential;
  readonly expiresAt: Date;
  /** The longest that a policy may take to act. */
  readonly policyWaitMs: number;
  /** Between two tries of the SAS. */
  readonly retryDelayMs: number;
}

/**
 * Makes the stored access policy, and returns the SAS URL that is bound to it as soon as the SAS is accepted. The SAS
 * names nothing but the policy: a repeated call gives the same URL, and removing the policy ends it.
 * @throws UnavailableError when the SAS is not accepted in time
 * @throws IndeterminateAnswerError when the SAS can do more than write
 */
export async function grantWriting(grant: WriteGrant, signal: AbortSignal): Promise<Sensitive<string>> {
  const call = { operation: 'storage.grant-writing', signal } as const;
  await ensurePolicy(grant, call);
  const url = `${grant.container.url}?${writeSas(grant)}`;
  const writer = new ContainerClient(url, pipelineFor(new AnonymousCredential(), grant.connect));
  await waitUntilAccepted(writer, grant, call);
  await assertWriteOnly(writer, call);
  return new Sensitive(url);
}

/** The protocol that a SAS for this endpoint is bound to: https, unless the endpoint itself is a local http one. */
export function sasProtocolFor(url: string): { readonly protocol?: SASProtocol } {
  return url.startsWith('http:') ? {} : { protocol: SASProtocol.Https };
}

async function ensurePolicy({ container, expiresAt }: WriteGrant, call: StorageCall): Promise<void> {
  const found = await attempt(call, (abortSignal) => container.getAccessPolicy({ abortSignal }));
  const isPublic = found.blobPublicAccess !== undefined;
  // A later expiry is kept: an attempt that comes late must not shorten what is already in use.
  if (!isPublic && found.signedIdentifiers.some((policy) => isPolicyUntil(policy, expiresAt))) return;
  const policy = { id: POLICY_ID, accessPolicy: { permissions: PERMISSIONS, expiresOn: expiresAt } };
  await attempt(call, (abortSignal) => container.setAccessPolicy(undefined, [policy], { abortSignal }));
}

function isPolicyUntil({ id, accessPolicy }: SignedIdentifier, expiresAt: Date): boolean {
  const { permissions, expiresOn, startsOn } = accessPolicy;
  if (id !== POLICY_ID || permissions !== PERMISSIONS || startsOn !== undefined) return false;
  return expiresOn !== undefined && expiresOn >= expiresAt;
}

function writeSas({ container, credential }: WriteGrant): string {
  return generateBlobSASQueryParameters(
    { containerName: container.containerName, identifier: POLICY_ID, ...sasProtocolFor(container.url) },
    credential,
  ).toString();
}

async function waitUntilAccepted(writer: ContainerClient, grant: WriteGrant, call: StorageCall): Promise<void> {
  const giveUpAt = performance.now() + grant.policyWaitMs;
  while (!(await attempt(call, (abortSignal) => isWriteAccepted(writer, abortSignal)))) {
    if (performance.now() + grant.retryDelayMs > giveUpAt) {
      throw new UnavailableError({ ...storageAt(call.operation), status: 403 });
    }
    await attempt(call, (abortSignal) => pause(grant.retryDelayMs, undefined, { signal: abortSignal }));
  }
}

/** Asks by a write that cannot take effect: rights are judged before conditions, and nothing is left behind. */
async function isWriteAccepted(writer: ContainerClient, abortSignal: AbortSignal): Promise<boolean> {
  const conditions = { ifMatch: IMPOSSIBLE_ETAG };
  const outcome = await statusOf(writer.getAppendBlobClient(PROBE).create({ abortSignal, conditions }));
  if (outcome === 'done') throw new IndeterminateAnswerError(AT, 'a write condition was ignored');
  return outcome !== 'forbidden';
}

async function assertWriteOnly(writer: ContainerClient, call: StorageCall): Promise<void> {
  const read = await attempt(call, (abortSignal) =>
    statusOf(writer.getBlobClient(PROBE).getProperties({ abortSignal })),
  );
  const list = await attempt(call, (abortSignal) => statusOf(writer.listBlobsFlat({ abortSignal }).next()));
  if (read === 'forbidden' && list === 'forbidden') return;
  throw new IndeterminateAnswerError(AT, 'a SAS without the rights to read and list is let through');
}

async function statusOf(request: Promise<unknown>): Promise<'done' | 'forbidden' | 'authorised'> {
  try {
    await request;
    return 'done';
  } catch (error) {
    if (isAnswer(error, 403)) return 'forbidden';
    // With "no such container" the right was not asked for.
    if (isAnswer(error, 412) || isAnswer(error, 404, 'BlobNotFound')) return 'authorised';
    throw error;
  }
}
