import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { PortFault } from '../../../activities/ports/faults';
import { answeringServerOfEachTest, type Reply } from '../../support/answering-server';
import { callsTo, faultOf, IMPATIENT_MS, PATIENT_MS } from '../../support/erasure-calls';
import { CLOSURE_ID, NEW_SECRET, PERSON } from '../../support/erasure-services';

const CANARY = 'kanarienvogel';

const server = answeringServerOfEachTest();

describe('A fault', () => {
  const headers = { location: `/${CANARY}/${PERSON.objectId}`, 'x-canary': CANARY, 'retry-after': CANARY };
  const problem = { ...headers, 'content-type': 'application/problem+json' };
  const saying = { type: `https://${CANARY}.example/${PERSON.objectId}`, title: CANARY, detail: PERSON.objectId };
  const SECRETS = [CANARY, PERSON.objectId, PERSON.tenantId, CLOSURE_ID, NEW_SECRET, '127.0.0.1', 'whsec', 'YS1uZXct'];
  const statuses = [200, 201, 202, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503];
  const replies: readonly Reply[] = [
    ...statuses.map((status) => ({ status, headers: problem, body: saying })),
    ...statuses.map((status) => ({ status, headers, body: `<html>${CANARY} ${PERSON.objectId}</html>` })),
    { body: { items: [{ what: `${CANARY} ${PERSON.objectId}`, count: CANARY, outcome: CANARY }] } },
    { body: { items: [{ what: 'ticket', count: 1, outcome: 'retained', basis: CANARY.toUpperCase() }] } },
    'reset',
    'hang',
  ];

  it.each(replies.map((each, index) => [index, each] as const))(
    'quotes no secret, no id, and nothing of the answer (%d)',
    async (_index, each) => {
      server.reply = each;
      const { lookUp, erase, progress } = callsTo(server.url, each === 'hang' ? IMPATIENT_MS : PATIENT_MS);

      for (const call of [lookUp, erase, progress]) {
        const fault: unknown = await call().catch((error: unknown) => error);
        // What the last reply but two says is a lookup, and so is a 404 an answer to a look at progress.
        if (!(fault instanceof PortFault)) continue;
        const printed = [String(fault), inspect(fault, { depth: 10, showHidden: true }), JSON.stringify(fault)].join();
        expect(SECRETS.filter((secret) => printed.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
      }
      await expect(erase()).rejects.toBeInstanceOf(PortFault);
    },
  );

  it('says nothing of the place when nobody is there', async () => {
    const { erase } = callsTo(server.url);
    await server.close();

    const fault = await faultOf(erase);

    expect(fault).toMatchObject({ kind: 'unavailable', message: 'The erasure-service did not answer.' });
    expect(SECRETS.filter((secret) => inspect(fault, { depth: 10, showHidden: true }).includes(secret))).toEqual([]);
  });
});
