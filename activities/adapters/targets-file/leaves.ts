import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDuration } from '../../../workflows/contract/duration';
import type { ColumnValue, RetentionRule, TableName } from '../../ports/target-catalog';
import { isIdentifier, parseTableName } from './table-name';
import { exactly, takes } from './words';

const MILLISECONDS_A_SECOND = 1_000;
/** Ten years: longer than any wait of a closure, and still a date that a calendar can show. */
const LONGEST_MS = 10 * 365 * 24 * 60 * 60 * MILLISECONDS_A_SECOND;
const MOST_A_SECOND = 1_000;

/** A duration, in milliseconds. YAML reads a bare 0 as a number. */
export function duration(atLeastMs: number): z.ZodType<number, string | number> {
  const hint = `a duration such as 90s, 2 hours or 10 days${atLeastMs === 0 ? ', or 0' : ', at least 1s'}`;
  return z.union([z.string(), z.literal(0)], takes(hint)).transform((written, context) => {
    const valueMs = parseDuration(String(written));
    if (valueMs !== undefined && valueMs >= atLeastMs && valueMs <= LONGEST_MS) return valueMs;
    return refused(context, `takes ${hint}`);
  });
}

/** How many Activities a second. */
export const PerSecond = z
  .number(takes('a number of Activities a second, such as 2 or 0.5'))
  .refine((count) => count > 0 && count <= MOST_A_SECOND, `takes a number above 0, at most ${String(MOST_A_SECOND)}`);

const TABLE_HINT =
  'a table with its schema, such as app.orders; names with capitals or other characters in double quotes, as in ' +
  `app."Weird.Name". Without a schema a search path would decide which table is meant`;

/** A table, and how the file writes it. */
export const Table: z.ZodType<{ readonly what: string; readonly table: TableName }, string> = z
  .string(takes(TABLE_HINT))
  .transform((what, context) => {
    const table = parseTableName(what);
    return table === undefined ? refused(context, `takes ${TABLE_HINT}`) : { what, table };
  });

const COLUMN_HINT = 'the name of a column exactly as the catalogue has it, up to 63 bytes';

/** A column. */
export const Column = z.string(takes(COLUMN_HINT)).refine(isIdentifier, `takes ${COLUMN_HINT}`);

/** Columns with something for each; what cannot be the name of a column is refused. */
export function columns<Value extends z.ZodType>(value: Value, what: string): z.ZodRecord<z.ZodString, Value> {
  return z.record(z.string(), value, takes(what)).superRefine((given, context) => {
    for (const name of Object.keys(given).filter((key) => !isIdentifier(key))) {
      context.addIssue({ code: 'custom', path: [name], message: `is not ${COLUMN_HINT}` });
    }
  });
}

const VALUE_HINT = 'null, a fixed value (text, number, true or false), or { hash: true }';
const NUMBER_HINT = 'a number that is exact; any other goes in quotes';
const Fixed = z.union([z.string(), z.boolean(), z.number().refine(isExact, `takes ${NUMBER_HINT}`)]);
const Hash = exactly({ hash: z.literal(true) });

/** What a column is set to. */
export const SetValue = z.union([z.null(), Fixed, Hash], takes(VALUE_HINT)).transform((written): ColumnValue => {
  if (written === null) return { kind: 'null' };
  return typeof written === 'object' ? { kind: 'hash' } : { kind: 'fixed', value: written };
});

const PLUS_HINT = 'a number of years, months or days, such as 7 years';
const MOST = { years: 100, months: 1_200, days: 36_500 } as const;
const Unit = z.enum(['years', 'months', 'days']);

/** So long after an instant, by the calendar. */
export const Plus: z.ZodType<RetentionRule['plus'], string> = z
  .string(takes(PLUS_HINT))
  .transform((written, context) => {
    const [, digits, name = ''] = /^([1-9]\d{0,4}) (year|month|day)s?$/.exec(written) ?? [];
    const unit = Unit.safeParse(`${name}s`).data;
    const count = Number(digits);
    return unit === undefined || count > MOST[unit] ? refused(context, `takes ${PLUS_HINT}`) : { count, unit };
  });

const LITERAL =
  'is a secret written into the file: take it out, change it where it counts, and write { env: NAME } or { file: path } here';
const REFERENCE_HINT = 'where the value is: { env: NAME } or { file: path }, with nothing else beside it';

/** Words for a place where a secret is referred to. Never the value. */
export function takesReference(hint = REFERENCE_HINT): ReturnType<typeof takes> {
  return { error: ({ input }) => (isLiteral(input) ? LITERAL : takes(hint).error({ input })) };
}

const Variable = z.string(takes(REFERENCE_HINT)).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'takes the name of a variable');
const SecretFile = z.string(takes(REFERENCE_HINT)).min(1, 'takes the path of a file');

/** Where a secret is. */
export const Reference = z.union([exactly({ env: Variable }), exactly({ file: SecretFile })], takesReference());

/** One secret, or two while they are rotated. */
export const Secrets = z.union(
  [Reference, z.array(Reference).min(1, 'takes one secret, or two while it is rotated').max(2)],
  takesReference(`${REFERENCE_HINT}; while it is rotated a list of two, the newer one first`),
);

/** A URL that others cannot listen to, without anything secret in it; without a slash at the end. */
export const BaseUrl: z.ZodType<string, string> = z.string(takes('an https URL')).transform((written, context) => {
  const problem = problemOfUrl(written);
  return problem === undefined ? written.replace(/\/+$/, '') : refused(context, problem);
});

function problemOfUrl(written: string): string | undefined {
  if (!URL.canParse(written)) return 'takes an https URL, such as https://crm.example/closure';
  const { protocol, hostname, username, password } = new URL(written);
  if (username + password !== '') return 'has a user or password in it: take it out, our requests are signed';
  if (/[?#]/.test(written)) return 'has a ? or # in it: paths are put behind it';
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe ? undefined : 'takes an https URL; plain http only for a loopback address';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

function isLiteral(input: unknown): boolean {
  return typeof input === 'string' || (Array.isArray(input) && input.some((entry) => typeof entry === 'string'));
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
