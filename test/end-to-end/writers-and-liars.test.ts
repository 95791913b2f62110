import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { workflowIdOf } from '../../client';
import { startMatrix, type MatrixParts } from '../support/fault-matrix/closures';
import type { PersonEverywhere } from '../support/fault-matrix/people';
import { queryAs, runAs } from '../support/own-database';
import { FIRST_START_MS } from '../support/real-parts';
import { until } from '../support/until';

const serverUrl = process.env['TEST_DATABASE_URL'];
const describeWithServer = serverUrl === undefined ? describe.skip : describe;

const Count = z.tuple([z.object({ count: z.coerce.number() })]);

describeWithServer('a closure on real systems', () => {
  let parts: MatrixParts;

  beforeAll(async () => {
    parts = await startMatrix(serverUrl ?? '');
  }, FIRST_START_MS);

  afterAll(() => parts.close());

  it('leaves nothing of somebody who goes on using the shop until sign-in is blocked', async () => {
    const person = await parts.addPerson();

    const [written, { end }] = await Promise.all([useTheShop(parts, person), parts.run(person)]);

    expect(written).toBeGreaterThan(0);
    expect(await rowsLeft(parts, person)).toBe(0);
    // Every visit and every order that was there before, and one of each for every time.
    const erasedCount = 20 + 2 * written;
    expect(end.status).toMatchObject({
      outcome: 'closedWithRetention',
      targets: [{ name: 'shop', state: 'verified', erasedCount, rounds: 1 }, {}, {}],
    });
  }, 180_000);

  it('waits for an operator while a service says "erased" and keeps what it has', async () => {
    const { client, systems } = parts;
    const person = await parts.addPerson();
    const held = systems.service.recordsOf(person.account);
    const workflowId = workflowIdOf(person.account);
    systems.service.lie();
    const running = parts.run(person);

    const parked = await until(
      () => client.status(workflowId).catch(() => undefined),
      (status) => (status?.attention.length ?? 0) > 0,
      120_000,
    );
    expect(parked).toMatchObject({
      phase: 'verifying',
      attention: [{ target: 'crm', fault: 'RemainsFound' }],
      targets: [{}, { name: 'crm', state: 'remains', rounds: 3 }, {}],
    });
    expect(systems.service.recordsOf(person.account)).toEqual(held);
    systems.service.repair();
    await client.resolve(workflowId, { target: 'crm', action: 'retry', by: 'operator-1' });

    const { end } = await running;
    expect(end).toMatchObject({
      status: { outcome: 'closedWithRetention', targets: [{}, { name: 'crm', state: 'verified', rounds: 4 }, {}] },
      service: { records: held.filter(({ keep }) => keep !== undefined) },
    });
  }, 240_000);
});

const BETWEEN_WRITES_MS = 50;

/** Adds rows of the person's for as long as they can sign in. Answers how often. */
async function useTheShop({ systems: { entra, shopUrl } }: MatrixParts, person: PersonEverywhere): Promise<number> {
  const { number, account } = person;
  let times = 0;
  while (entra.world.isLive(account.objectId) && entra.world.findUser(account.objectId)?.isEnabled === true) {
    await runAs(
      shopUrl,
      `INSERT INTO app.visits (object_id, page) VALUES ('${account.objectId}', 'one more');
       INSERT INTO app.orders (user_id, ship_name, email) VALUES (${String(number)}, 'one more', 'one@example.test');`,
    );
    times += 1;
    await pause(BETWEEN_WRITES_MS);
  }
  return times;
}

async function rowsLeft({ systems: { shopUrl } }: MatrixParts, { number, account }: PersonEverywhere): Promise<number> {
  const key = String(number);
  const rows = await queryAs(
    shopUrl,
    `SELECT (SELECT count(*) FROM app.visits WHERE object_id = '${account.objectId}')
      + (SELECT count(*) FROM app.orders WHERE user_id = ${key} OR ship_name = 'one more' OR email = 'one@example.test')
      + (SELECT count(*) FROM app.users WHERE id = ${key}) AS count`,
  );
  return Count.parse(rows)[0].count;
}
