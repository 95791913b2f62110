import { describe, expect, it } from '@jest/globals';
import { isUndecodable, UNDECODABLE } from '../../../workflows/contract/undecodable';

describe('the marker of an undecodable payload', () => {
  it('is recognised after it went through JSON', () => {
    expect(isUndecodable(UNDECODABLE)).toBe(true);
    expect(isUndecodable(JSON.parse(JSON.stringify(UNDECODABLE)))).toBe(true);
  });

  it.each([undefined, null, true, 'undecodable', {}, { undecodable: false }, { undecodable: 'true' }, []])(
    'is not %p',
    (value) => {
      expect(isUndecodable(value)).toBe(false);
    },
  );
});
