import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA, GRACE } from '../../sandbox/entra/people';
import { SAMPLE_TENANTS } from '../../sandbox/entra/tenants';
import { call, readPages } from './graph-caller';

let entra: Entra;

beforeEach(async () => {
  entra = await startEntra();
});

afterEach(async () => {
  await entra.close();
});

describe('the organization in the stand-in', () => {
  it('is the tenant that the token is for', async () => {
    const { body } = await call(entra, 'GET /v1.0/organization?$select=id', { token: entra.tokenFor(ADA.tenantId) });

    expect(body).toEqual({
      '@odata.context': expect.stringContaining('$metadata#organization'),
      value: [{ id: ADA.tenantId }],
    });
  });

  it('is every tenant, over several pages, for the token of a gateway', async () => {
    const pages = await readPages(entra, '/v1.0/organization?$select=id');

    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toEqual(SAMPLE_TENANTS.map(({ id }) => ({ id })));
  });

  it('can be refused, while everything else is answered', async () => {
    entra.faults.add({ path: /organization/, kind: 'status', status: 403 });

    const organization = await call(entra, 'GET /v1.0/organization?$select=id');
    const user = await call(entra, `GET /v1.0/users/${ADA.objectId}`);

    expect([organization.status, user.status]).toEqual([403, 200]);
  });
});

describe('a token for one tenant', () => {
  it('does not see the objects of another one: they are as if they never were', async () => {
    const token = entra.tokenFor(GRACE.tenantId);

    const own = await call(entra, `GET /v1.0/users/${GRACE.objectId}?$select=id`, { token });
    const foreign = await call(entra, `GET /v1.0/users/${ADA.objectId}?$select=id`, { token });
    const removed = await call(entra, `DELETE /v1.0/users/${ADA.objectId}`, { token });

    expect(own.status).toBe(200);
    expect(foreign).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
    expect(removed.status).toBe(404);
    expect(entra.world.isLive(ADA.objectId)).toBe(true);
  });

  it('is a stranger’s when there is no such tenant', async () => {
    const { status } = await call(entra, 'GET /v1.0/organization', { token: entra.tokenFor(ADA.objectId) });

    expect(status).toBe(401);
  });
});

describe('a directory that cannot read its tenant', () => {
  it('answers 404 with a code of its own, without any effect', async () => {
    const code = 'Directory_ObjectNotFound';
    entra.faults.add({ path: /users/, kind: 'status', status: 404, code });

    const seen = await call(entra, `DELETE /v1.0/users/${ADA.objectId}`);

    expect(seen).toMatchObject({ status: 404, body: { error: { code } } });
    expect(entra.world.isLive(ADA.objectId)).toBe(true);
  });
});
