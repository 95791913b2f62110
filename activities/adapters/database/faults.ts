import { DatabaseError } from 'pg';
import { z } from 'zod';
import {
  AccessDeniedError,
  IndeterminateAnswerError,
  NotAuthenticatedError,
  RequestRefusedError,
  UnavailableError,
  type FarEnd,
  type FaultAt,
  type PortFault,
} from '../../ports/faults';

/** Why the database cannot be used, as a fixed code; operations.md says of each what helps. */
export type DatabaseFaultCode =
  | 'connection-refused'
  | 'host-not-found'
  | 'host-unreachable'
  | 'connection-lost'
  | 'timed-out'
  | 'tls'
  | 'too-many-connections'
  | 'out-of-resources'
  | 'read-only'
  | 'shutting-down'
  | 'not-ready'
  | 'no-such-database'
  | 'not-authenticated'
  | 'no-right'
  | 'run-closure-setup'
  | 'protocol'
  | 'contention'
  | 'server-error'
  | TargetFaultCode;

/** What is wrong with the rows of a target's own database, as a fixed code; `targets check` says where. */
export type TargetFaultCode =
  | 'no-such-table'
  | 'no-such-column'
  | 'no-such-operator'
  | 'no-primary-key'
  | 'value-does-not-fit'
  | 'too-long'
  | 'not-null'
  | 'not-unique'
  | 'still-referenced'
  | 'check-constraint'
  | 'refused-by-trigger'
  | 'rows-stay'
  | 'rows-come-back'
  | 'another-database';

/** Which database: what its answers mean depends on whose it is. */
export type DatabaseFarEnd = Extract<FarEnd, 'audit-log' | 'identifier-vault' | 'target-database'>;

type Kind = 'later' | 'denied' | 'unknown-to-it' | 'refused';
type Verdict = readonly [Kind, DatabaseFaultCode];

/** By SQLSTATE, or by its class of two characters. */
const BY_SQLSTATE: Readonly<Record<string, Verdict>> = {
  // No such table, column, function, schema: not migrated, or not far enough.
  '42P01': ['refused', 'run-closure-setup'],
  '42703': ['refused', 'run-closure-setup'],
  '42883': ['refused', 'run-closure-setup'],
  '3F000': ['refused', 'run-closure-setup'],
  '3D000': ['refused', 'no-such-database'],
  '28000': ['unknown-to-it', 'not-authenticated'],
  '28P01': ['unknown-to-it', 'not-authenticated'],
  '42501': ['denied', 'no-right'],
  // A server that is read-only after a failover, or was set so.
  '25006': ['later', 'read-only'],
  '53300': ['later', 'too-many-connections'],
  '53': ['later', 'out-of-resources'],
  '55P03': ['later', 'timed-out'],
  '57014': ['later', 'timed-out'],
  '57P01': ['later', 'shutting-down'],
  '57P02': ['later', 'shutting-down'],
  // Starting up, or recovering.
  '57P03': ['later', 'not-ready'],
  '57': ['later', 'connection-lost'],
  // A pooler's own refusals come as this.
  '08P01': ['later', 'protocol'],
  '08': ['later', 'connection-lost'],
  '40': ['later', 'contention'],
  '58': ['later', 'server-error'],
  XX: ['later', 'server-error'],
};

/** What these mean in a database that is not ours: there is no setup to run. */
const BY_SQLSTATE_OF_TARGET: Readonly<Record<string, Verdict>> = {
  '42P01': ['refused', 'no-such-table'],
  '3F000': ['refused', 'no-such-table'],
  '42703': ['refused', 'no-such-column'],
  '42883': ['refused', 'no-such-operator'],
  '42804': ['refused', 'value-does-not-fit'],
  '42846': ['refused', 'value-does-not-fit'],
  '22001': ['refused', 'too-long'],
  '22': ['refused', 'value-does-not-fit'],
  '23502': ['refused', 'not-null'],
  '23503': ['refused', 'still-referenced'],
  '23505': ['refused', 'not-unique'],
  '23514': ['refused', 'check-constraint'],
  // An idle transaction that the server ended: the worker stood still.
  '25P03': ['later', 'timed-out'],
  P0: ['refused', 'refused-by-trigger'],
};

/** By the code that Node gives an error of a socket. */
const BY_SOCKET_CODE: Readonly<Record<string, DatabaseFaultCode>> = {
  ECONNREFUSED: 'connection-refused',
  // Of a Unix socket.
  ENOENT: 'connection-refused',
  EACCES: 'connection-refused',
  ENOTFOUND: 'host-not-found',
  EAI_AGAIN: 'host-not-found',
  EAI_FAIL: 'host-not-found',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EADDRNOTAVAIL: 'host-unreachable',
  ETIMEDOUT: 'timed-out',
};

/**
 * The port's fault for an error of the database driver. The driver's error goes no further: it may quote statements and
 * values.
 */
export function toDatabaseFault(error: unknown, operation: string, farEnd: DatabaseFarEnd = 'audit-log'): unknown {
  // Ours, not the connection's: pg reports those as plain errors.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  if (error instanceof DatabaseError) return bySqlState(error.code ?? 'XX000', operation, farEnd);
  const at = { farEnd, operation };
  if (isPasswordMissing(error)) return faultOf(['unknown-to-it', 'not-authenticated'], at);
  return faultOf(['later', codeOfConnection(error)], at);
}

/** The database cannot be used now; what was asked of it may have happened. */
export function databaseAway(
  code: DatabaseFaultCode,
  operation: string,
  farEnd: DatabaseFarEnd = 'audit-log',
): UnavailableError {
  return new UnavailableError({ farEnd, operation, code });
}

/** The database answered, and not as it should. */
export function oddAnswer(
  operation: string,
  oddity: string,
  farEnd: DatabaseFarEnd = 'audit-log',
): IndeterminateAnswerError {
  return new IndeterminateAnswerError({ farEnd, operation }, oddity);
}

/** The database of a target cannot be used as its definition says, however often it is asked. */
export function targetRefused(code: TargetFaultCode, operation: string): RequestRefusedError {
  return new RequestRefusedError({ farEnd: 'target-database', operation, code });
}

/** The role was not given what it needs; `rights` says what, in fixed codes. */
export function rightsMissing(rights: readonly string[], operation: string): AccessDeniedError {
  return new AccessDeniedError({
    farEnd: 'audit-log',
    operation,
    code: rights.map((right) => `no-${right}`).join(', '),
  });
}

/** Whether the statement was rolled back because of another one at the same time: it did nothing, and may succeed at once. */
export function isRolledBack(error: unknown): boolean {
  return error instanceof DatabaseError && error.code?.startsWith('40') === true;
}

function bySqlState(sqlState: string, operation: string, farEnd: DatabaseFarEnd): PortFault {
  const tables = farEnd === 'target-database' ? [BY_SQLSTATE_OF_TARGET, BY_SQLSTATE] : [BY_SQLSTATE];
  const verdict = tables.map((table) => table[sqlState] ?? table[sqlState.slice(0, 2)]).find(Boolean);
  const at = { farEnd, operation };
  return verdict === undefined ? new RequestRefusedError({ ...at, code: sqlState }) : faultOf(verdict, at);
}

function faultOf([kind, code]: Verdict, place: Omit<FaultAt, 'code'>): PortFault {
  const at = { ...place, code };
  switch (kind) {
    case 'later':
      return new UnavailableError(at);
    case 'denied':
      return new AccessDeniedError(at);
    case 'unknown-to-it':
      return new NotAuthenticatedError(at);
    case 'refused':
      return new RequestRefusedError(at);
  }
}

function codeOfConnection(error: unknown): DatabaseFaultCode {
  const { code, message } = textsOf(error);
  // The driver has no code for a server without TLS.
  if (isOfTls(code) || message.includes('does not support SSL')) return 'tls';
  return BY_SOCKET_CODE[code] ?? 'connection-lost';
}

/** OpenSSL's names for what is wrong with a certificate, and Node's for the rest. */
function isOfTls(code: string): boolean {
  return /CERT|^ERR_(TLS|SSL|OSSL)|^EPROTO$|^UNABLE_TO_(GET|VERIFY)|^(HOSTNAME|IP_ADDRESS)_MISMATCH$/.test(code);
}

/** The server asks for a password and the URL has none: the driver has no code for it either. */
function isPasswordMissing(error: unknown): boolean {
  return textsOf(error).message.startsWith('SASL:');
}

/** By their names: what Node itself throws need not be an `Error` of this realm. */
function textsOf(error: unknown): { readonly code: string; readonly message: string } {
  const texts = z.object({ code: z.string().catch(''), message: z.string().catch('') }).safeParse(error);
  return texts.success ? texts.data : { code: '', message: '' };
}
