/** The code of a Node error (`ENOENT`, `MODULE_NOT_FOUND`, …), if it is one. */
export function errorCodeOf(error: unknown): string | undefined {
  // No instanceof: errors of Node's own modules may come from another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the error is a Node error with this code. */
export function isErrorCode(error: unknown, code: string): boolean {
  return errorCodeOf(error) === code;
}
