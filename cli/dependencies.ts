import type { AuditLog } from '../activities/ports/audit-log';
import type { ExportStorage } from '../activities/ports/export-storage';
import type { Sensitive } from '../activities/ports/sensitive';
import type { CheckDefinition, ReadTargetsFile } from '../activities/ports/targets-file';
import type { ServiceProbe } from '../activities/ports/service-probe';
import type { TargetDefinition } from '../activities/ports/target-catalog';
import { AccountClosureClient } from '../client/account-closure-client';
import { temporalTarget, type TemporalTarget } from '../client/connection';
import { CliError } from './cli-error';

/** What the commands need of the client. */
export type ClosureClient = Pick<
  AccountClosureClient,
  | 'request'
  | 'plan'
  | 'status'
  | 'find'
  | 'wait'
  | 'confirm'
  | 'withdraw'
  | 'report'
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

/** A key that identifiers are sealed with. */
interface SealingKey {
  readonly privateKey: Sensitive<string>;
  readonly publicKey: string;
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
  /** Another one each time. */
  readonly createSealingKey: () => Promise<SealingKey>;
  readonly readTargets: ReadTargetsFile;
  /** Looks into what a definition describes. */
  readonly checkTarget: CheckDefinition;
  /** The target of that name in the file of `CLOSURE_TARGETS`; `undefined`: it has none. */
  readonly definitionNamed: (name: string) => Promise<TargetDefinition | undefined>;
  readonly serviceProbe: () => Promise<ServiceProbe>;
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
 * loaded only then, so that the rest starts quickly.
 */
export function createDependencies(surroundings: ProcessSurroundings): CliDependencies {
  const { env } = surroundings;
  const open = new Set<{ readonly close: () => Promise<void> }>();
  let client: AccountClosureClient | undefined;
  return {
    ...surroundings,
    temporal: () => temporalTarget({ env }),
    client: () => {
      client ??= connect(env);
      open.add(client);
      return client;
    },
    storage: () => openStorage(env),
    auditLog: async () => {
      const opened = await openAuditLog(env['DATABASE_URL']);
      if (opened !== undefined) open.add(opened);
      return opened?.auditLog;
    },
    database: loadDatabaseSetup,
    createSealingKey: async () => {
      const { createSealingKey } = await import('../activities/adapters/identifier-vault/sealing-keys.js');
      return createSealingKey();
    },
    readTargets: (path) => readTargets(path, env),
    checkTarget: (definition, signal) => checkTarget(definition, signal),
    definitionNamed: (name) => definitionNamed(name, env),
    serviceProbe: () => loadServiceProbe(env),
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

async function openStorage(env: ProcessSurroundings['env']): Promise<ExportStorage | undefined> {
  const connectionString = env['AZURE_STORAGE_CONNECTION_STRING'];
  if (connectionString === undefined || connectionString === '') return undefined;
  const { createAzureBlobStorage } = await import('../activities/adapters/storage/azure-blob.js');
  const { createOutbound } = await import('../activities/adapters/outbound.js');
  return configured(() => createAzureBlobStorage({ connectionString, agentFor: createOutbound(env).agentFor }));
}

async function openAuditLog(
  databaseUrl: string | undefined,
): Promise<{ readonly auditLog: AuditLog; readonly close: () => Promise<void> } | undefined> {
  if (databaseUrl === undefined || databaseUrl === '') return undefined;
  const { createPostgresAuditLog } = await import('../activities/adapters/audit-log/postgres.js');
  const { createDatabase } = await import('../activities/adapters/database/database.js');
  const database = configured(() => createDatabase(databaseUrl));
  return { auditLog: createPostgresAuditLog(database), close: () => database.close() };
}

async function readTargets(path: string, env: ProcessSurroundings['env']): ReturnType<ReadTargetsFile> {
  const { readTargetsFile } = await import('../activities/adapters/targets-file/read-targets-file.js');
  return readTargetsFile(path, env);
}

/** Nothing of a database or a service is known from a file with errors. */
async function definitionNamed(name: string, env: ProcessSurroundings['env']): Promise<TargetDefinition | undefined> {
  const file = env['CLOSURE_TARGETS'];
  if (file === undefined || file === '') {
    throw new CliError('invalid-configuration', 'CLOSURE_TARGETS says where the targets file is: set it.');
  }
  const read = await readTargets(file, env);
  if (read.kind === 'complete') return read.catalog.targets.find((target) => target.name === name);
  throw new CliError('targets-refused', 'The targets file has errors: `closure targets check` tells all of them.');
}

/** Of a database its tables, keys, rights and ledger; of other kinds the file says all that can be checked without a call. */
async function checkTarget(...[definition, signal]: Parameters<CheckDefinition>): ReturnType<CheckDefinition> {
  if (definition.kind !== 'postgres') return [];
  const { checkSubjectRows } = await import('../activities/adapters/subject-rows/check.js');
  return checkSubjectRows(definition, signal);
}

async function loadServiceProbe(env: ProcessSurroundings['env']): Promise<ServiceProbe> {
  const { createServiceProbe } = await import('../activities/adapters/erasure-service/probe.js');
  const { createOutbound } = await import('../activities/adapters/outbound.js');
  return configured(() => createServiceProbe({ fetch: createOutbound(env).fetch }));
}

async function loadDatabaseSetup(): Promise<DatabaseSetup> {
  const { DatabaseSetupError, grantAppRole, migrateDatabase } =
    await import('../activities/adapters/database/setup.js');
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
