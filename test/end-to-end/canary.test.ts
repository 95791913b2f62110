import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { FaultEffect } from '../../sandbox/entra/faults';
import type { SamplePerson } from '../../sandbox/entra/people';
import { freePort } from '../../sandbox/ports';
import { forgetWorkflowId } from '../../workflows/contract/ids';
import { PLAN_CLOSURE } from '../../workflows/contract/names';
import { guid } from '../support/guid';
import {
  confirm,
  FIRST_START_MS,
  request,
  startRealParts,
  untilPhase,
  type RealParts,
  type RequestedByTest,
} from '../support/real-parts';
import { until } from '../support/until';
import { wholeDatabase } from '../support/whole-database';

const CANARY: SamplePerson = {
  name: 'Kanaria Zeisigova',
  about: 'may close the account',
  tenantId: 'ca4a2100-0000-4000-8000-00000000c0de',
  objectId: 'ca4a2101-0000-4000-8000-00000000c0de',
  address: 'kanaria.zeisigova@gelbvogel.example',
  traits: [],
};

/** Parts of the name and of the address, as nobody else has them. */
const PERSONAL = ['kanaria', 'zeisigova', 'gelbvogel'];
const IDS = [CANARY.tenantId, CANARY.objectId];

/** Everything that was collected, by where it was found. */
type Collected = Record<
  'history' | 'visibility' | 'log' | 'metrics' | 'database' | 'storage names' | 'headers',
  string
>;

describe('A person whose closure meets every kind of fault', () => {
  let parts: RealParts;
  let collected: Collected;

  beforeAll(async () => {
    const METRICS_PORT = String(await freePort());
    parts = await startRealParts({ LOG_LEVEL: 'trace' });
    parts.entra.world.addPerson(CANARY);
    const worker = await parts.startWorker({ METRICS_PORT });
    const watched = watchVisibility(parts);
    const closure = await closeWithFaults(parts);
    const metrics = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    collected = { ...(await collect(parts, closure)), metrics, visibility: await watched.seen() };
    await worker.stop();
    collected = { ...collected, log: parts.workerOutput() };
  }, FIRST_START_MS);

  afterAll(async () => {
    await parts.close();
  });

  it('leaves the name and the address nowhere', () => {
    expect(placesOf(PERSONAL, collected)).toEqual([]);
  });

  it('leaves the ids of tenant and account nowhere but in the payloads of the history', () => {
    const history = withoutPayloads(collected.history);

    expect(placesOf(IDS, { ...collected, history })).toEqual([]);
  });

  it('has left traces in all the places that were searched, so that the search means something', () => {
    const { 'storage names': storage, ...others } = collected;
    const told = parts.entra.requests.map(({ path }) => decodeURIComponent(path)).join('\n');
    const traces: Readonly<Record<string, boolean>> = {
      history: others.history.includes(CANARY.objectId) && others.history.includes('PurgeRefused'),
      visibility: others.visibility.includes('directory:PurgeRefused') && others.visibility.includes('forgetClosure'),
      'dry runs': others.visibility.includes(PLAN_CLOSURE) && others.history.includes('directory.find-account'),
      log: others.log.includes('attempt-failed') && others.log.includes('Indeterminate'),
      metrics: others.metrics.includes('temporal_activity_execution_failed'),
      database: others.database.includes('erase'),
      storage: storage.includes('export-'),
      headers: others.headers.includes('client-request-id'),
      'what the directory was told': told.includes(CANARY.address),
    };

    expect(Object.keys(traces).filter((place) => !traces[place])).toEqual([]);
  });
});

/** Which word was found where. */
function placesOf(words: readonly string[], places: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    words.filter((word) => text.toLowerCase().includes(word)).map((word) => `${word} in ${place}`),
  );
}

/** Faults whose answers quote the person, one after the other for every kind of request. */
async function closeWithFaults(parts: RealParts): Promise<RequestedByTest> {
  const quote = `${CANARY.name} <${CANARY.address}> ${CANARY.objectId} of ${CANARY.tenantId}`;
  const error = { error: { code: quote, message: quote, innerError: { code: quote, message: quote } } };
  const broken: FaultEffect = { kind: 'status', status: 500, body: error };
  const throttled: FaultEffect = { kind: 'status', status: 429, retryAfter: '1', body: error };
  const denied: FaultEffect = { kind: 'status', status: 403, body: error };
  const noJson: FaultEffect = { kind: 'malformed', body: `${quote} <html>` };
  const oddFields: FaultEffect = {
    kind: 'malformed',
    body: JSON.stringify({ id: quote, userPrincipalName: [quote], issuer: quote, Login: quote }),
  };
  const user = new RegExp(`/users/${CANARY.objectId}`);
  // The first dry run cannot tell anything, the second one sees all of it.
  parts.entra.faults.add({ ...denied, method: 'GET', path: user });
  await parts.client.plan(CANARY);
  await parts.client.plan(CANARY);

  const script: readonly (readonly [method: string, path: RegExp, effects: readonly FaultEffect[]])[] = [
    ['GET', new RegExp(`${user.source}\\?`), [broken, oddFields]],
    ['GET', /gelbvogel/i, [noJson]],
    ['GET', new RegExp(`${user.source}/memberOf`), [broken, noJson]],
    ['POST', user, [throttled]],
    ['GET', /dataPolicyOperations/, [throttled]],
    ['PATCH', user, [denied]],
    ['DELETE', user, [throttled]],
    // Three refusals in a row, and it waits for an operator.
    ['DELETE', /deletedItems/, [denied, denied, denied]],
  ];
  for (const [method, path, effects] of script)
    for (const effect of effects) parts.entra.faults.add({ ...effect, method, path });

  const closure = await request(parts, CANARY);
  await confirm(parts, closure);
  await until(
    () => parts.client.status(closure.workflowId),
    ({ attention }) => attention.some(({ fault }) => fault === 'PurgeRefused'),
  );
  // So that what waits for an operator is seen by those who list.
  await pause(1_000);
  await parts.client.resolve(closure.workflowId, { target: 'directory', action: 'retry', by: 'operator-1' });
  const ended = await untilPhase(parts, closure, 'closed');
  if (ended.outcome !== 'closed') throw new Error(`The closure ended as ${ended.phase}.`);
  return closure;
}

/** Lists and describes all Workflows again and again, as an operator would who watches. */
function watchVisibility({ service }: RealParts): { readonly seen: () => Promise<string> } {
  const seen = new Set<string>();
  let isOver = false;
  const look = async (): Promise<void> => {
    for await (const { raw, workflowId, runId } of service.workflow.list()) {
      seen.add(readable(raw));
      seen.add(readable((await service.workflow.getHandle(workflowId, runId).describe()).raw));
    }
  };
  const watch = async (): Promise<void> => {
    while (!isOver) {
      await look();
      await pause(250);
    }
    await look();
  };
  const watching = watch();
  return {
    seen: async () => {
      isOver = true;
      await watching;
      return [...seen].join('\n');
    },
  };
}

async function collect(parts: RealParts, closure: RequestedByTest): Promise<Omit<Collected, 'metrics' | 'visibility'>> {
  const workflowIds = [closure.workflowId, forgetWorkflowId(guid(closure.closureId))];
  const query = `WorkflowType = "${PLAN_CLOSURE}"`;
  for await (const { workflowId } of parts.service.workflow.list({ query })) workflowIds.push(workflowId);
  const histories = await Promise.all(
    workflowIds.map((workflowId) => parts.service.workflow.getHandle(workflowId).fetchHistory()),
  );
  return {
    history: histories.map((history) => readable(JSON.parse(historyToJSON(history)))).join('\n'),
    log: parts.workerOutput(),
    database: await wholeDatabase(parts.environment['DATABASE_URL'] ?? ''),
    'storage names': parts.entra.world.exports.map(({ storageLocation }) => storageLocation).join('\n'),
    // The directory's own token names its tenant, as the real ones do.
    headers: JSON.stringify(parts.entra.requests.map(({ headers: { authorization, ...others } }) => others)),
  };
}

/** A Protobuf message as JSON, with what each payload holds as text. */
function readable(message: unknown): string {
  return JSON.stringify(message).replaceAll(
    /"data":"([^"]*)"/g,
    (_data, base64: string) => `"data":${JSON.stringify(Buffer.from(base64, 'base64').toString('utf8'))}`,
  );
}

/** The same without what the payloads hold. */
function withoutPayloads(history: string): string {
  return history.replaceAll(/"data":"(?:[^"\\]|\\.)*"/g, '"data":""');
}
