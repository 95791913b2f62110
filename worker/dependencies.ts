import { createActivities, type ActivityImplementations } from '../activities';
import { createPostgresAuditLog } from '../activities/adapters/audit-log/postgres';
import { checkDatabase } from '../activities/adapters/database/check';
import { createDatabase, type Database } from '../activities/adapters/database/database';
import { createAzureTokens } from '../activities/adapters/directory/azure-tokens';
import { createGraphDirectory } from '../activities/adapters/directory/graph';
import { createFileTokens, createStaticTokens, type TokenSource } from '../activities/adapters/directory/tokens';
import { createOutbound, type Outbound } from '../activities/adapters/outbound';
import { createSignInRealm } from '../activities/adapters/realm/sign-in-service';
import { createAzureBlobStorage } from '../activities/adapters/storage/azure-blob';
import { createPostgresTurns } from '../activities/adapters/turns/postgres';
import type { AuditLog } from '../activities/ports/audit-log';
import type { ExportStorage } from '../activities/ports/export-storage';
import { Sensitive } from '../activities/ports/sensitive';
import { ConfigError, type WorkerConfig } from './config';
import type { FarEndCheck } from './far-ends';

/** Everything that the worker works with. */
export interface Dependencies {
  readonly activities: ActivityImplementations;
  readonly auditLog: AuditLog;
  /** How to ask whether the far ends besides Temporal are there. */
  readonly checks: readonly FarEndCheck[];
  /** The proxy that a URL is to be reached through; `undefined`: none. */
  readonly proxyFor: Outbound['proxyFor'];
  /** Ends every connection that was made. */
  readonly close: () => Promise<void>;
}

const CHECK_TIMEOUT_MS = 5_000;

/**
 * The composition root: the only file of the worker that names adapters. Connects to nothing yet.
 * @param environment where the proxy variables are looked up
 * @throws ConfigError when a setting cannot be
 */
export function createDependencies(
  config: WorkerConfig,
  environment: Readonly<Record<string, string | undefined>>,
): Dependencies {
  const { graphUrl, loginUrl, storageConnectionString: connectionString, policy } = config;
  const { agentFor, fetch, proxyFor } = configured('', () => createOutbound(environment));
  const database = configured('DATABASE_URL ', () => createDatabase(config.databaseUrl));
  const storage = configured('AZURE_STORAGE_CONNECTION_STRING ', () =>
    createAzureBlobStorage({ connectionString, agentFor }),
  );
  const auditLog = createPostgresAuditLog(database);
  return {
    activities: createActivities({
      directory: createGraphDirectory({ graphUrl, tokens: tokensOf(config, agentFor), fetch }),
      realm: createSignInRealm({ loginUrl, fetch }),
      turns: createPostgresTurns(database),
      auditLog,
      storage,
      policy,
    }),
    auditLog,
    checks: [databaseCheck(database), storageCheck(storage)],
    proxyFor,
    close: () => database.close(),
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
