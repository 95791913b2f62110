/** Whether an unknown value is an object, of whatever fields; a list is one, too. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Whether an unknown value is an object with exactly these fields: all of the first list, any of the second, no others. A
 * message with a field that nobody knows is refused: what it carries would stay in history.
 */
export function isRecordOf<Required extends string, Optional extends string = never>(
  value: unknown,
  required: readonly Required[],
  optional: readonly Optional[] = [],
): value is Readonly<Record<Required, unknown>> & Readonly<Partial<Record<Optional, unknown>>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  const known: readonly string[] = [...required, ...optional];
  return required.every((name) => keys.includes(name)) && keys.every((name) => known.includes(name));
}

/** An id that says nothing: letters, digits, `.`, `_` and `-`, at most 64. */
export function isOpaqueId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(value);
}

/** An instant as ISO 8601 in UTC, with or without milliseconds. */
export function isInstant(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
