import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startEntra, type Entra } from '../../sandbox/entra/entra';
import { ADA, BARBARA, GRACE, JOAN } from '../../sandbox/entra/people';
import { LUNAR, NAVY } from '../../sandbox/entra/tenants';
import { call } from './graph-caller';

let entra: Entra;

beforeEach(async () => {
  entra = await startEntra();
});

afterEach(async () => {
  await entra.close();
});

async function realmOf(address: string): Promise<unknown> {
  const { body } = await call(entra, `GET /common/userrealm/${encodeURIComponent(address)}?api-version=2.1`, {
    token: 'not needed',
  });
  return body;
}

function discover(domain: string): ReturnType<typeof call> {
  return call(entra, `GET /${domain}/v2.0/.well-known/openid-configuration`, { token: 'not needed' });
}

describe('the realm of an address in the stand-in', () => {
  it('is viral, as a boolean here and as text there, for unmanaged tenants', async () => {
    expect(await realmOf(ADA.address)).toMatchObject({
      NameSpaceType: 'Managed',
      Login: ADA.address,
      DomainName: 'analytical.example',
      IsViral: true,
    });
    expect(await realmOf(JOAN.address)).toMatchObject({ NameSpaceType: 'Managed', IsViral: 'True' });
  });

  it('is not viral, or says nothing about it, for managed tenants', async () => {
    expect(await realmOf(`somebody@${LUNAR.domain}`)).toMatchObject({ NameSpaceType: 'Managed', IsViral: false });
    expect(await realmOf(GRACE.address)).not.toHaveProperty('IsViral');
  });

  it('names the sign-in address of a federated tenant', async () => {
    expect(await realmOf(BARBARA.address)).toMatchObject({
      NameSpaceType: 'Federated',
      AuthURL: expect.stringContaining('substitution.example'),
    });
  });

  it('has no domain when nobody knows it', async () => {
    expect(await realmOf('ada@nowhere.example')).toEqual({
      NameSpaceType: 'Unknown',
      Login: 'ada@nowhere.example',
      cloud_instance_name: 'microsoftonline.com',
    });
  });

  it('says nothing about viral tenants in an older version, nor fails in the query form', async () => {
    const { body } = await call(entra, `GET /common/userrealm?user=${ADA.address}&api-version=2.0`);

    expect(body).toMatchObject({ Login: ADA.address });
    expect(body).not.toHaveProperty('IsViral');
  });

  it('changes with an internal takeover', async () => {
    entra.world.takeOver(ADA.tenantId);

    expect(await realmOf(ADA.address)).toMatchObject({ NameSpaceType: 'Managed', IsViral: false });
    expect((await discover('analytical.example')).body).toMatchObject({
      issuer: expect.stringContaining(ADA.tenantId),
    });
  });
});

describe('discovery in the stand-in', () => {
  it('names the tenant of a domain in issuer and token endpoint', async () => {
    const { body } = await discover('analytical.example');

    expect(body).toMatchObject({
      issuer: `${entra.loginUrl}/${ADA.tenantId}/v2.0`,
      token_endpoint: `${entra.loginUrl}/${ADA.tenantId}/oauth2/v2.0/token`,
    });
  });

  it('refuses a domain that nobody knows', async () => {
    const { status, body } = await discover('nowhere.example');

    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] });
  });

  it('follows a domain that moves to another tenant', async () => {
    entra.world.moveDomain('analytical.example', NAVY.id);

    expect((await discover('analytical.example')).body).toMatchObject({ issuer: expect.stringContaining(NAVY.id) });
    expect(await realmOf(ADA.address)).not.toHaveProperty('IsViral');
  });

  it('knows the tenant of somebody who was added later', async () => {
    const tenantId = '1a000000-0000-4000-8000-000000000777';

    entra.world.addPerson({ ...ADA, tenantId, objectId: tenantId, address: 'ada@engine.example' });

    expect((await discover('engine.example')).body).toMatchObject({ issuer: expect.stringContaining(tenantId) });
    expect(await realmOf('ada@engine.example')).toMatchObject({ IsViral: true });
  });
});
