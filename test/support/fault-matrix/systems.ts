import { startAzurite } from '../../../sandbox/azurite';
import { startEntra, type Entra } from '../../../sandbox/entra/entra';
import { startErasureService, type RunningErasureService } from '../../../sandbox/erasure-service/service';
import { openShop } from '../a-shop';
import { NEW_SECRET } from '../erasure-services';
import { createOwnDatabaseWithRole, createReadyDatabase } from '../own-database';
import { startHttpFaultProxy } from './http-proxy';
import { startPostgresFaultProxy, type FaultProxy } from './postgres-proxy';
import type { FarEndName, Watch } from './watch';

/** The far ends themselves. */
export interface Systems {
  readonly entra: Entra;
  readonly service: RunningErasureService;
  readonly storageConnectionString: string;
  /** Of the audit log, by its owner. */
  readonly databaseUrl: string;
  /** Of the target, by its owner. */
  readonly shopUrl: string;
  /** Where each is reached by the worker: the connection string for the storage, URLs for the others. */
  readonly through: Readonly<Record<FarEndName, string>>;
  readonly close: () => Promise<void>;
}

const EXPORT_MS = 200;

/** Starts every far end, each with a proxy before it; the databases on that server. */
export async function startSystems(serverUrl: string, watch: Watch): Promise<Systems> {
  const [entra, azurite, service, database, shop] = await Promise.all([
    startEntra({ exportDurationMs: EXPORT_MS }),
    startAzurite(),
    startErasureService({ secrets: [NEW_SECRET], people: [] }),
    createReadyDatabase(serverUrl),
    createOwnDatabaseWithRole(serverUrl),
  ]);
  await openShop(shop.url, shop.role);
  const proxies = {
    graph: await startHttpFaultProxy(entra.url, 'graph', watch),
    storage: await startHttpFaultProxy(azurite.url, 'storage', watch),
    service: await startHttpFaultProxy(service.baseUrl, 'service', watch),
    database: await startPostgresFaultProxy(database.appUrl, 'database', watch),
    shop: await startPostgresFaultProxy(shop.appUrl, 'shop', watch),
  } satisfies Record<FarEndName, FaultProxy>;
  const { connectionString } = azurite;
  return {
    entra,
    service,
    storageConnectionString: connectionString,
    databaseUrl: database.url,
    shopUrl: shop.url,
    through: {
      graph: proxies.graph.url,
      storage: connectionString.replace(azurite.url, proxies.storage.url),
      service: proxies.service.url,
      database: proxies.database.url,
      shop: proxies.shop.url,
    },
    close: async () => {
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      await Promise.all([entra, azurite, service].map((farEnd) => farEnd.close()));
      await Promise.all([database.drop(), shop.drop()]);
    },
  };
}
