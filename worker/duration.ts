import ms, { type StringValue } from 'ms';

const DURATION = /^\d+(\.\d+)? ?(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/i;

/** `14 days`, `15m`, `0` -> milliseconds, as the `ms` package reads them; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  return isDuration(trimmed) ? Math.round(ms(trimmed)) : undefined;
}

function isDuration(text: string): text is StringValue {
  return DURATION.test(text);
}
