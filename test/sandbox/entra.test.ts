import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA, FRANCES, HEDY, JOAN } from '../../sandbox/entra/people';
import { call } from './graph-caller';

const ada = `/v1.0/users/${ADA.objectId}`;
const deletedAda = `/v1.0/directory/deletedItems/${ADA.objectId}`;
const missing = { error: { code: 'Request_ResourceNotFound' } };

let entra: Entra;

beforeEach(async () => {
  entra = await startEntra();
});

afterEach(async () => {
  await entra.close();
});

describe('a user in the stand-in', () => {
  it('is read with exactly the selected properties', async () => {
    const { body } = await call(entra, `GET ${ada}?$select=id,accountEnabled,creationType,userType,deletedDateTime`);

    expect(body).toEqual({
      '@odata.context': expect.stringContaining('/v1.0/$metadata#users(id,accountEnabled'),
      id: ADA.objectId,
      accountEnabled: true,
      creationType: 'EmailVerified',
      userType: 'Member',
      deletedDateTime: null,
    });
  });

  it('has no accountEnabled unless it is selected', async () => {
    const { body } = await call(entra, `GET ${ada}`);

    expect(body).toMatchObject({ userPrincipalName: ADA.address });
    expect(body).not.toHaveProperty('accountEnabled');
  });

  it('is refused when something is selected that the metadata does not know', async () => {
    const { status, body } = await call(entra, `GET ${ada}?$select=isViral`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'Request_BadRequest' } });
  });

  it('has an address made from the one at home when it is a guest', async () => {
    const { body } = await call(entra, `GET /v1.0/users/${encodeURIComponent(HEDY.address)}?$select=id,userType`);

    expect(body).toMatchObject({ id: HEDY.objectId, userType: 'Guest' });
  });

  it('is blocked and blocked again with 204', async () => {
    const first = await call(entra, `PATCH ${ada}`, { json: { accountEnabled: false } });
    const second = await call(entra, `PATCH ${ada}`, { json: { accountEnabled: false } });

    expect([first.status, second.status]).toEqual([204, 204]);
    expect(entra.world.findUser(ADA.objectId)).toMatchObject({ isEnabled: false });
  });

  it('loses its sessions with 200 in one tenant and with 204 in another', async () => {
    const before = entra.world.findUser(JOAN.objectId)?.sessionsValidFrom;

    const inNew = await call(entra, `POST ${ada}/revokeSignInSessions`);
    const inOld = await call(entra, `POST /v1.0/users/${JOAN.objectId}/revokeSignInSessions`);

    expect(inNew).toMatchObject({ status: 200, body: { value: true } });
    expect(inOld).toMatchObject({ status: 204, body: undefined });
    expect(entra.world.findUser(JOAN.objectId)?.sessionsValidFrom).not.toBe(before);
  });

  it('is protected from deletion by an administrator role', async () => {
    const { status, body } = await call(entra, `DELETE /v1.0/users/${FRANCES.objectId}`);

    expect({ status, body }).toMatchObject({ status: 403, body: { error: { code: 'Authorization_RequestDenied' } } });
    expect(entra.world.isLive(FRANCES.objectId)).toBe(true);
  });
});

describe('the deletion of a user in the stand-in', () => {
  it('moves the user to the deleted items, under a mangled address', async () => {
    const { status } = await call(entra, `DELETE ${ada}`);
    const live = await call(entra, `GET ${ada}`);
    const deleted = await call(entra, `GET ${deletedAda}?$select=id,userPrincipalName,deletedDateTime`);

    expect([status, live.status, deleted.status]).toEqual([204, 404, 200]);
    expect(deleted.body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      userPrincipalName: `${ADA.objectId.replaceAll('-', '')}${ADA.address}`,
      deletedDateTime: expect.stringMatching(/^\d{4}-/),
    });
  });

  it('answers 404 the second time, as does the purge', async () => {
    await call(entra, `DELETE ${ada}`);
    const secondDelete = await call(entra, `DELETE ${ada}`);
    const purge = await call(entra, `DELETE ${deletedAda}`);
    const secondPurge = await call(entra, `DELETE ${deletedAda}`);

    expect(purge.status).toBe(204);
    expect([secondDelete, secondPurge]).toMatchObject([
      { status: 404, body: missing },
      { status: 404, body: missing },
    ]);
    expect(entra.world.isPurged(ADA.objectId)).toBe(true);
  });

  it('leaves nothing to be read after the purge', async () => {
    await call(entra, `DELETE ${ada}`);
    await call(entra, `DELETE ${deletedAda}`);

    expect(await call(entra, `GET ${ada}`)).toMatchObject({ status: 404, body: missing });
    expect(await call(entra, `GET ${deletedAda}`)).toMatchObject({ status: 404, body: missing });
  });

  it('is listed with a type cast only', async () => {
    await call(entra, `DELETE ${ada}`);

    const cast = await call(entra, 'GET /v1.0/directory/deletedItems/microsoft.graph.user');
    const plain = await call(entra, 'GET /v1.0/directory/deletedItems');

    expect(cast.body).toMatchObject({ value: [{ id: ADA.objectId }] });
    expect(plain).toMatchObject({ status: 400, body: { error: { code: 'Request_UnsupportedQuery' } } });
  });

  it('is undone by a restore', async () => {
    await call(entra, `DELETE ${ada}`);

    const { status } = await call(entra, `POST ${deletedAda}/restore`);

    expect(status).toBe(200);
    expect(await call(entra, `GET ${ada}`)).toMatchObject({ body: { userPrincipalName: ADA.address } });
  });

  it('cannot be undone once the address is taken again', async () => {
    await call(entra, `DELETE ${ada}`);
    entra.world.createAfresh(ADA.objectId, '0b000000-0000-4000-8000-000000000999');

    const restored = await call(entra, `POST ${deletedAda}/restore`);
    const byAddress = await call(entra, `GET /v1.0/users/${ADA.address}?$select=id`);

    expect(restored.status).toBe(400);
    expect(byAddress.body).toMatchObject({ id: '0b000000-0000-4000-8000-000000000999' });
  });

  it('is seen late by reads, at once by writes', async () => {
    const lagging = await startEntra({ readLagMs: 60_000 });

    await call(lagging, `DELETE ${ada}`);
    const read = await call(lagging, `GET ${ada}`);
    const write = await call(lagging, `DELETE ${ada}`);
    await lagging.close();

    expect([read.status, write.status]).toEqual([200, 404]);
  });
});

describe('refusals by the stand-in', () => {
  it('spell the inner error both ways, with the ids of the exchange', async () => {
    const first = await call(entra, 'GET /v1.0/users/nobody@nowhere.example');
    const second = await call(entra, 'GET /v1.0/users/nobody@nowhere.example');

    const ids = { 'request-id': expect.any(String), 'client-request-id': 'from-the-caller' };
    expect(first.body).toMatchObject({ error: { innerError: ids } });
    expect(second.body).toMatchObject({ error: { innererror: ids } });
    expect(first.headers.get('client-request-id')).toBe('from-the-caller');
  });

  it('meet a wrong token with 401', async () => {
    const { status, body } = await call(entra, `GET ${ada}`, { token: 'another' });

    expect(status).toBe(401);
    expect(body).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
  });

  it('tell an unknown path from a wrong method', async () => {
    const path = await call(entra, 'GET /v1.0/nothing');
    const method = await call(entra, `PUT ${ada}`);
    const outside = await call(entra, 'GET /nothing');

    expect([path.status, method.status, outside.status]).toEqual([400, 405, 404]);
    expect(path.body).toMatchObject({ error: { code: 'BadRequest' } });
  });

  it('name the port that is taken', async () => {
    const port = Number(new URL(entra.url).port);

    await expect(startEntra({ port })).rejects.toThrow(`Port ${port}`);
  });
});
