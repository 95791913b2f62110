import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../../../activities';
import { createPostgresAuditLog } from '../../../activities/adapters/audit-log/postgres';
import { createDatabase } from '../../../activities/adapters/database/database';
import { createGraphDirectory } from '../../../activities/adapters/directory/graph';
import { createStaticTokens } from '../../../activities/adapters/directory/tokens';
import { createHttpErasureService } from '../../../activities/adapters/erasure-service/http-service';
import { createPostgresIdentifierVault } from '../../../activities/adapters/identifier-vault/postgres';
import { createSealing } from '../../../activities/adapters/identifier-vault/sealing';
import { createSealingKey } from '../../../activities/adapters/identifier-vault/sealing-keys';
import { createSignInRealm } from '../../../activities/adapters/realm/sign-in-service';
import { createAzureBlobStorage } from '../../../activities/adapters/storage/azure-blob';
import { createPostgresSubjectRows, type OpenSubjectRows } from '../../../activities/adapters/subject-rows/postgres';
import { createPostgresTurns } from '../../../activities/adapters/turns/postgres';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { TargetCatalog } from '../../../activities/ports/target-catalog';
import type { TemporalServer } from '../../../sandbox/temporal/dev-server';
import { createWorker } from '../../../worker/worker';
import { DEFAULT_TASK_QUEUE } from '../../../workflows/contract/names';
import { aDefinition } from '../a-shop';
import { NEW_SECRET } from '../erasure-services';
import type { Systems } from './systems';

/** Nobody waits longer for an answer that does not come: the production's bounds are the same, and longer. */
const TIMEOUT_MS = 5_000;
/** A request for an export is answered when the directory has tried the storage, several times. */
const HTTP_TIMEOUT_MS = 10_000;
/** On top of the five seconds that the target's own server gives. */
const EXTRA_MS = 2_000;
/** Many closures at once have an answer to wait for that does not come, and each holds a connection meanwhile. */
const CONNECTIONS = 60;
const DAY_MS = 86_400_000;

const POLICY = {
  confirmationWindowMs: DAY_MS,
  coolingOffMs: 0,
  exportDeadlineMs: DAY_MS,
  exportRetentionMs: 0,
  readsLagMs: 2_000,
  verifyAfterMs: 1_000,
};

/** A worker as production makes it, on the far ends by way of their proxies; only its time-outs are shorter. */
export async function startMatrixWorker(
  temporal: TemporalServer,
  { through }: Systems,
): Promise<{ readonly close: () => Promise<void> }> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const database = createDatabase(through.database, { maxConnections: CONNECTIONS, timeoutMs: TIMEOUT_MS });
  const auditLog = createPostgresAuditLog(database);
  const rows: OpenSubjectRows[] = [];
  const http = { timeoutMs: HTTP_TIMEOUT_MS };
  const key = createSealingKey().privateKey;
  const connection = await NativeConnection.connect({ address: temporal.address });
  const worker = await createWorker({
    connection,
    namespace: temporal.namespace,
    taskQueue: DEFAULT_TASK_QUEUE,
    auditLog,
    say: () => undefined,
    readsLagMs: POLICY.readsLagMs,
    workflowBundle: { codePath: path.resolve('dist', 'workflow-bundle.js') },
    activities: createActivities({
      auditLog,
      directory: createGraphDirectory({ graphUrl: `${through.graph}/v1.0`, tokens: TOKENS, ...http }),
      realm: createSignInRealm({ loginUrl: through.graph, ...http }),
      storage: createAzureBlobStorage({ connectionString: through.storage }),
      turns: createPostgresTurns(database),
      vault: createPostgresIdentifierVault(database, createSealing([key])),
      catalog: catalogOf(through),
      rowsOf: (definition) => {
        const open = createPostgresSubjectRows(definition, { maxConnections: CONNECTIONS, clientExtraMs: EXTRA_MS });
        rows.push(open);
        return open;
      },
      serviceOf: (definition) => createHttpErasureService(definition, http),
      policy: POLICY,
    }),
  });
  const run = worker.run();
  return {
    close: async () => {
      worker.shutdown();
      await run;
      await connection.close();
      await Promise.all([database.close(), ...rows.map((open) => open.close())]);
    },
  };
}

const TOKENS = createStaticTokens(new Sensitive('sandbox-token.{tenantId}'));

/** A database, then a service, then the account. */
function catalogOf(through: Systems['through']): TargetCatalog {
  const common = { deadlineMs: DAY_MS, after: [] };
  return {
    bases: { 'tax-records': 'Invoices are kept for seven years under tax law' },
    targets: [
      aDefinition(through.shop),
      {
        kind: 'http',
        name: 'crm',
        ...common,
        after: ['shop'],
        definitionDigest: 'c'.repeat(64),
        baseUrl: through.service,
        secrets: [new Sensitive(NEW_SECRET)],
        readsLagMs: 0,
      },
      { kind: 'directory', name: 'directory', ...common, definitionDigest: '0'.repeat(64) },
    ],
  };
}
