import { describe, expect, it } from '@jest/globals';
import { mayEraseAgain } from '../../workflows/target-erasure';

describe('a target in which something remains', () => {
  it('is erased three times by itself, and three times more after each word of an operator', () => {
    const roundsWithoutOperator = Array.from({ length: 9 }, (_, index) => index + 1).filter(mayEraseAgain);

    expect(roundsWithoutOperator).toEqual([1, 2, 4, 5, 7, 8]);
  });
});
