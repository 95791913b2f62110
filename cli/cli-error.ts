/** What the command line itself complains about; the client has codes of its own. */
export type CliCode =
  | 'wrong-usage'
  /** The environment does not say what the command needs, or says it wrongly. */
  | 'invalid-configuration'
  /** The server does not let us register search attributes: the message has the commands. */
  | 'search-attributes-missing'
  /** A search attribute is there, but of another type, or there is no free slot for it: the message says what to do. */
  | 'search-attributes-unusable'
  /** The closure has no export (yet). */
  | 'no-export'
  /** The export was deleted: its retention is over. */
  | 'export-gone'
  /** What is in storage is not what the closure recorded. */
  | 'export-differs'
  /** A file's content is not what the closure recorded; nothing of it was kept. */
  | 'hash-mismatch'
  /** A file of that name is there already; it was left alone. */
  | 'file-exists'
  /** The storage refuses the request. */
  | 'storage-refused'
  /** A targets file has errors. */
  | 'targets-refused'
  /** `plan`: the account cannot be closed here. */
  | 'not-eligible'
  /** `plan`: a target could not be planned. */
  | 'plan-incomplete'
  /** `plan`: whether the account may be closed cannot be told now. */
  | 'eligibility-unknown'
  /** The targets file has no target of that name. */
  | 'no-such-target'
  /** A service does not do what the contract of the http kind asks. */
  | 'probe-failed'
  /** The service of a target is not there now. */
  | 'service-unavailable'
  /** The file system does not let us write (or read) there. */
  | 'file-system';

/** A complaint of the command line: one sentence that says what would help, without personal data. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliCode;

  constructor(code: CliCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** A check that was done and has found errors: what it found is the answer, beside why the exit code is not 0. */
export class CheckFailedError extends CliError {
  readonly answer: object;

  constructor(code: CliCode, message: string, answer: object) {
    super(code, message);
    this.answer = answer;
  }
}
