import type { AddressInfo } from 'node:net';

import { deletedItemRoutes } from './deleted-items';
import { Directory } from './directory';
import { ExportQueue } from './export-queue';
import { exportRoutes } from './exports';
import { createFaultBook, type Faults } from './faults';
import { SAMPLE_PEOPLE, type SamplePerson } from './people';
import { organizationRoutes } from './organization';
import { realmRoutes } from './realm';
import type { Router } from './router';
import { createEntraServer, type RecordedRequest } from './server';
import { createSight, tenantToken } from './sight';
import { Tenants } from './tenant-register';
import { userCollectionRoutes } from './user-collections';
import { userRoutes } from './users';
import { createWorld, type World } from './world';

/** How the stand-in is set up. */
export interface EntraOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 when absent. */
  readonly host?: string;
  /**
   * The bearer token that Graph accepts for every tenant, as a gateway does; `sandbox-token` when absent. `tokenFor` makes
   * those that are for one tenant alone.
   */
  readonly token?: string;
  /** Who is there from the start; `SAMPLE_PEOPLE` when absent. */
  readonly people?: readonly SamplePerson[];
  /** From the request of an export until it is complete; 3000 when absent. */
  readonly exportDurationMs?: number;
  /** `Retry-After` of the answers about exports; 1 when absent (the real service says 60). */
  readonly retryAfterSeconds?: number;
  /** So long after a delete reads still find the user; 0 when absent. */
  readonly readLagMs?: number;
}

const DEFAULTS: Required<EntraOptions> = {
  port: 0,
  host: '127.0.0.1',
  token: 'sandbox-token',
  people: SAMPLE_PEOPLE,
  exportDurationMs: 3_000,
  retryAfterSeconds: 1,
  readLagMs: 0,
};

/** A running stand-in for Microsoft Graph v1.0 and the sign-in service. */
export interface Entra {
  readonly url: string;
  /** What `GRAPH_URL` is set to. */
  readonly graphUrl: string;
  /** What `LOGIN_URL` is set to. */
  readonly loginUrl: string;
  /** A bearer token for this tenant alone: the objects of others are not there for it. */
  readonly tokenFor: (tenantId: string) => string;
  readonly world: World;
  readonly faults: Faults;
  /** Every request in the order of arrival, also those that a fault hit. */
  readonly requests: readonly RecordedRequest[];
  /** Stops at once: open connections are cut, exports that were not begun are dropped. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a stand-in of its own world: nothing is kept after `close`.
 * @throws Error that names the port, when it is taken
 */
export async function startEntra(options: EntraOptions = {}): Promise<Entra> {
  const { port, host, token, people, exportDurationMs, retryAfterSeconds, readLagMs } = { ...DEFAULTS, ...options };
  const directory = new Directory(people, readLagMs);
  const tenants = new Tenants();
  people.forEach((person) => {
    tenants.ensureFor(person);
  });
  const queue = new ExportQueue(exportDurationMs);
  const { world, takeQueueFailure } = createWorld({ directory, tenants, queue });
  const retryAfter = String(retryAfterSeconds);
  const routes: Router['routes'] = [
    ...userRoutes(directory, tenants),
    ...userCollectionRoutes(directory),
    ...deletedItemRoutes(directory),
    ...exportRoutes({ directory, tenants, queue, retryAfter, takeQueueFailure }),
    ...realmRoutes(tenants),
    ...organizationRoutes(tenants),
  ];
  const faults = createFaultBook();
  const server = createEntraServer({ routes, sightOf: createSight({ token, directory, tenants }) }, faults);
  const address = await server.listen(port, host);
  const url = urlOf(address);
  return {
    url,
    graphUrl: `${url}/v1.0`,
    loginUrl: url,
    tokenFor: (tenantId) => tenantToken(token, tenantId),
    world,
    faults,
    requests: server.requests,
    close: async () => {
      await server.close();
      await queue.close();
    },
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
