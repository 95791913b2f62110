import { describe, expect, it } from '@jest/globals';
import { EARLY_FAILURES, FAILURE_TYPES, isEarly } from '../../../workflows/contract/failures';
import { PHASE_TEXTS } from '../../../workflows/contract/phase-texts';
import { isRefusal, REFUSAL_TEXTS, REFUSALS } from '../../../workflows/contract/refusals';
import { isClosed, isPastPointOfNoReturn, OUTCOMES, RUNNING_PHASES } from '../../../workflows/contract/phases';
import { isAttentionTarget, isTargetName, RESERVED_NAMES, STEP_NAMES } from '../../../workflows/contract/targets';

const UNKNOWN = ['', 'toString', '__proto__', 'Closed', 7, null, undefined, {}, ['closed']];

describe('an outcome', () => {
  it('means that the account is closed when it is closed, with or without something that stays, and only then', () => {
    expect([undefined, ...OUTCOMES].filter(isClosed)).toEqual(['closed', 'closedWithRetention']);
  });

  it('lies past the point of no return when something may have been erased: then the export is kept', () => {
    expect([undefined, ...OUTCOMES].filter(isPastPointOfNoReturn)).toEqual([
      'closed',
      'closedWithRetention',
      'stopped',
    ]);
  });
});

describe('a phase', () => {
  it.each([...RUNNING_PHASES, ...OUTCOMES])('%s has words of its own, which continue a line', (phase) => {
    const { meaning, waitsFor } = PHASE_TEXTS[phase];

    expect(meaning).toMatch(/^[a-z].+[^.]$/);
    expect(waitsFor).toMatch(/^[a-z].+[^.]$/);
    expect(Object.values(PHASE_TEXTS).filter((text) => text.meaning === meaning)).toHaveLength(1);
  });

  it('that is an end waits for nothing, and only such a one', () => {
    const phases = [...RUNNING_PHASES, ...OUTCOMES];

    expect(phases.filter((phase) => PHASE_TEXTS[phase].waitsFor.startsWith('nothing: '))).toEqual(OUTCOMES);
  });
});

describe('a refusal', () => {
  it.each(REFUSALS)('%s is told in words', (refusal) => {
    expect(REFUSAL_TEXTS[refusal]).toMatch(/^[A-Z].+\.$/);
  });

  it('is one of a closed list, and every text is another', () => {
    expect(REFUSALS.filter(isRefusal)).toEqual(REFUSALS);
    expect(UNKNOWN.filter(isRefusal)).toEqual([]);
    expect(new Set(Object.values(REFUSAL_TEXTS)).size).toBe(REFUSALS.length);
  });
});

describe('a failure', () => {
  it('is too early when nothing is wrong, and only then', () => {
    expect(FAILURE_TYPES.filter(isEarly).toSorted()).toEqual(EARLY_FAILURES.toSorted());
    expect(UNKNOWN.filter(isEarly)).toEqual([]);
  });
});

describe('what can wait for an operator', () => {
  it('is a step or a target of the erasure', () => {
    const names = ['directory', 'shop-2', ...STEP_NAMES];

    expect(names.filter(isAttentionTarget)).toEqual(names);
    expect(UNKNOWN.filter(isAttentionTarget)).toEqual([]);
  });
});

describe('the name of a target', () => {
  it.each(['directory', 'a', 'shop-2', 'x'.repeat(40)])('can be %s', (name) => {
    expect(isTargetName(name)).toBe(true);
  });

  it.each([...RESERVED_NAMES, ...UNKNOWN, 'Shop', '2shop', 'shop_2', 'shop.orders', 'x'.repeat(41)])(
    'cannot be %s',
    (name) => {
      expect(isTargetName(name)).toBe(false);
    },
  );
});
