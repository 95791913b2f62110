import type { AuditLog } from './ports/audit-log';
import { UnavailableError } from './ports/faults';
import type { Turns } from './ports/turns';

/**
 * An attempt that runs out of time while the database does not answer fails by the database, and its failure says so.
 * Whatever else a call throws stays as it is.
 */
async function naming<T>(operation: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (fault) {
    if (!signal.aborted || fault !== signal.reason) throw fault;
    throw new UnavailableError({ farEnd: 'audit-log', operation, code: 'attempt-out-of-time' });
  }
}

/** The audit log, with an attempt's own time-out named as a fault of it. */
export function namingTimeOutsOfLog({ append, find, list }: AuditLog): AuditLog {
  return {
    append: (entry, signal) => naming('audit-log.append', signal, () => append(entry, signal)),
    find: (effect, kind, signal) => naming('audit-log.find', signal, () => find(effect, kind, signal)),
    list: (closureId, signal) => naming('audit-log.list', signal, () => list(closureId, signal)),
  };
}

/** The turns, with an attempt's own time-out named as a fault of the database. */
export function namingTimeOutsOfTurns({ last, pass, reopen, end }: Turns): Turns {
  return {
    last: (closure, signal) => naming('turns.last', signal, () => last(closure, signal)),
    pass: (passage, signal) => naming('turns.pass', signal, () => pass(passage, signal)),
    reopen: (passage, signal) => naming('turns.reopen', signal, () => reopen(passage, signal)),
    end: (closure, ending, signal) => naming('turns.end', signal, () => end(closure, ending, signal)),
  };
}
