import { describe, expect, it } from '@jest/globals';
import { answeringServerOfEachTest } from '../../support/answering-server';
import { callsTo, type ErasureCalls } from '../../support/erasure-calls';
import { CLOSURE_ID, PERSON } from '../../support/erasure-services';

const server = answeringServerOfEachTest();
const erase = (): ReturnType<ErasureCalls['erase']> => callsTo(server.url).erase();
const progress = (location?: string): ReturnType<ErasureCalls['progress']> => callsTo(server.url).progress(location);

describe('An erasure that runs', () => {
  it.each([
    ['/closure/erasures/7', '/closure/erasures/7'],
    ['erasures/7?part=2#now', '/closure/erasures/7?part=2'],
    ['7', '/closure/7'],
    [`/closure/erasures/${CLOSURE_ID}`, `/closure/erasures/${CLOSURE_ID}`],
  ])('is looked at where the Location says, from the URL of the request: %s', async (location, expected) => {
    server.reply = { status: 202, headers: { location, 'retry-after': '90' } };

    await expect(erase()).resolves.toEqual({ kind: 'running', location: expected, lookAgainInMs: 90_000 });
  });

  it('may name its own origin, and need not say when to look again', async () => {
    server.reply = { status: 202, headers: { location: `${server.url}/elsewhere/7` }, body: '<html>' };

    await expect(erase()).resolves.toEqual({ kind: 'running', location: '/elsewhere/7', lookAgainInMs: undefined });
  });

  it('is looked at in the same place until it is done', async () => {
    server.reply = { status: 202, headers: { location: 'https://elsewhere.example/', 'retry-after': '5' } };

    const same = { kind: 'running', location: '/closure/erasures/7', lookAgainInMs: 5_000 };
    await expect(progress()).resolves.toEqual(same);
  });

  it.each([404, 410])('is forgotten when its place answers %d', async (status) => {
    server.reply = { status, body: '<html>' };

    await expect(progress()).resolves.toEqual({ kind: 'forgotten' });
  });

  it.each([
    ['none', undefined, 'an accepted erasure has no Location'],
    ['an empty one', ' ', 'an accepted erasure has no Location'],
    ['another host', 'https://elsewhere.example/7', 'its Location is on another origin'],
    ['another host without a scheme', '//elsewhere.example/7', 'its Location is on another origin'],
    ['another port', 'http://127.0.0.1:1/7', 'its Location is on another origin'],
    ['a script', 'javascript:7', 'its Location is on another origin'],
    ['no URL', 'http://[', 'its Location is no URL'],
    ['a store of its own', `/${'a'.repeat(600)}`, 'its Location is too long'],
    ['the person', `/users/${PERSON.objectId}`, 'its Location names the person'],
    ['the person, loudly', `/users/${PERSON.objectId.toUpperCase()}`, 'its Location names the person'],
    ['the person in a query', `/7?u=${PERSON.objectId.replaceAll('-', '')}`, 'its Location names the person'],
    ['the person, encoded', `/7?u=${PERSON.objectId.replaceAll('-', '%2D')}`, 'its Location names the person'],
    ['the person, encoded twice', `/${PERSON.objectId.replaceAll('0', '%2530')}`, 'its Location names the person'],
    ['the tenant', `/tenants/${PERSON.tenantId}/7`, 'its Location names the person'],
  ])('cannot be told with a Location that is %s', async (_name, location, oddity) => {
    server.reply = { status: 202, headers: location === undefined ? {} : { location } };

    await expect(erase()).rejects.toMatchObject({ kind: 'indeterminate', oddity, detail: { status: 202 } });
  });

  it.each(['https://elsewhere.example/7', '//elsewhere.example/7', '/\\elsewhere.example/7', 'erasures/7', ''])(
    'is looked at nowhere else, whatever was kept as its place: %j',
    async (location) => {
      server.reply = { body: { items: [] } };

      await expect(progress(location)).rejects.toMatchObject({ kind: 'indeterminate' });
      expect(server.requests).toEqual([]);
    },
  );
});
