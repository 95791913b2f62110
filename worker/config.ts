import { isIP } from 'node:net';
import { z } from 'zod';
import type { ConfiguredPolicy } from '../activities';
import { DEFAULT_TASK_QUEUE } from '../workflows/contract/names';
import type { Sensitive } from '../activities/ports/sensitive';
import { parseSealingKeys, readSealingKeys, SEALING_KEYS_HINT } from './sealing-keys';
import { parseDuration } from '../workflows/contract/duration';

/** Settings that are missing or wrong: one line for each, which names the variable and what it takes. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }

  /** The variables that the problems name: each line begins with its own. */
  get variables(): readonly string[] {
    return this.problems.flatMap((line) => /^[A-Z][A-Z_*]+(?: and [A-Z][A-Z_]+)*/.exec(line)?.[0].split(' and ') ?? []);
  }
}

/** How the worker proves itself to the directory. */
export type DirectoryCredentials =
  | { readonly kind: 'static-token'; readonly token: string }
  | { readonly kind: 'token-file'; readonly path: string }
  | { readonly kind: 'azure-identity' };

/** The worker's settings. `TEMPORAL_*` is not here: the SDK reads it. */
export interface WorkerConfig {
  readonly taskQueue: string;
  readonly graphUrl: string;
  readonly loginUrl: string;
  readonly credentials: DirectoryCredentials;
  readonly storageConnectionString: string;
  readonly databaseUrl: string;
  /** The first seals, all open; `undefined`: none is set. See `neededSealingKeys`. */
  readonly sealingKeys: readonly Sensitive<string>[] | undefined;
  readonly policy: ConfiguredPolicy;
  /** Path of the targets file; `undefined`: the directory account alone. */
  readonly targetsFile: string | undefined;
  /** `undefined`: off. */
  readonly healthPort: number | undefined;
  /** `undefined`: off. */
  readonly metricsPort: number | undefined;
  readonly logLevel: LogLevel;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
/** One of pino's levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const DURATION_HINT = 'takes a duration such as 90s, 15 minutes or 14 days';

function duration(byDefault: string, atLeastMs: number, atMostMs = LONGEST_MS): z.ZodType<number> {
  return z
    .string()
    .default(byDefault)
    .transform((text, context) => {
      const valueMs = parseDuration(text);
      if (valueMs !== undefined && valueMs >= atLeastMs && valueMs <= atMostMs) return valueMs;
      context.addIssue({
        code: 'custom',
        message: `${DURATION_HINT}${atLeastMs === 0 ? ', or 0' : ', at least 1s'}${atMostMs < LONGEST_MS ? `, at most ${String(atMostMs / MILLISECONDS_A_MINUTE)} minutes` : ''}`,
      });
      return z.NEVER;
    });
}

const MILLISECONDS_A_SECOND = 1_000;
const MILLISECONDS_A_MINUTE = 60 * MILLISECONDS_A_SECOND;
/** A step that reads is given an hour: within it the whole lag has to pass, and some attempts behind it. */
const LONGEST_LAG_MS = 30 * MILLISECONDS_A_MINUTE;
/** Ten years: longer than any wait of a closure, and still a date that a calendar can show. */
const LONGEST_MS = 10 * 365 * 24 * 60 * 60 * MILLISECONDS_A_SECOND;

const farEnd = (byDefault: string): z.ZodType<string> =>
  z
    .string()
    .default(byDefault)
    .refine(isSafeUrl, 'takes an https URL; plain http only for a loopback address')
    .transform((url) => url.replace(/\/+$/, ''));

const port = z
  .string()
  .optional()
  .transform((text, context) => {
    if (text === undefined || text === 'off') return undefined;
    if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536) return Number(text);
    context.addIssue({ code: 'custom', message: 'takes a port from 1 to 65535, or off' });
    return z.NEVER;
  });

const Environment = z.object({
  CLOSURE_TASK_QUEUE: z.string().min(1).default(DEFAULT_TASK_QUEUE),
  GRAPH_URL: farEnd('https://graph.microsoft.com/v1.0'),
  LOGIN_URL: farEnd('https://login.microsoftonline.com'),
  GRAPH_TOKEN: z.string().min(1).optional(),
  GRAPH_TOKEN_FILE: z.string().min(1).optional(),
  AZURE_STORAGE_CONNECTION_STRING: z
    .string('is missing: the connection string, with the account key, of the storage account for exports')
    .refine(
      hasAccountKey,
      'takes a connection string with AccountName and AccountKey: a SAS for an export must be signed with the key',
    ),
  DATABASE_URL: z
    .string('is missing: the URL of the PostgreSQL database for the audit log')
    .refine((url) => /^postgres(ql)?:\/\//.test(url), 'takes a postgres:// URL'),
  CLOSURE_SEALING_KEY: z
    .string()
    .transform((text, context) => {
      const keys = parseSealingKeys(text);
      if (keys !== undefined) return keys;
      context.addIssue({ code: 'custom', message: SEALING_KEYS_HINT });
      return z.NEVER;
    })
    .optional(),
  CLOSURE_SEALING_KEY_FILE: z.string().min(1).optional(),
  CLOSURE_CONFIRMATION_WINDOW: duration('14 days', MILLISECONDS_A_SECOND),
  CLOSURE_COOLING_OFF: duration('0', 0),
  CLOSURE_EXPORT_DEADLINE: duration('35 days', MILLISECONDS_A_SECOND),
  CLOSURE_EXPORT_RETENTION: duration('30 days', 0),
  CLOSURE_READS_LAG: duration('10 minutes', 0, LONGEST_LAG_MS),
  CLOSURE_VERIFY_AFTER: duration('15 minutes', 0),
  CLOSURE_TARGETS: z.string().min(1).optional(),
  HEALTH_PORT: port,
  METRICS_PORT: port,
  LOG_LEVEL: z.enum(LOG_LEVELS, `takes one of ${LOG_LEVELS.join(', ')}`).default('info'),
});

/** The variables that are read here. */
export const ENVIRONMENT_VARIABLES: readonly string[] = Object.keys(Environment.shape);

/**
 * The settings from the environment. An empty variable counts as not set.
 * @throws ConfigError with a line for each variable that is missing or wrong; values are never repeated in it
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): WorkerConfig {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success)
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
  const settings = parsed.data;
  return {
    taskQueue: settings.CLOSURE_TASK_QUEUE,
    graphUrl: settings.GRAPH_URL,
    loginUrl: settings.LOGIN_URL,
    credentials: credentialsOf(settings),
    storageConnectionString: settings.AZURE_STORAGE_CONNECTION_STRING,
    databaseUrl: settings.DATABASE_URL,
    sealingKeys: sealingKeysOf(settings),
    policy: policyOf(settings),
    targetsFile: settings.CLOSURE_TARGETS,
    healthPort: settings.HEALTH_PORT,
    metricsPort: settings.METRICS_PORT,
    logLevel: settings.LOG_LEVEL,
  };
}

/**
 * The sealing keys, for a worker that keeps identifiers.
 * @throws ConfigError when none is set
 */
export function neededSealingKeys({ sealingKeys }: Pick<WorkerConfig, 'sealingKeys'>): readonly Sensitive<string>[] {
  if (sealingKeys !== undefined) return sealingKeys;
  throw new ConfigError([
    'CLOSURE_SEALING_KEY is missing: the key that identifiers of these targets are sealed with; `closure sealing-key` makes one',
  ]);
}

type Settings = z.infer<typeof Environment>;

function policyOf(settings: Settings): ConfiguredPolicy {
  return {
    confirmationWindowMs: settings.CLOSURE_CONFIRMATION_WINDOW,
    coolingOffMs: settings.CLOSURE_COOLING_OFF,
    exportDeadlineMs: settings.CLOSURE_EXPORT_DEADLINE,
    exportRetentionMs: settings.CLOSURE_EXPORT_RETENTION,
    readsLagMs: settings.CLOSURE_READS_LAG,
    verifyAfterMs: settings.CLOSURE_VERIFY_AFTER,
  };
}

function credentialsOf({ GRAPH_TOKEN, GRAPH_TOKEN_FILE }: Settings): DirectoryCredentials {
  if (GRAPH_TOKEN !== undefined && GRAPH_TOKEN_FILE !== undefined) {
    throw new ConfigError(['GRAPH_TOKEN and GRAPH_TOKEN_FILE are both set: keep one of them']);
  }
  if (GRAPH_TOKEN !== undefined) return { kind: 'static-token', token: GRAPH_TOKEN };
  return GRAPH_TOKEN_FILE === undefined ? { kind: 'azure-identity' } : { kind: 'token-file', path: GRAPH_TOKEN_FILE };
}

function sealingKeysOf(settings: Settings): WorkerConfig['sealingKeys'] {
  const { CLOSURE_SEALING_KEY: keys, CLOSURE_SEALING_KEY_FILE: path } = settings;
  if (path === undefined) return keys;
  if (keys !== undefined) {
    throw new ConfigError(['CLOSURE_SEALING_KEY and CLOSURE_SEALING_KEY_FILE are both set: keep one of them']);
  }
  const read = readSealingKeys(path);
  if (typeof read === 'string') throw new ConfigError([`CLOSURE_SEALING_KEY_FILE ${read}`]);
  return read;
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function hasAccountKey(connectionString: string): boolean {
  return (
    connectionString === 'UseDevelopmentStorage=true' ||
    (/AccountName=[^;]+/.test(connectionString) && /AccountKey=[^;]+/.test(connectionString))
  );
}
