import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dueBy } from '../../../workflows/contract/due-by';

const due = (receivedAt: string): string => dueBy(new Date(receivedAt)).toISOString();

describe('a request', () => {
  it.each([
    ['2026-03-15T00:00:00.000Z', '2026-04-15T23:59:59.999Z'],
    ['2026-03-15T23:59:59.999Z', '2026-04-15T23:59:59.999Z'],
    ['2026-12-15T12:00:00.000Z', '2027-01-15T23:59:59.999Z'],
    ['2026-12-31T12:00:00.000Z', '2027-01-31T23:59:59.999Z'],
  ])('received %s is due at the end of the same day of the next month: %s', (receivedAt, expected) => {
    expect(due(receivedAt)).toBe(expected);
  });

  it.each([
    ['2026-01-31T12:00:00.000Z', '2026-02-28T23:59:59.999Z'],
    ['2026-01-29T12:00:00.000Z', '2026-02-28T23:59:59.999Z'],
    ['2028-01-31T12:00:00.000Z', '2028-02-29T23:59:59.999Z'],
    ['2028-01-29T12:00:00.000Z', '2028-02-29T23:59:59.999Z'],
    ['2100-01-31T12:00:00.000Z', '2100-02-28T23:59:59.999Z'],
    ['2026-05-31T12:00:00.000Z', '2026-06-30T23:59:59.999Z'],
    ['2026-02-28T12:00:00.000Z', '2026-03-28T23:59:59.999Z'],
  ])('received %s is due on the last day of the next month when that has no such day: %s', (receivedAt, expected) => {
    expect(due(receivedAt)).toBe(expected);
  });

  it('is counted in UTC, wherever it was received', () => {
    expect(due('2026-03-31T23:30:00.000-02:00')).toBe('2026-05-01T23:59:59.999Z');
  });

  it('is due in the next month, 28 to 32 days later', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (receivedAt) => {
        const days = (dueBy(receivedAt).getTime() - receivedAt.getTime()) / 86_400_000;

        expect(days).toBeGreaterThanOrEqual(28);
        expect(days).toBeLessThanOrEqual(32);
        expect(dueBy(receivedAt).getUTCMonth()).toBe((receivedAt.getUTCMonth() + 1) % 12);
      }),
    );
  });
});
