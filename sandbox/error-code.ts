/**
 * Whether an error of the system carries this code, e.g. `EEXIST`.
 * Asked of any object: under Jest the errors of Node are no instances of the `Error` that a test file sees.
 */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
