const DURATION = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i;

/** The units of the `ms` package, without its years: a year is no fixed time. */
const UNITS: readonly (readonly [names: readonly string[], unitMs: number])[] = [
  [['ms', 'millisecond', 'milliseconds'], 1],
  [['s', 'sec', 'secs', 'second', 'seconds'], 1_000],
  [['m', 'min', 'mins', 'minute', 'minutes'], 60_000],
  [['h', 'hr', 'hrs', 'hour', 'hours'], 3_600_000],
  [['d', 'day', 'days'], 86_400_000],
  [['w', 'week', 'weeks'], 604_800_000],
];

/** `14 days`, `15m`, `0` -> milliseconds, as the `ms` package reads them; `undefined` for anything else. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const [, count, name = ''] = DURATION.exec(trimmed) ?? [];
  const unit = UNITS.find(([names]) => names.includes(name.toLowerCase()));
  return unit === undefined ? undefined : Math.round(Number(count) * unit[1]);
}
