import { describe, expect, it } from '@jest/globals';
import { isRefusedUnchanged } from '../../../activities/ports/faults';
import { answeringServerOfEachTest } from '../../support/answering-server';
import { callsTo, type ErasureCalls } from '../../support/erasure-calls';
import { PERSON } from '../../support/erasure-services';

const PROBLEM = { 'content-type': 'application/problem+json' };

const server = answeringServerOfEachTest();
const lookUp = (): ReturnType<ErasureCalls['lookUp']> => callsTo(server.url).lookUp();
const erase = (): ReturnType<ErasureCalls['erase']> => callsTo(server.url).erase();
const progress = (): ReturnType<ErasureCalls['progress']> => callsTo(server.url).progress();
const EVERY = [
  ['a lookup', lookUp, 'service.look-up'],
  ['an erasure', erase, 'service.erase'],
  ['a look at progress', () => progress(), 'service.progress'],
] as const;

describe('What is held', () => {
  it.each([
    ['nothing', []],
    ['a count of nothing', [{ what: 'ticket', count: 0 }]],
    ['what stays without an end', [{ what: 'tax.invoice:v2', count: 7, retained: { basis: 'tax-records' } }]],
    [
      'what stays until then, beside what goes',
      [
        { what: 'invoice', count: 1 },
        { what: 'invoice', count: 2, retained: { basis: 'legal-claims', until: '2031-12-31T23:59:59.000Z' } },
        { what: 'invoice', count: 3, retained: { basis: 'legal-claims', until: '2032-12-31T23:59:59.000Z' } },
      ],
    ],
  ])('is as the service says: %s', async (_name, items) => {
    server.reply = { body: { items } };

    await expect(lookUp()).resolves.toEqual(items);
  });

  it('is read without the fields that we do not know', async () => {
    const kept = { basis: 'legal-claims', lawyer: 'Ada' };
    server.reply = { body: { items: [{ what: 'ticket', count: 1, owner: 'Ada', retained: kept }], next: '/page/2' } };

    await expect(lookUp()).resolves.toEqual([{ what: 'ticket', count: 1, retained: { basis: 'legal-claims' } }]);
  });
});

describe('The end of what stays', () => {
  it.each(['2031-12-31T23:59:59Z', '2031-12-31T23:59:59.0Z', '2031-12-31T23:59:59.000400Z'])(
    'is brought into one form: %s',
    async (until) => {
      server.reply = { body: { items: [{ what: 'a', count: 1, retained: { basis: 'legal-claims', until } }] } };

      await expect(lookUp()).resolves.toMatchObject([{ retained: { until: '2031-12-31T23:59:59.000Z' } }]);
    },
  );
});

describe('What was done', () => {
  const items = [
    { what: 'contact', outcome: 'erased', count: 1 },
    { what: 'ticket', outcome: 'absent', count: 0 },
    { what: 'invoice', outcome: 'retained', count: 2, basis: 'legal-claims', until: '2031-12-31T23:59:59.000Z' },
    { what: 'backup', outcome: 'unsupported', count: 3 },
  ];

  it.each([
    ['when it is asked for', erase],
    ['when it is looked at', () => progress()],
  ])('is as the service says, %s', async (_name, call) => {
    server.reply = { body: { items } };

    await expect(call()).resolves.toEqual({ kind: 'done', items });
  });

  it('has no reason but for what stays', async () => {
    server.reply = { body: { items: [{ what: 'contact', outcome: 'erased', count: 1, basis: 'legal-claims' }] } };

    await expect(erase()).resolves.toEqual({ kind: 'done', items: [{ what: 'contact', outcome: 'erased', count: 1 }] });
  });
});

describe.each(EVERY)('The answer to %s', (_name, call, operation) => {
  it.each([408, 409, 425, 500, 502, 504])('is a matter of patience with %d', async (status) => {
    server.reply = { status, body: '<html>' };

    await expect(call()).rejects.toMatchObject({ kind: 'unavailable', detail: { operation, status } });
  });

  it.each([409, 425, 429, 503])('says with %d how long to wait', async (status) => {
    server.reply = { status, headers: { 'retry-after': '7' } };

    await expect(call()).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 7_000, detail: { status } });
  });

  it.each([
    [401, 'not-authenticated'],
    [403, 'access-denied'],
  ])('refuses us with %d, whoever says so', async (status, kind) => {
    server.reply = { status, body: '<html>' };
    await expect(call()).rejects.toMatchObject({ kind, detail: { operation, status } });

    server.reply = { status, headers: PROBLEM, body: { type: 'https://crm.example/problems/clock-skew' } };
    await expect(call()).rejects.toMatchObject({ kind, detail: { code: 'clock-skew' } });
  });

  it.each([400, 405, 413, 415, 422, 451])('refuses the request with %d and a problem', async (status) => {
    server.reply = { status, headers: PROBLEM, body: { type: 'https://crm.example/problems/not-now/?a=1#b', status } };

    await expect(call()).rejects.toMatchObject({
      kind: 'request-refused',
      detail: { operation, status, code: 'not-now' },
    });
  });

  it.each([
    ['no type', {}],
    ['the usual type', { type: 'about:blank', title: 'Ada must not be erased' }],
    ['a sentence', { type: 'https://crm.example/problems/Ada must not be erased' }],
    ['an address', { type: 'https://crm.example/problems/ada@analytical.example' }],
    ['the person', { type: `https://crm.example/problems/${PERSON.objectId}` }],
    ['the person without hyphens', { type: `https://x.example/about-${PERSON.objectId.replaceAll('-', '')}` }],
    ['somebody else', { type: 'https://crm.example/problems/0B000000-0000-4000-8000-0000000000FF' }],
    ['a flood', { type: `https://crm.example/problems/${'x'.repeat(65)}` }],
  ])('has no code when the problem has %s', async (_problem, body) => {
    server.reply = { status: 422, headers: PROBLEM, body };

    const fault = await call().catch((error: unknown) => error);

    expect(fault).toMatchObject({ kind: 'request-refused' });
    expect(fault).not.toHaveProperty('detail.code');
  });

  it.each([
    ['a page of a gateway', { status: 422, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['JSON of a gateway', { status: 400, headers: { 'content-type': 'application/json' }, body: { type: 'a' } }],
    ['a problem that is none', { status: 400, headers: PROBLEM, body: '[' }],
    ['a problem of the wrong form', { status: 400, headers: PROBLEM, body: { type: 7 } }],
  ])('cannot be told when it refuses with %s', async (_refusal, refusal) => {
    server.reply = refusal;

    await expect(call()).rejects.toMatchObject({
      kind: 'indeterminate',
      oddity: 'it refuses without a problem body',
    });
  });

  it.each([301, 302, 303, 307, 308])('is not looked for elsewhere with %d', async (status) => {
    server.reply = { status, headers: { location: `${server.url}/elsewhere` }, body: { items: [] } };

    await expect(call()).rejects.toMatchObject({ kind: 'indeterminate', detail: { operation, status } });
    expect(server.requests).toHaveLength(1);
  });

  it.each([201, 203, 204, 206])('proves nothing with %d', async (status) => {
    server.reply = { status, body: status === 204 ? '' : { items: [] } };

    await expect(call()).rejects.toMatchObject({ kind: 'indeterminate', detail: { operation, status } });
  });
});

describe('An answer to a lookup', () => {
  it('is not given later', async () => {
    server.reply = { status: 202, headers: { location: '/closure/lookups/7' }, body: { items: [] } };

    await expect(lookUp()).rejects.toMatchObject({ kind: 'indeterminate' });
  });

  it.each([404, 410])('is not that nothing is there when the path answers %d', async (status) => {
    server.reply = { status, headers: PROBLEM, body: {} };

    await expect(lookUp()).rejects.toMatchObject({ kind: 'request-refused', detail: { status } });
  });
});

describe('An erasure that is refused', () => {
  it('has changed nothing, unless one runs already', async () => {
    server.reply = { status: 422, headers: PROBLEM, body: {} };
    expect(isRefusedUnchanged(await erase().catch((error: unknown) => error))).toBe(true);

    server.reply = { status: 429 };
    expect(isRefusedUnchanged(await erase().catch((error: unknown) => error))).toBe(true);

    server.reply = { status: 409, headers: { 'retry-after': '1' } };
    expect(isRefusedUnchanged(await erase().catch((error: unknown) => error))).toBe(false);
  });
});
