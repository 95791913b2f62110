import { AccessDeniedError, UnavailableError } from '../../activities/ports/faults';
import type { Call, FakeWorld } from './fake-world';

/** The directory refuses a call for want of a right. */
export function denied(operation: string): AccessDeniedError {
  return new AccessDeniedError({ farEnd: 'directory', operation, code: 'Authorization_RequestDenied', status: 403 });
}

const DATABASE_CALLS: readonly Call[] = ['append', 'find', 'list', 'last', 'pass', 'reopen', 'end'];

/** The database does not answer from now on; the returned function brings it back. */
export function takeDatabaseAway(world: FakeWorld): () => void {
  for (const call of DATABASE_CALLS) {
    world.before(call, () => {
      throw new UnavailableError({ farEnd: 'audit-log', operation: `audit-log.${call}` });
    });
  }
  return () => {
    for (const call of DATABASE_CALLS) world.before(call, () => undefined);
  };
}
