import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA, DOROTHY, FRANCES, KAREN } from '../../sandbox/entra/people';
import { call, readPages } from './graph-caller';

const thing = z.object({ '@odata.type': z.string().optional(), id: z.string() });

let entra: Entra;

beforeAll(async () => {
  entra = await startEntra();
});

afterAll(async () => {
  await entra.close();
});

function ofUser(objectId: string, segment: string): Promise<readonly (readonly unknown[])[]> {
  return readPages(entra, `/v1.0/users/${objectId}/${segment}`);
}

describe('collections of the stand-in', () => {
  it.each([
    ['memberOf', 3],
    ['transitiveMemberOf', 4],
    ['appRoleAssignments', 3],
    ['oauth2PermissionGrants', 3],
  ])('spread %s over pages', async (segment, count) => {
    const pages = await ofUser(ADA.objectId, segment);

    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat()).toHaveLength(count);
  });

  it('list app roles that come through a group beside those of the user', async () => {
    const roles = (await ofUser(ADA.objectId, 'appRoleAssignments')).flat();

    expect(roles).toContainEqual(expect.objectContaining({ principalType: 'Group' }));
    expect(roles).toContainEqual(expect.objectContaining({ principalType: 'User', principalId: ADA.objectId }));
  });

  it('filter a type cast after paging, so that pages before the role are empty', async () => {
    const pages = await ofUser(FRANCES.objectId, 'transitiveMemberOf/microsoft.graph.directoryRole');

    expect(pages).toEqual([[], [], [expect.objectContaining({ '@odata.type': '#microsoft.graph.directoryRole' })]]);
  });

  it('show no directory role of an ordinary member', async () => {
    const pages = await ofUser(ADA.objectId, 'transitiveMemberOf/microsoft.graph.directoryRole');

    expect(pages.flat()).toEqual([]);
  });

  it('keep the selection on every page', async () => {
    const pages = await readPages(entra, `/v1.0/users/${ADA.objectId}/memberOf?$select=id`);

    expect(pages.flat().map((item) => Object.keys(z.record(z.string(), z.unknown()).parse(item)))).toEqual(
      Array.from({ length: 3 }, () => ['@odata.type', 'id']),
    );
  });

  it('show one owner of what somebody owns alone, and all owners of what is shared', async () => {
    const owned = (await ofUser(KAREN.objectId, 'ownedObjects')).flat().map((item) => thing.parse(item));
    const ownersOf = await Promise.all(
      owned.map(({ '@odata.type': type = '', id }) =>
        readPages(entra, `/v1.0/${type.replace('#microsoft.graph.', '')}s/${id}/owners?$select=id`),
      ),
    );

    const karen = expect.objectContaining({ id: KAREN.objectId });
    expect(owned.map((item) => item['@odata.type'])).toEqual([
      '#microsoft.graph.group',
      '#microsoft.graph.group',
      '#microsoft.graph.application',
    ]);
    expect(ownersOf.map((pages) => pages.flat())).toEqual([
      [ADA.objectId, KAREN.objectId, DOROTHY.objectId].map((id): unknown => expect.objectContaining({ id })),
      [karen],
      [karen],
    ]);
  });

  it('answer 404 for an object of another kind', async () => {
    const [shared] = (await ofUser(ADA.objectId, 'ownedObjects')).flat().map((item) => thing.parse(item));

    const { status } = await call(entra, `GET /v1.0/applications/${shared?.id ?? ''}/owners`);

    expect(status).toBe(404);
  });

  it('refuse a page token that is not theirs', async () => {
    const { status, body } = await call(entra, `GET /v1.0/users/${ADA.objectId}/memberOf?$skiptoken=x`);

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'Directory_ExpiredPageToken' } });
  });
});
