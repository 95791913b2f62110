import type { Implementation } from './implementation';
import type { Turns } from './ports/turns';

/** Writes how the closure ends, before anybody is told, unless its erasure has begun: the first writer wins. */
export function createRecordEnding(turns: Turns): Implementation<'recordEnding'> {
  return async ({ closureId, firstRunId, ending }, { attempt }) => ({
    kind: await turns.end({ closureId, firstRunId }, ending, attempt.signal),
  });
}
