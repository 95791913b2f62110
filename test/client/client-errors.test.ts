import { randomUUID } from 'node:crypto';
import { describe, it, expect } from '@jest/globals';
import { AccountClosureClient, createConfirmationToken } from '../../client';
import { SEARCH_ATTRIBUTES } from '../../workflows/contract/names';
import { guid } from '../support/guid';
import { askedClosure, serverOfThisFile } from '../support/server-of-file';

const TENANT = '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10';

const server = serverOfThisFile('real');

describe('the client of account closures', () => {
  it('refuses ids that are no GUIDs, and tokens that are none, before anything is sent', async () => {
    const token = createConfirmationToken();

    await expect(
      server.closures.request({ tenantId: 'contoso', objectId: guid(randomUUID()), token }),
    ).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'tenantId',
    });
    await expect(server.closures.request({ tenantId: TENANT, objectId: '1', token })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'objectId',
    });
    await expect(
      server.closures.request({ tenantId: TENANT, objectId: guid(randomUUID()), token: 'short' }),
    ).rejects.toMatchObject({
      code: 'invalid-token',
    });
    await expect(server.closures.status('order-17')).rejects.toMatchObject({ code: 'invalid-argument', field: 'id' });
  });

  it('says that there is no such closure', async () => {
    await expect(server.closures.status(guid(randomUUID()))).rejects.toMatchObject({ code: 'no-such-closure' });
    await expect(server.closures.status(`closure-${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: 'no-such-closure',
    });
  });

  it('refuses a confirmation with a code that says why', async () => {
    const { status, token } = await askedClosure(server);
    const planDigest = status.planDigest ?? '';

    await expect(
      server.closures.confirm(status.closureId, { token: createConfirmationToken(), planDigest }),
    ).rejects.toMatchObject({ code: 'wrong-token' });
    await expect(
      server.closures.confirm(status.closureId, { token, planDigest: 'cd'.repeat(32) }),
    ).rejects.toMatchObject({
      code: 'stale-plan',
    });
    await server.closures.withdraw(status.closureId);
    await expect(server.closures.confirm(status.workflowId, { token, planDigest })).rejects.toMatchObject({
      code: 'not-awaiting-confirmation',
    });
  });

  it('waits for one outcome, and says when it was another', async () => {
    const { status } = await askedClosure(server);

    await expect(server.closures.wait(status.workflowId, { phase: 'closed', timeoutMs: 100 })).rejects.toMatchObject({
      code: 'timed-out',
    });
    await server.closures.withdraw(status.workflowId);
    await expect(server.closures.wait(status.workflowId, { phase: 'closed' })).rejects.toMatchObject({
      code: 'other-outcome',
      status: { phase: 'withdrawn' },
    });
  });

  it('says what to do about a closure that somebody terminated', async () => {
    const { status } = await askedClosure(server);
    await server.service.workflow.getHandle(status.workflowId).terminate();

    await expect(server.closures.status(status.workflowId)).rejects.toMatchObject({
      code: 'closure-terminated',
      lastKnown: { phase: 'awaitingConfirmation' },
    });
  });

  it('knows the phase of a closure that no worker answers for', async () => {
    const elsewhere = AccountClosureClient.connect({ env: server.env, taskQueue: 'nobody-polls-here' });
    const { workflowId } = await elsewhere.request({
      tenantId: TENANT,
      objectId: guid(randomUUID()),
      token: createConfirmationToken(),
    });

    await expect(elsewhere.status(workflowId)).rejects.toMatchObject({
      code: 'unavailable',
      lastKnown: { workflowId, phase: 'checking', attention: [] },
    });
    await elsewhere.close();
  });

  it('finds the search attributes registered already', async () => {
    const { added, present, refused } = await server.closures.registerSearchAttributes();

    expect(added).toEqual([]);
    expect(refused).toEqual([]);
    expect(present).toEqual(Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name));
  });

  it('says that the server is unavailable when there is none', async () => {
    const nowhere = AccountClosureClient.connect({ address: '127.0.0.1:1' });

    await expect(nowhere.status(`closure-${'0'.repeat(64)}`)).rejects.toMatchObject({
      code: expect.stringMatching(/^(unavailable|timed-out)$/),
    });
    await nowhere.close();
  });
});
