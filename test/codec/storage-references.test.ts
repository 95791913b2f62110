import { describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, StorageDriverClaim, type Payload } from '@temporalio/common';
import { isReferencePayload } from '@temporalio/common/lib/internal-non-workflow/extstore-helpers';
import { temporal } from '@temporalio/proto';
import { disarmReferences, emptyStorage } from '../../codec/storage-references';
import { UNDECODABLE } from '../../workflows/contract/undecodable';
import { POISON, REFERENCE_TYPE } from './poison-payloads';

const { Payloads } = temporal.api.common.v1;

function disarmed(payloads: readonly Payload[]): readonly Payload[] {
  return Payloads.decode(disarmReferences(Payloads.encode({ payloads: [...payloads] }).finish())).payloads;
}

describe('The empty storage', () => {
  it('answers every reference with the marker, whatever driver it names', async () => {
    const driver = emptyStorage.getDriver('of-another-world');
    const answered = await driver?.retrieve({}, [new StorageDriverClaim({}), new StorageDriverClaim({ key: 'x' })]);

    expect(answered?.map((one): unknown => defaultPayloadConverter.fromPayload(one))).toEqual([
      UNDECODABLE,
      UNDECODABLE,
    ]);
  });

  it('takes nothing in, however large it is', () => {
    expect(emptyStorage.driverSelector({}, {})).toBeNull();
    expect(emptyStorage.payloadSizeThreshold).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('A message from the server', () => {
  it('holds no reference any more when it was disarmed, and as many payloads with the same data', () => {
    const payloads = POISON.map(([, poison]) => poison);

    const after = disarmed(payloads);

    expect(payloads.some(isReferencePayload)).toBe(true);
    expect(after.some(isReferencePayload)).toBe(false);
    expect(after.map(({ data }) => data?.length)).toEqual(payloads.map(({ data }) => data?.length ?? 0));
  });

  it('stays as it is, byte by byte, when there is no reference in it', () => {
    const message = Payloads.encode({ payloads: [defaultPayloadConverter.toPayload({ a: 'text' })] }).finish();

    expect(disarmReferences(Uint8Array.from(message))).toEqual(Uint8Array.from(message));
  });

  it('is changed within its own bytes alone', () => {
    const buffer = Buffer.from(`${REFERENCE_TYPE}${REFERENCE_TYPE}`);

    disarmReferences(buffer.subarray(REFERENCE_TYPE.length));

    expect(buffer.toString()).toBe(`${REFERENCE_TYPE}${REFERENCE_TYPE.replace('External', 'external')}`);
  });
});
