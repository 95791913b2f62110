import { Client } from 'pg';

/** A part of the URL that may be wrong: what is wrong with it, or `undefined`. */
type Rule = (url: URL, raw: string) => string | undefined;

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const SSL_VALUES = ['true', '1', '0', 'no-verify'];
const MILLISECONDS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'];

/** What can be told from the text alone. The driver takes most of these and fails at every connection, for ever. */
const RULES: readonly Rule[] = [
  (url) => (url.hash === '' ? undefined : 'has a # in it: write that of a password as %23'),
  // What stands before it was taken for the host: the password has a character that ends the host.
  (url) =>
    url.pathname.includes('@') ? 'has an @ behind the host: write a / of the password as %2F, a ? as %3F' : undefined,
  (_, raw) => (/%(?![0-9a-f]{2})/i.test(raw) ? 'has a % that begins no percent-encoding: write it as %25' : undefined),
  ({ searchParams }) => (searchParams.has('replication') ? 'asks for a connection for replication' : undefined),
  ({ searchParams }) => unless(searchParams.get('sslmode'), oneOf(SSL_MODES), `takes sslmode=${SSL_MODES.join(', ')}`),
  ({ searchParams }) => unless(searchParams.get('ssl'), oneOf(SSL_VALUES), `takes ssl=${SSL_VALUES.join(', ')}`),
  ({ searchParams }) => unless(searchParams.get('port'), isWhole, 'names a port that cannot be'),
  ({ searchParams }) =>
    MILLISECONDS.map((name) => unless(searchParams.get(name), isWhole, `takes ${name} in milliseconds`)).find(Boolean),
];

/**
 * Refuses a URL that no connection can be made with: that is a setting to repair, not an outage to wait out.
 * @throws RangeError that says what is wrong, in words; never the URL or a part of it
 */
export function assertDatabaseUrl(databaseUrl: string): void {
  const problem = problemOf(databaseUrl);
  if (problem !== undefined) throw new RangeError(`The URL of the database ${problem}.`);
}

function problemOf(raw: string): string | undefined {
  if (raw === '') return 'is empty';
  if (/\s/.test(raw)) return 'has white space in it: write a blank as %20';
  if (!/^postgres(ql)?:\/\//.test(raw)) return 'does not begin with postgres:// or postgresql://';
  const url = parsed(raw);
  if (url === undefined) {
    return 'cannot be read: look at its port, and whether each special character of user and password is written as %XX';
  }
  return RULES.map((rule) => rule(url, raw)).find(Boolean) ?? problemOfConnection(raw, url);
}

/** With user and password, but without a host, it is no URL; the driver allows that when `?host=` names a socket's folder. */
function parsed(raw: string): URL | undefined {
  const named = [raw, raw.replace('@/', '@socket/')].find((candidate) => URL.canParse(candidate));
  return named === undefined ? undefined : new URL(named);
}

/** What the driver makes of it: it reads the certificates' files, too. */
function problemOfConnection(raw: string, { hostname, searchParams }: URL): string | undefined {
  if (hostname === '' && !searchParams.has('host')) return 'names no host';
  try {
    const { host, port, user = '' } = new Client({ connectionString: raw });
    return problemOfPlace(host, port) ?? (user === '' ? 'names no user' : undefined);
  } catch (error) {
    return problemFor(error);
  }
}

function problemFor(error: unknown): string {
  if (error instanceof URIError) return 'has a percent-encoding that is no text';
  // By its name: what Node itself throws need not be an `Error` of this realm.
  const isFile = typeof error === 'object' && error !== null && 'syscall' in error;
  return isFile ? 'names a certificate or key in a file that cannot be read' : 'has TLS options that cannot be';
}

function problemOfPlace(host: string, port: number): string | undefined {
  if (host.includes(',')) return 'names more than one host: one is needed';
  if (host === '' || !(host.startsWith('/') || /^[\p{L}\p{N}._:-]+$/u.test(host))) return 'names a host that cannot be';
  return port >= 1 && port <= 65_535 ? undefined : 'names a port that cannot be';
}

function unless(value: string | null, isRight: (value: string) => boolean, problem: string): string | undefined {
  return value === null || isRight(value) ? undefined : problem;
}

function oneOf(values: readonly string[]): (value: string) => boolean {
  return (value) => values.includes(value);
}

function isWhole(value: string): boolean {
  return /^\d+$/.test(value);
}
