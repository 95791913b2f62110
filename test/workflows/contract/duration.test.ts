import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import ms from 'ms';
import { parseDuration } from '../../../workflows/contract/duration';

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['250 ms', 250],
    ['90s', 90_000],
    ['15 minutes', 900_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['1 Day', 86_400_000],
    ['14 days', 1_209_600_000],
    ['2w', 1_209_600_000],
    ['  35 days ', 3_024_000_000],
    ['1.0005s', 1_001],
  ])('is %p: %p milliseconds', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each([
    '',
    '14',
    'days',
    '5 bananas',
    '-1s',
    '1e3s',
    '1s 2s',
    '1s\n2s',
    '.5h',
    '1 month',
    '1y',
    '٣ days',
    'Infinity',
  ])('is not %p', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it.each(['1 millisecond', '2 secs', '3 min', '4 hrs', '5 d', '6 weeks', '7.25 hours', '0.1s'] as const)(
    'is what the package ms makes of it: %p',
    (text) => {
      expect(parseDuration(text)).toBe(Math.round(ms(text)));
    },
  );

  it('is a whole number of milliseconds, or none, whatever the text', () => {
    const plausible = fc
      .tuple(
        fc.float({ min: 0, max: 1_000, noNaN: true }),
        fc.constantFrom('', ' '),
        fc.constantFrom('s', 'm', 'h', 'd'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), plausible), (text) => {
        const parsed = parseDuration(text) ?? 0;

        expect(Number.isInteger(parsed) && parsed >= 0).toBe(true);
      }),
    );
  });
});
