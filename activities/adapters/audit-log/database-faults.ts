import { DatabaseError } from 'pg';
import { AccessDeniedError, NotAuthenticatedError, RequestRefusedError, UnavailableError } from '../../ports/faults';

const FAR_END = 'audit-log';

/** The code of the refusal when tables are missing; it says what helps. */
const RUN_CLOSURE_SETUP = 'run-closure-setup';

/** No such table, column, function, schema: the database was not migrated, or not far enough. */
const NOT_MIGRATED: readonly string[] = ['42P01', '42703', '42883', '3F000'];
/** The role or its password. */
const NOT_AUTHENTICATED: readonly string[] = ['28000', '28P01'];
/** A statement or lock time-out, a server that is read-only for a while after a failover. */
const FOR_LATER: readonly string[] = ['57014', '55P03', '25006'];
/** Broken connection, roll-back for concurrency, lack of resources, an operator's intervention, an error of the system. */
const CLASSES_FOR_LATER: readonly string[] = ['08', '40', '53', '57', '58', 'XX'];

/**
 * The port's fault for an error of the database driver. The driver's error goes no further: it may quote statements and
 * values.
 */
export function toDatabaseFault(error: unknown): unknown {
  // Ours, not the connection's: pg reports those as plain errors.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  if (!(error instanceof DatabaseError)) return new UnavailableError(FAR_END);
  return faultOf(error.code ?? 'XX000');
}

function faultOf(code: string): Error {
  if (NOT_MIGRATED.includes(code)) return new RequestRefusedError(FAR_END, 404, RUN_CLOSURE_SETUP);
  if (NOT_AUTHENTICATED.includes(code)) return new NotAuthenticatedError(FAR_END);
  if (code === '42501') return new AccessDeniedError(FAR_END, code);
  const isForLater = FOR_LATER.includes(code) || CLASSES_FOR_LATER.includes(code.slice(0, 2));
  return isForLater ? new UnavailableError(FAR_END) : new RequestRefusedError(FAR_END, 400, code);
}
