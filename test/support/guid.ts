import type { Guid } from '../../workflows/contract/account';
import { toGuid } from '../../workflows/contract/ids';

/** The text as a GUID. Fails the test when it is none. */
export function guid(text: string): Guid {
  const found = toGuid(text);
  if (found === undefined) throw new TypeError('The test needs a GUID.');
  return found;
}
