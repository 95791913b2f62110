import { ENDINGS } from '../workflows/contract/decisions';
import { recordDecision } from './decisions';
import type { Implementation } from './implementation';
import type { AuditLog } from './ports/audit-log';
import type { Turns } from './ports/turns';

/** Where endings are written. */
interface Records {
  readonly turns: Turns;
  readonly auditLog: AuditLog;
}

/**
 * Writes how the closure ends, before anybody is told, unless its erasure has begun: the first writer wins. The decision is
 * written when it has taken effect, and only then.
 */
export function createRecordEnding({ turns, auditLog }: Records): Implementation<'recordEnding'> {
  return async ({ closureId, firstRunId, decision }, { attempt: { signal } }) => {
    const history = { closureId, firstRunId };
    const kind = await turns.end(history, ENDINGS[decision.step], signal);
    if (kind === 'recorded') await recordDecision(auditLog, { history, decision }, signal);
    return { kind };
  };
}
