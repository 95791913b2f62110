import { PortFault, type FaultKind } from '../activities/ports/faults';
import { AccountClosureError, type ErrorCode } from '../client/errors';
import { CliError, type CliCode } from './cli-error';
import { errorCodeOf } from './error-code';

/** What the process's exit code says. Kept stable: scripts branch on it. */
export const EXIT = {
  done: 0,
  /** Something that nobody foresaw: a defect. */
  defect: 1,
  wrongUsage: 2,
  /** Refused, a failed check, or another outcome than waited for. */
  refused: 3,
  /** No such closure, or no such target. */
  noSuchClosure: 4,
  /** Unavailable or timed out: unknown, safe to repeat. */
  unavailable: 5,
} as const;

/** A code for programs, a line for people, and what the process exits with. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}

const NOT_FOUND = 404;

const EXIT_CODES: Record<ErrorCode | CliCode, number> = {
  defect: EXIT.defect,
  'wrong-usage': EXIT.wrongUsage,
  'invalid-argument': EXIT.wrongUsage,
  'invalid-token': EXIT.wrongUsage,
  'invalid-configuration': EXIT.wrongUsage,
  'no-such-closure': EXIT.noSuchClosure,
  'no-such-target': EXIT.noSuchClosure,
  unavailable: EXIT.unavailable,
  'timed-out': EXIT.unavailable,
  'access-denied': EXIT.unavailable,
  'no-such-namespace': EXIT.unavailable,
  'not-set-up': EXIT.unavailable,
  'not-supported': EXIT.unavailable,
  'unexpected-answer': EXIT.unavailable,
  'closure-has-ended': EXIT.refused,
  'other-outcome': EXIT.refused,
  'needs-operator': EXIT.refused,
  'closure-failed': EXIT.refused,
  'closure-terminated': EXIT.refused,
  'malformed-confirmation': EXIT.refused,
  'wrong-token': EXIT.refused,
  'stale-plan': EXIT.refused,
  'window-over': EXIT.refused,
  'not-awaiting-confirmation': EXIT.refused,
  'past-point-of-no-return': EXIT.refused,
  'nothing-to-resolve': EXIT.refused,
  'malformed-resolution': EXIT.refused,
  'not-exemptible': EXIT.refused,
  'unknown-basis': EXIT.wrongUsage,
  'malformed-report': EXIT.refused,
  'not-exporting': EXIT.refused,
  'repeated-too-often': EXIT.refused,
  'search-attributes-missing': EXIT.refused,
  'search-attributes-unusable': EXIT.refused,
  'no-export': EXIT.refused,
  'export-gone': EXIT.refused,
  'export-differs': EXIT.refused,
  'hash-mismatch': EXIT.refused,
  'file-exists': EXIT.refused,
  'storage-refused': EXIT.refused,
  'targets-refused': EXIT.refused,
  'not-eligible': EXIT.refused,
  'plan-incomplete': EXIT.refused,
  'eligibility-unknown': EXIT.unavailable,
  'probe-failed': EXIT.refused,
  'service-unavailable': EXIT.unavailable,
  'file-system': EXIT.refused,
};

/** What to say about anything that a command threw. */
export function complaintAbout(error: unknown): Complaint {
  if (error instanceof AccountClosureError || error instanceof CliError) {
    return { code: error.code, message: error.message, exitCode: EXIT_CODES[error.code] };
  }
  if (error instanceof PortFault) return complaintAboutFault(error);
  if (isSystemError(error)) {
    const message = `The file system refuses: ${errorCodeOf(error) ?? 'unknown'}.`;
    return { code: 'file-system', message, exitCode: EXIT_CODES['file-system'] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'defect', message, exitCode: EXIT.defect };
}

/** What a fault of a far end that the command reads itself (storage, database) is for its caller. */
const OF_FAULT: Readonly<Record<FaultKind, ErrorCode | CliCode>> = {
  throttled: 'unavailable',
  unavailable: 'unavailable',
  indeterminate: 'unexpected-answer',
  'access-denied': 'access-denied',
  'not-authenticated': 'access-denied',
  'request-refused': 'storage-refused',
  'export-location-refused': 'storage-refused',
  'purge-refused': 'storage-refused',
};

function complaintAboutFault({ kind, detail, message }: PortFault): Complaint {
  const isGone = kind === 'request-refused' && detail.status === NOT_FOUND;
  const code = isGone ? 'export-gone' : OF_FAULT[kind];
  return { code, message, exitCode: EXIT_CODES[code] };
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'path' in error;
}
