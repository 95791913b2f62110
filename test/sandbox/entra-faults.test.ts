import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA } from '../../sandbox/entra/people';
import { call } from './graph-caller';

const ada = `/v1.0/users/${ADA.objectId}`;
const path = /\/users\//;

let entra: Entra;

beforeEach(async () => {
  entra = await startEntra();
});

afterEach(async () => {
  await entra.close();
});

describe('a fault of the stand-in', () => {
  it('throttles as often as it was told, then no more', async () => {
    entra.faults.add({ path, kind: 'status', status: 429, retryAfter: '7', times: 2 });

    const seen = [await call(entra, `GET ${ada}`), await call(entra, `GET ${ada}`), await call(entra, `GET ${ada}`)];

    expect(seen.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(seen[0]?.headers.get('retry-after')).toBe('7');
    expect(seen[0]?.body).toMatchObject({ error: { code: 'TooManyRequests' } });
  });

  it('answers without a body, or with a page of a proxy', async () => {
    entra.faults.add({ path, kind: 'status', status: 503, body: 'none' });
    entra.faults.add({ path, kind: 'status', status: 502, body: 'html' });

    expect(await call(entra, `GET ${ada}`)).toMatchObject({ status: 503, body: undefined });
    expect(await call(entra, `GET ${ada}`)).toMatchObject({ status: 502, body: expect.stringMatching(/^<html>/) });
  });

  it('loses the answer after the effect', async () => {
    entra.faults.add({ method: 'DELETE', path, kind: 'loseAnswer' });

    await expect(call(entra, `DELETE ${ada}`)).rejects.toThrow('fetch failed');

    expect(entra.world.isDeleted(ADA.objectId)).toBe(true);
  });

  it('hangs without effect for a caller who gives up', async () => {
    entra.faults.add({ method: 'DELETE', path, kind: 'hang', ms: 60_000 });

    const given = call(entra, `DELETE ${ada}`, { signal: AbortSignal.timeout(50) });

    await expect(given).rejects.toThrow();
    expect(entra.world.isLive(ADA.objectId)).toBe(true);
  });

  it('garbles the answer', async () => {
    entra.faults.add({ path, kind: 'malformed', body: '{"id":' });

    expect(await call(entra, `GET ${ada}`)).toMatchObject({ status: 200, body: '{"id":' });
  });

  it('lets the world change just before the request, even together with another fault', async () => {
    entra.faults.add({
      path,
      kind: 'before',
      run: () => {
        entra.world.takeOver(ADA.tenantId);
      },
    });
    entra.faults.add({ path, kind: 'status', status: 500 });

    const { status } = await call(entra, `GET ${ada}`);
    const realm = await call(entra, `GET /common/userrealm/${ADA.address}?api-version=2.1`);

    expect(status).toBe(500);
    expect(realm.body).toMatchObject({ IsViral: false });
  });

  it('hits only its method, and nothing once it is cleared', async () => {
    entra.faults.add({ method: 'DELETE', path, kind: 'status', status: 500 });

    const read = await call(entra, `GET ${ada}`);
    entra.faults.clear();
    const removed = await call(entra, `DELETE ${ada}`);

    expect([read.status, removed.status]).toEqual([200, 204]);
  });
});

describe('the record of requests', () => {
  it('holds every request in order, also those that a fault hit', async () => {
    entra.faults.add({ path, kind: 'status', status: 500 });

    await call(entra, `GET ${ada}?$select=id`);
    await call(entra, `PATCH ${ada}`, { json: { accountEnabled: false } });
    await call(entra, 'GET /health');

    expect(entra.requests).toMatchObject([
      { method: 'GET', path: `${ada}?$select=id`, clientRequestId: 'from-the-caller', body: '' },
      { method: 'PATCH', path: ada, clientRequestId: 'from-the-caller', body: '{"accountEnabled":false}' },
    ]);
  });
});
