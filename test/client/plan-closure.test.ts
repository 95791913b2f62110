import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AccountClosureClient, type ListedClosure } from '../../client';
import { PLAN_CLOSURE } from '../../workflows/contract/names';
import { guid } from '../support/guid';
import { serverOfThisFile } from '../support/server-of-file';
import { until } from '../support/until';

const server = serverOfThisFile('real');

const anAccount = () => ({ tenantId: randomUUID(), objectId: randomUUID() });

/** The ids of all dry runs that the server knows. */
async function dryRuns(): Promise<readonly string[]> {
  const ids: string[] = [];
  const query = `WorkflowType = "${PLAN_CLOSURE}"`;
  for await (const { workflowId } of server.service.workflow.list({ query })) ids.push(workflowId);
  return ids;
}

describe('a dry run that a client asks for', () => {
  it('is answered, is another one each time, and is no closure', async () => {
    const account = anAccount();

    const found = await Promise.all([server.closures.plan(account), server.closures.plan(account)]);
    const ids = await until(dryRuns, (seen) => seen.length === 2);
    const listed: ListedClosure[] = [];
    for await (const closure of server.closures.list()) listed.push(closure);

    for (const each of found)
      expect(each).toMatchObject({
        eligibility: 'eligible',
        plan: { targets: [{ name: 'directory' }] },
        unplanned: [],
      });
    for (const id of ids) expect(id).toMatch(/^plan-[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(listed).toEqual([]);
    await expect(server.closures.status(ids[0] ?? '')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('says why the account cannot be closed', async () => {
    const account = anAccount();
    server.standIn.arrange(guid(account.objectId), { isManaged: true });

    await expect(server.closures.plan(account)).resolves.toMatchObject({
      eligibility: 'rejected',
      reason: 'managed-tenant',
      advice: expect.stringContaining('administrator'),
    });
  });

  it('refuses what is no account before anything is sent', async () => {
    await expect(server.closures.plan({ ...anAccount(), objectId: 'ada' })).rejects.toMatchObject({
      code: 'invalid-argument',
      field: 'objectId',
    });
  });

  it('is unavailable when somebody ends it', async () => {
    const before = await dryRuns();
    const unanswered = settled(away().plan(anAccount()));
    const [id = ''] = await until(
      async () => (await dryRuns()).filter((each) => !before.includes(each)),
      (fresh) => fresh.length > 0,
    );

    await server.service.workflow.getHandle(id).terminate();

    expect(await unanswered).toMatchObject({ code: 'unavailable', message: expect.stringContaining('Somebody') });
  });

  it('says within seconds that no worker has begun and what to do, and ends with the time of the caller', async () => {
    const seen: unknown[] = [];

    const [unhurried, hurried] = await Promise.all([
      settled(away().plan(anAccount(), { onProgress: (activities) => seen.push(activities) })),
      settled(away().plan(anAccount(), { timeoutMs: 1_000 })),
    ]);

    expect(unhurried).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/nobody-polls.*closure worker/),
    });
    expect(hurried).toMatchObject({ code: 'timed-out' });
    expect(seen).toContainEqual([]);
  }, 60_000);
});

/** A client on a Task Queue that no worker polls. */
function away(): AccountClosureClient {
  return new AccountClosureClient({ client: server.service, taskQueue: 'nobody-polls' });
}

/** What became of it; a fault is a value here, so that nothing is unhandled meanwhile. */
async function settled(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch((error: unknown) => error);
}
