import { randomBytes, randomUUID } from 'node:crypto';
import { AccountClosureClient, createConfirmationToken, type ObservedClosure, type Phase } from '../../client';
import { connectTemporal } from '../../client/connection';
import type { EntraOptions } from '../../sandbox/entra/entra';
import type { SamplePerson } from '../../sandbox/entra/people';
import { ANALYTICAL } from '../../sandbox/entra/tenants';
import type { GuardedProcess } from '../../sandbox/guarded-process';
import { startFarEnds, startWorker, type FarEnds } from '../../sandbox/stack';
import { createOwnDatabase } from './own-database';
import { until } from './until';

/** The first start on a machine may have to build the Temporal server. */
export const FIRST_START_MS = 20 * 60_000;

/** The embedded stack's far ends, and real worker processes that a test starts and ends. */
export interface RealParts extends FarEnds {
  readonly client: AccountClosureClient;
  /** For what the client of ours would not do. */
  readonly service: ReturnType<typeof connectTemporal>;
  /** Starts one more worker process; all end with `close`. */
  readonly startWorker: (settings?: Readonly<Record<string, string>>) => Promise<GuardedProcess>;
  /** All that the workers have printed. */
  readonly workerOutput: () => string;
}

/** What a test needs of the parts: not to end them. */
export type Parts = Omit<RealParts, 'close' | 'databaseUrls'>;

/** A closure in a test, with the token that only the person has. */
export interface RequestedByTest {
  readonly person: SamplePerson;
  readonly token: string;
  readonly workflowId: string;
  readonly closureId: string;
}

const silent = (): void => undefined;

/** Starts everything but the worker. With `TEST_DATABASE_URL` on a real PostgreSQL, otherwise on PGlite. */
export async function startRealParts(
  settings: Readonly<Record<string, string>> = {},
  entra: Omit<EntraOptions, 'token'> = {},
): Promise<RealParts> {
  const serverUrl = process.env['TEST_DATABASE_URL'];
  const database = serverUrl === undefined ? undefined : await createOwnDatabase(serverUrl);
  const farEnds = await startFarEnds({
    onProgress: silent,
    environment: { ...settings, DATABASE_URL: database?.url },
    defaults: { CLOSURE_VERIFY_AFTER: '1s' },
    usualPorts: false,
    entra: { exportDurationMs: 300, ...entra },
  });
  const { environment } = farEnds;
  const client = AccountClosureClient.connect({ env: environment });
  const service = connectTemporal({ env: environment });
  const workers: GuardedProcess[] = [];
  let output = '';
  return {
    ...farEnds,
    client,
    service,
    startWorker: async (changes = {}) => {
      const onOutput = (text: string): void => {
        output += text;
      };
      const worker = await startWorker({ ...environment, ...changes }, { onProgress: silent, onOutput });
      workers.push(worker);
      return worker;
    },
    workerOutput: () => output,
    close: async () => {
      await Promise.all([client.close(), service.connection.close(), ...workers.map((worker) => worker.stop())]);
      await farEnds.close();
      await database?.drop();
    },
  };
}

/** Adds somebody to the stand-in, of whom nobody else makes use; in a tenant of that domain of their own, if one is named. */
export function addSomebody({ entra }: Parts, ownDomain?: string): SamplePerson {
  const domain = ownDomain ?? ANALYTICAL.domain;
  const person: SamplePerson = {
    name: 'Annie Easley',
    about: 'may close the account',
    tenantId: ownDomain === undefined ? ANALYTICAL.id : randomUUID(),
    objectId: randomUUID(),
    address: `annie.${randomBytes(4).toString('hex')}@${domain}`,
    traits: [],
  };
  entra.world.addPerson(person);
  return person;
}

/** Requests the closure of that account, with a token of its own. */
export async function request(
  { client, service }: Parts,
  person: SamplePerson,
  taskQueue?: string,
): Promise<RequestedByTest> {
  const { tenantId, objectId } = person;
  const token = createConfirmationToken();
  const starter = taskQueue === undefined ? client : new AccountClosureClient({ client: service, taskQueue });
  const { workflowId, closureId } = await starter.request({ tenantId, objectId, token });
  return { person, token, workflowId, closureId };
}

/** Waits until the closure is in the phase, or has gone past it to its end. */
export function untilPhase({ client }: Parts, { workflowId }: RequestedByTest, phase: Phase): Promise<ObservedClosure> {
  return until(
    () => client.status(workflowId),
    (status) => status.phase === phase || status.outcome !== undefined,
  );
}

/** Says yes as soon as the closure asks for it. */
export async function confirm(parts: Parts, closure: RequestedByTest): Promise<ObservedClosure> {
  const { planDigest = '' } = await untilPhase(parts, closure, 'awaitingConfirmation');
  return parts.client.confirm(closure.workflowId, { token: closure.token, planDigest });
}

/** Says yes when it is asked for, and waits for the end. */
export async function closeAccount(parts: Parts, closure: RequestedByTest): Promise<ObservedClosure> {
  await confirm(parts, closure);
  return untilPhase(parts, closure, 'closed');
}
