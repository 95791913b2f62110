import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { closeAll } from '../../bench/closures';
import { createPeople } from '../../bench/people';
import type { Variant } from '../../bench/variants';
import { WaitingClosures } from '../../bench/waiting-closures';
import { createBareWorker, createOurWorker } from '../../bench/workers';
import { connectTemporal } from '../../client/connection';
import { startTemporal, type TemporalServer } from '../../sandbox/temporal/dev-server';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { FIRST_START_MS } from '../support/closure-server';
import { bundle } from '../support/workflow-bundles';

let temporal: TemporalServer;
let connection: NativeConnection;
let client: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await startTemporal({ searchAttributes: Object.values(SEARCH_ATTRIBUTES) });
  connection = await NativeConnection.connect({ address: temporal.address });
  client = connectTemporal({ env: {}, address: temporal.address, namespace: temporal.namespace });
}, FIRST_START_MS);

afterAll(async () => {
  await client.connection.close();
  await connection.close();
  await temporal.close();
});

describe('the bare Workflow of the benchmark', () => {
  it('leaves the same events as a closure, and so does its follow-up', async () => {
    const ours = await eventsOf('ours');
    const bare = await eventsOf('bare');

    expect(bare).toEqual(ours);
  });
});

/** Kinds of events, in order, of one closure and of its follow-up. */
async function eventsOf(variant: Variant): Promise<readonly unknown[]> {
  const place = { connection, namespace: temporal.namespace };
  const worker = await (variant === 'ours' ? createOurWorker(place, await bundle()) : createBareWorker(place));
  const people = createPeople(1);
  await worker.runUntil(closeAll({ client, variant, waiting: new WaitingClosures(client, variant) }, people));
  return await Promise.all(people.flatMap(({ workflowId, followUpId }) => [workflowId, followUpId].map(kindsOf)));
}

async function kindsOf(workflowId: string): Promise<readonly unknown[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).map(({ eventType }) => eventType);
}
