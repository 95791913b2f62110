import type { Pool } from 'pg';
import { createActivities, type ActivityImplementations } from '../activities';
import { createPool, createPostgresAuditLog } from '../activities/adapters/audit-log/postgres';
import { createAzureTokens } from '../activities/adapters/directory/azure-tokens';
import { createGraphDirectory } from '../activities/adapters/directory/graph';
import { createFileTokens, createStaticTokens, type TokenSource } from '../activities/adapters/directory/tokens';
import { createSignInRealm } from '../activities/adapters/realm/sign-in-service';
import { createAzureBlobStorage } from '../activities/adapters/storage/azure-blob';
import type { AuditLog } from '../activities/ports/audit-log';
import type { ExportStorage } from '../activities/ports/export-storage';
import { Sensitive } from '../activities/ports/sensitive';
import type { WorkerConfig } from './config';

/** Everything that the worker works with. */
export interface Dependencies {
  readonly activities: ActivityImplementations;
  readonly auditLog: AuditLog;
  readonly storage: ExportStorage;
  readonly pool: Pool;
}

/** The composition root: the only file of the worker that names adapters. Connects to nothing yet. */
export function createDependencies(config: WorkerConfig): Dependencies {
  const pool = createPool(config.databaseUrl);
  const storage = createAzureBlobStorage({ connectionString: config.storageConnectionString });
  const directory = createGraphDirectory({ graphUrl: config.graphUrl, tokens: tokensOf(config) });
  const realm = createSignInRealm({ loginUrl: config.loginUrl });
  return {
    activities: createActivities({ directory, realm, storage, policy: config.policy }),
    auditLog: createPostgresAuditLog(pool),
    storage,
    pool,
  };
}

function tokensOf({ credentials, graphUrl }: WorkerConfig): TokenSource {
  switch (credentials.kind) {
    case 'static-token':
      return createStaticTokens(new Sensitive(credentials.token));
    case 'token-file':
      return createFileTokens(credentials.path);
    case 'azure-identity':
      return createAzureTokens(graphUrl);
  }
}
