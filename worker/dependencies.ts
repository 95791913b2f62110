import { createActivities, type ActivityImplementations } from '../activities';
import { createPostgresAuditLog } from '../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../activities/adapters/database/check';
import { createDatabase, type Database } from '../activities/adapters/database/database';
import { createAzureTokens } from '../activities/adapters/directory/azure-tokens';
import { createHttpErasureService } from '../activities/adapters/erasure-service/http-service';
import { createGraphDirectory } from '../activities/adapters/directory/graph';
import { createFileTokens, createStaticTokens, type TokenSource } from '../activities/adapters/directory/tokens';
import { createPostgresIdentifierVault } from '../activities/adapters/identifier-vault/postgres';
import { createSealing } from '../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../activities/adapters/identifier-vault/sealing-keys';
import { createOutbound, type Outbound } from '../activities/adapters/outbound';
import { createSignInRealm } from '../activities/adapters/realm/sign-in-service';
import { createAzureBlobStorage } from '../activities/adapters/storage/azure-blob';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../activities/adapters/subject-rows/postgres';
import { createPostgresTurns } from '../activities/adapters/turns/postgres';
import type { AuditLog } from '../activities/ports/audit-log';
import type { ExportStorage } from '../activities/ports/export-storage';
import type { IdentifierVault } from '../activities/ports/identifier-vault';
import { Sensitive } from '../activities/ports/sensitive';
import type { SubjectRows } from '../activities/ports/subject-rows';
import type { PostgresDefinition } from '../activities/ports/target-catalog';
import { ConfigError, neededSealingKeys, type WorkerConfig } from './config';
import type { FarEndCheck } from './far-ends';
import { loadTargets } from './targets';
import type { RatedTarget } from './worker';

/** Everything that the worker works with. */
export interface Dependencies {
  readonly activities: ActivityImplementations;
  readonly auditLog: AuditLog;
  readonly vault: IdentifierVault;
  /** Targets that have a rate, and so a Task Queue of their own. */
  readonly ratedTargets: readonly RatedTarget[];
  /** How to ask whether the far ends besides Temporal are there. */
  readonly checks: readonly FarEndCheck[];
  /** The proxy that a URL is to be reached through; `undefined`: none. */
  readonly proxyFor: Outbound['proxyFor'];
  /** Ends every connection that was made. */
  readonly close: () => Promise<void>;
}

const CHECK_TIMEOUT_MS = 5_000;

/**
 * The composition root: only it and `targets.ts` name adapters. Connects to nothing yet.
 * @param environment where the proxy variables are looked up, and what the targets file refers to
 * @throws ConfigError when a setting cannot be, or the targets file has an error
 */
export async function createDependencies(
  config: WorkerConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Dependencies> {
  const { graphUrl, loginUrl, storageConnectionString: connectionString, policy } = config;
  const { catalog, needsSealingKey } = await loadTargets(config.targetsFile, environment);
  const { agentFor, fetch, proxyFor } = configured('', () => createOutbound(environment));
  const database = configured('DATABASE_URL ', () => createDatabase(config.databaseUrl));
  const storage = configured('AZURE_STORAGE_CONNECTION_STRING ', () =>
    createAzureBlobStorage({ connectionString, agentFor }),
  );
  const auditLog = createPostgresAuditLog(database);
  const vault = createPostgresIdentifierVault(database, createSealing(sealingKeysFor(config, needsSealingKey)));
  const rows = createRows();
  return {
    activities: createActivities({
      directory: createGraphDirectory({ graphUrl, tokens: tokensOf(config, agentFor), fetch }),
      realm: createSignInRealm({ loginUrl, fetch }),
      turns: createPostgresTurns(database),
      auditLog,
      storage,
      vault,
      catalog,
      rowsOf: rows.of,
      serviceOf: (definition) => createHttpErasureService(definition, { fetch }),
      policy,
    }),
    auditLog,
    vault,
    ratedTargets: catalog.targets.flatMap(({ name, rate }) => (rate === undefined ? [] : [{ name, ...rate }])),
    checks: [databaseCheck(database), storageCheck(storage)],
    proxyFor,
    close: async () => {
      await Promise.all([database.close(), rows.close()]);
    },
  };
}

/** Where no target keeps anything the vault is there all the same: it may have to forget what an earlier file kept. */
function sealingKeysFor(config: WorkerConfig, areNeeded: boolean): readonly Sensitive<string>[] {
  if (areNeeded) return neededSealingKeys(config);
  return config.sealingKeys ?? [createSealingKey().privateKey];
}

/** The databases of the targets, each with connections of its own. */
function createRows(): {
  readonly of: (definition: PostgresDefinition) => SubjectRows;
  readonly close: () => Promise<void>;
} {
  const open: OpenSubjectRows[] = [];
  return {
    of: (definition) => {
      const rows = configured(`CLOSURE_TARGETS ${definition.name}: `, () => createPostgresSubjectRows(definition));
      open.push(rows);
      return rows;
    },
    close: async () => {
      await Promise.all(open.map((rows) => rows.close()));
    },
  };
}

/** What an adapter refuses to be made of is a wrong setting. */
function configured<T>(variable: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError([`${variable}${error.message}`]);
  }
}

function databaseCheck(database: Database): FarEndCheck {
  return {
    farEnd: 'database',
    check: () => checkDatabase(database, AbortSignal.timeout(CHECK_TIMEOUT_MS)),
    advice: 'Is DATABASE_URL right and the server up? If it is: run `closure setup` once.',
  };
}

function storageCheck(storage: ExportStorage): FarEndCheck {
  return {
    farEnd: 'storage',
    check: () => storage.check(AbortSignal.timeout(CHECK_TIMEOUT_MS)),
    advice: 'Is AZURE_STORAGE_CONNECTION_STRING right and the account reachable?',
  };
}

function tokensOf({ credentials, graphUrl }: WorkerConfig, agentFor: Outbound['agentFor']): TokenSource {
  switch (credentials.kind) {
    case 'static-token':
      return createStaticTokens(new Sensitive(credentials.token));
    case 'token-file':
      return createFileTokens(credentials.path);
    case 'azure-identity':
      return createAzureTokens(graphUrl, { agentFor });
  }
}
