import { defaultPayloadConverter, ExternalStorage, type StorageDriver } from '@temporalio/common';
import { UNDECODABLE } from '../workflows/contract/undecodable';

/*
 * A payload may say that its content lies in an external storage. Nothing of ours ever does, but anybody can send one, and
 * the SDK looks for such references before any codec, in headers and memos too: without a storage it throws, and the
 * Workflow Task fails for ever.
 */

/** Answers every reference with the marker, whatever driver it names, and takes nothing in. */
const EMPTY_DRIVER: StorageDriver = {
  name: 'account-closure-stores-nothing',
  type: 'none',
  store: () => Promise.reject(new Error('Nothing is stored outside Temporal.')),
  retrieve: (_context, claims) => Promise.resolve(claims.map(() => defaultPayloadConverter.toPayload(UNDECODABLE))),
};

class EmptyStorage extends ExternalStorage {
  constructor() {
    super({ drivers: [EMPTY_DRIVER], driverSelector: () => null, payloadSizeThreshold: Number.MAX_SAFE_INTEGER });
  }

  override getDriver(): StorageDriver {
    return EMPTY_DRIVER;
  }
}

/** An external storage in which there is nothing: what refers to one becomes the marker. */
export const emptyStorage: ExternalStorage = new EmptyStorage();

const REFERENCE = Buffer.from('temporal.api.sdk.v1.ExternalStorageReference');
const NO_REFERENCE = Buffer.from(REFERENCE.toString().replace('External', 'external'));

/**
 * Changes encoded Protobuf messages, in place, so that no payload in them is a reference any more: the SDK then hands it to the
 * codec, which makes the marker of it. A reference that is malformed never gets as far as the empty storage: the SDK throws
 * while it reads it, and quotes it. The name of the type is replaced by one as long, so the framing stays.
 */
export function disarmReferences<Bytes extends Uint8Array>(message: Bytes): Bytes {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  for (let at = bytes.indexOf(REFERENCE); at !== -1; at = bytes.indexOf(REFERENCE, at)) NO_REFERENCE.copy(bytes, at);
  return message;
}
