import type { Client } from '@temporalio/client';
import { AccountClosureClient, connectTemporal, createConfirmationToken } from '../../../client';
import { seedOf } from '../../../client/confirmation-token';
import { startTemporal } from '../../../sandbox/temporal/dev-server';
import { publicKeyOf } from '../../../workflows/contract/confirmation';
import { closureIdOf, closureWorkflowId, forgetWorkflowId } from '../../../workflows/contract/ids';
import type { AccountClosureWorkflow, ForgetClosureWorkflow } from '../../../workflows/contract/messages';
import { SEARCH_ATTRIBUTES } from '../../../workflows/contract/names';
import { guid } from '../guid';
import { endStateOf, type EndState } from './end-state';
import { addEverywhere, everythingOf, leaveTraces, type PersonEverywhere } from './people';
import { startSystems, type Systems } from './systems';
import { Watch, type Disturbance, type Effect } from './watch';
import { startMatrixWorker } from './worker';

/** How a closure went. */
export interface ClosureRun {
  readonly end: EndState;
  /** What it asked for, in order. */
  readonly effects: readonly Effect[];
  /** What was to be disturbed and did not come. */
  readonly missed: readonly Effect[];
  /** Everything of the bystander's, to the byte. */
  readonly bystander: string;
}

/** Everything that closures need, and somebody who has nothing to do with them. */
export interface MatrixParts {
  readonly systems: Systems;
  readonly client: AccountClosureClient;
  /** Brings somebody more into every far end. */
  readonly addPerson: () => Promise<PersonEverywhere>;
  /** Closes the account of somebody, with some things that go wrong. */
  readonly run: (person: PersonEverywhere, disturbances?: readonly Disturbance[]) => Promise<ClosureRun>;
  readonly close: () => Promise<void>;
}

const BYSTANDER_NUMBER = 10;
const FIRST_NUMBER = 1_000;

/** Starts everything, with one worker. */
export async function startMatrix(serverUrl: string): Promise<MatrixParts> {
  const watch = new Watch();
  const systems = await startSystems(serverUrl, watch);
  const temporal = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  const worker = await startMatrixWorker(temporal, systems);
  const env = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const client = AccountClosureClient.connect({ env });
  const service = connectTemporal({ env });
  const bystander = await addEverywhere(systems, BYSTANDER_NUMBER);
  await leaveTraces(systems);
  let number = FIRST_NUMBER;
  return {
    systems,
    client,
    addPerson: () => addEverywhere(systems, (number += 1)),
    run: (person, disturbances = []) => run({ systems, watch, client, service, bystander }, person, disturbances),
    close: async () => {
      await Promise.all([client.close(), service.connection.close()]);
      await worker.close();
      await temporal.close();
      await systems.close();
    },
  };
}

interface Around {
  readonly systems: Systems;
  readonly watch: Watch;
  readonly client: AccountClosureClient;
  readonly service: Client;
  readonly bystander: PersonEverywhere;
}

async function run(
  { systems, watch, client, service, bystander }: Around,
  person: PersonEverywhere,
  disturbances: readonly Disturbance[],
): Promise<ClosureRun> {
  const account = { tenantId: guid(person.account.tenantId), objectId: guid(person.account.objectId) };
  const token = createConfirmationToken();
  const workflowId = closureWorkflowId(account);
  const closureId = closureIdOf(publicKeyOf(seedOf(token)), workflowId);
  const followed = watch.follow([closureId, account.objectId], disturbances);

  await client.request({ ...account, token });
  const { planDigest = '' } = await client.wait(workflowId, { phase: 'awaitingConfirmation', orAttention: true });
  await client.confirm(workflowId, { token, planDigest });
  const status = await service.workflow.getHandle<AccountClosureWorkflow>(workflowId).result();
  const { deletedContainers } = await service.workflow
    .getHandle<ForgetClosureWorkflow>(forgetWorkflowId(closureId))
    .result();
  await followed.untilSettled();
  return {
    end: await endStateOf(systems, person, { closureId, status, deletedContainers }),
    effects: followed.effects,
    missed: followed.missed,
    bystander: await everythingOf(systems, bystander),
  };
}
