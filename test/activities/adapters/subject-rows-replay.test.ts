import { describe, expect, it } from '@jest/globals';
import { standingOf, type ServerState } from '../../../activities/adapters/subject-rows/replay';
import type { Ask, Question } from '../../../activities/adapters/database/target-database';

const primary: ServerState = { system: '7', database: '16384', isStandby: false, position: '0/5000' };
const standby: ServerState = { ...primary, isStandby: true, position: '0/6000' };

/** A server that says this of itself, and compares positions by what the test says. */
function serverThatSays(state: ServerState, isEnough = false): Ask {
  const ask = <Row>({ sql, row }: Question<Row>): Promise<readonly Row[]> =>
    Promise.resolve([row.parse(sql.includes('pg_control_system') ? state : { isEnough })]);
  return Object.assign(ask, { change: () => Promise.reject(new TypeError('Nothing is changed by a look.')) });
}

describe('what a count on the server of `verifyUrl` would prove', () => {
  it('counts as a replica once it has replayed what the primary had written', async () => {
    expect(await standingOf(serverThatSays(standby, true), primary)).toBe('replica');
  });

  it('is behind until then', async () => {
    expect(await standingOf(serverThatSays(standby), primary)).toBe('behind');
    expect(await standingOf(serverThatSays({ ...standby, position: null }), primary)).toBe('behind');
  });

  it.each([
    ['the primary itself', primary],
    ['a standby that was promoted', { ...primary, position: '0/9000' }],
    ['a server that is fed by logical replication', { ...primary, system: '8' }],
  ])('proves nothing when it is %s, however far it seems to be', async (_, there) => {
    expect(await standingOf(serverThatSays(there, true), primary)).toBe('no-standby');
  });

  it.each([
    ['of another server', { ...standby, system: '8' }],
    ['with another database', { ...standby, database: '16385' }],
  ])('is refused when it is a standby %s: no rows there prove nothing', async (_, there) => {
    await expect(standingOf(serverThatSays(there, true), primary)).rejects.toMatchObject({
      name: 'RequestRefusedError',
      farEnd: 'target-database',
      detail: { operation: 'rows.verify', code: 'another-database' },
    });
  });
});
