// Control characters (C0, DEL, C1), line separators and direction overrides: harmless as text, not on a terminal.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with everything that a terminal might obey written as `\u001b`. For whatever came from outside. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, toEscape);
}

/** One line of JSON, safe for terminals as well. */
export function toJsonLine(value: unknown): string {
  return `${printable(JSON.stringify(value))}\n`;
}

/** Lines of `label  value`, with the values in one column. Rows without a value are left out. */
export function toAlignedLines(rows: readonly (readonly [label: string, value: string | undefined])[]): string {
  const filled = rows.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
  const width = Math.max(0, ...filled.map(({ label }) => label.length));
  return filled.map(({ label, value }) => `${label.padEnd(width)}  ${printable(value)}\n`).join('');
}

/** A count of bytes for people. */
export function toReadableSize(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(size) : size.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `1 file`, `2 files`. */
export function toCount(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
