import type { AuditLog } from '../activities/ports/audit-log';
import type { ExportStorage } from '../activities/ports/export-storage';
import { AccountClosureClient } from '../client/account-closure-client';
import { temporalTarget, type TemporalTarget } from '../client/connection';
import { CliError } from './cli-error';
import { isErrorCode } from './error-code';

/** What the commands need of the client. */
export type ClosureClient = Pick<
  AccountClosureClient,
  | 'request'
  | 'status'
  | 'find'
  | 'wait'
  | 'confirm'
  | 'withdraw'
  | 'resolve'
  | 'list'
  | 'registerSearchAttributes'
  | 'close'
>;

/** What `setup` does to the database. */
interface DatabaseSetup {
  readonly migrate: (ownerUrl: string) => Promise<void>;
  readonly grant: (ownerUrl: string, role: string) => Promise<void>;
}

/** The surroundings of one invocation: everything that a command may touch. */
export interface CliDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readStdin: () => Promise<string>;
  /** Standard output: what programs read. */
  readonly out: (text: string) => void;
  /** Standard error: what people read. */
  readonly err: (text: string) => void;
  /** Whether a progress line makes sense. */
  readonly isInteractive: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly client: () => ClosureClient;
  readonly temporal: () => TemporalTarget;
  /** `undefined` without `AZURE_STORAGE_CONNECTION_STRING`. */
  readonly storage: () => Promise<ExportStorage | undefined>;
  /** `undefined` without `DATABASE_URL`. */
  readonly auditLog: () => Promise<Pick<AuditLog, 'list'> | undefined>;
  readonly database: () => Promise<DatabaseSetup>;
  /** Ends every connection that was made. */
  readonly close: () => Promise<void>;
}

/** The parts of `CliDependencies` that are the process's. */
export type ProcessSurroundings = Pick<
  CliDependencies,
  'env' | 'readStdin' | 'out' | 'err' | 'isInteractive' | 'signal'
>;

/**
 * Composition root of the command line. Connections are made when a command asks for them; storage and database are
 * loaded only then, so that the rest works without the optional packages.
 */
export function createDependencies(surroundings: ProcessSurroundings): CliDependencies {
  const { env } = surroundings;
  const open = new Set<{ readonly close: () => Promise<void> }>();
  let client: AccountClosureClient | undefined;
  return {
    ...surroundings,
    temporal: () => configured(() => temporalTarget({ env })),
    client: () => {
      client ??= configured(() => connect(env));
      open.add(client);
      return client;
    },
    storage: () => openStorage(env['AZURE_STORAGE_CONNECTION_STRING']),
    auditLog: async () => {
      const opened = await openAuditLog(env['DATABASE_URL']);
      if (opened !== undefined) open.add(opened);
      return opened?.auditLog;
    },
    database: loadDatabaseSetup,
    close: async () => {
      await Promise.allSettled([...open].map((connection) => connection.close()));
    },
  };
}

function connect(env: ProcessSurroundings['env']): AccountClosureClient {
  const taskQueue = env['CLOSURE_TASK_QUEUE'];
  const identity = `closure-cli@${process.pid}`;
  return AccountClosureClient.connect({ env, identity, ...(taskQueue === undefined ? {} : { taskQueue }) });
}

async function openStorage(connectionString: string | undefined): Promise<ExportStorage | undefined> {
  if (connectionString === undefined || connectionString === '') return undefined;
  const { createAzureBlobStorage } = await installed(() => import('../activities/adapters/storage/azure-blob.js'));
  return configured(() => createAzureBlobStorage({ connectionString }));
}

async function openAuditLog(
  databaseUrl: string | undefined,
): Promise<{ readonly auditLog: AuditLog; readonly close: () => Promise<void> } | undefined> {
  if (databaseUrl === undefined || databaseUrl === '') return undefined;
  const { createPool, createPostgresAuditLog } = await installed(
    () => import('../activities/adapters/audit-log/postgres.js'),
  );
  const pool = configured(() => createPool(databaseUrl));
  return { auditLog: createPostgresAuditLog(pool), close: () => pool.end() };
}

async function loadDatabaseSetup(): Promise<DatabaseSetup> {
  const { DatabaseSetupError, grantAppRole, migrateDatabase } = await installed(
    () => import('../activities/adapters/audit-log/setup.js'),
  );
  const asked = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (error instanceof DatabaseSetupError) throw new CliError('wrong-usage', error.message, error);
      throw error;
    }
  };
  return {
    migrate: (ownerUrl) => asked(migrateDatabase(ownerUrl)),
    grant: (ownerUrl, role) => asked(grantAppRole(ownerUrl, role)),
  };
}

/** A wrong setting throws while something is made from it: that is the user's to repair, not a defect. */
function configured<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'wrong setting';
    throw new CliError('invalid-configuration', reason, error);
  }
}

async function installed<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isErrorCode(error, 'MODULE_NOT_FOUND')) throw error;
    throw new CliError('not-installed', 'This needs the optional packages: install without `--omit=optional`.', error);
  }
}
