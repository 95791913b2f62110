import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  closureWorkflowId,
  forgetWorkflowId,
  isClosureWorkflowId,
  isGuid,
  toGuid,
} from '../../../workflows/contract/ids';
import { guid } from '../../support/guid';

const TENANT = '1a0b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';
const OBJECT = '2b0b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

describe('a GUID', () => {
  it('is the same in upper and lower case, and kept in lower case', () => {
    expect(toGuid(TENANT.toUpperCase())).toBe(TENANT);
    expect(toGuid(TENANT)).toBe(TENANT);
  });

  it('is only recognised as kept when it is in lower case', () => {
    expect(isGuid(TENANT)).toBe(true);
    expect(isGuid(TENANT.toUpperCase())).toBe(false);
  });

  it.each([
    '',
    'ada',
    `{${TENANT}}`,
    ` ${TENANT}`,
    `${TENANT}\n`,
    TENANT.replaceAll('-', ''),
    `${TENANT}0`,
    `0${TENANT}`,
  ])('is not %p', (text) => {
    expect(toGuid(text)).toBeUndefined();
  });

  it.each([undefined, null, 7, {}, [TENANT]])('is never %p, which is no text', (value) => {
    expect(isGuid(value)).toBe(false);
  });

  it('is any UUID', () => {
    fc.assert(
      fc.property(fc.uuid(), (text) => {
        expect(toGuid(text.toUpperCase())).toBe(text);
      }),
    );
  });
});

describe('the Workflow id of a closure', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('is "closure-" and the lower-case hex SHA-256 of tenant id, slash and object id', () => {
    const id = closureWorkflowId({ tenantId: guid(TENANT), objectId: guid(OBJECT) });

    expect(id).toBe(`closure-${sha256(`${TENANT}/${OBJECT}`)}`);
    expect(isClosureWorkflowId(id)).toBe(true);
  });

  it('is the same however the GUIDs were written', () => {
    const lower = closureWorkflowId({ tenantId: guid(TENANT), objectId: guid(OBJECT) });
    const upper = closureWorkflowId({ tenantId: guid(TENANT.toUpperCase()), objectId: guid(OBJECT.toUpperCase()) });

    expect(upper).toBe(lower);
  });

  it('is another one for each account, and does not name it', () => {
    const id = closureWorkflowId({ tenantId: guid(TENANT), objectId: guid(OBJECT) });

    expect(closureWorkflowId({ tenantId: guid(OBJECT), objectId: guid(TENANT) })).not.toBe(id);
    expect(id).not.toContain(TENANT.slice(0, 8));
    expect(id).not.toContain(OBJECT.slice(0, 8));
  });

  it.each(['', 'closure-', `closure-${'a'.repeat(63)}`, `closure-${'A'.repeat(64)}`, `forget-${'a'.repeat(64)}`])(
    'does not look like %p',
    (text) => {
      expect(isClosureWorkflowId(text)).toBe(false);
    },
  );

  it('is another one than the id of the follow-up, which is named after the closure', () => {
    expect(forgetWorkflowId(guid(TENANT))).toBe(`forget-${TENANT}`);
  });
});
