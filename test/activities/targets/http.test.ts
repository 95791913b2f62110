import { afterAll, beforeAll } from '@jest/globals';
import { createHttpTarget } from '../../../activities/targets/http';
import type { RunningErasureService } from '../../../sandbox/erasure-service/service';
import { isKnownBasis } from '../../../workflows/contract/bases';
import { BYSTANDER, PERSON, serviceAt, startExampleService } from '../../support/erasure-services';
import { describeErasureTarget } from '../ports/erasure-target.contract';

let running: RunningErasureService | undefined;

const stop = async (): Promise<void> => {
  await running?.close();
  running = undefined;
};

beforeAll(stop);
afterAll(stop);

describeErasureTarget('a service that speaks our contract', async () => {
  await stop();
  const service = (running = await startExampleService());
  return {
    target: createHttpTarget({ service: serviceAt(service.baseUrl), isBasis: (code) => isKnownBasis(code, []) }),
    person: PERSON,
    left: () => service.recordsOf(PERSON).filter(({ keep }) => keep === undefined).length,
    bystander: () => JSON.stringify(service.recordsOf(BYSTANDER)),
    takeOver: () => ({ kind: 'stopped', reason: 'managed-tenant', signIn: 'not-blocked', done: [] }),
    goAway: stop,
  };
});
