import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpErasureService } from '../../../activities/adapters/erasure-service/http-service';
import { createSigner } from '../../../activities/adapters/erasure-service/signing';
import { createOutbound } from '../../../activities/adapters/outbound';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { RunningErasureService } from '../../../sandbox/erasure-service/service';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';
import {
  BYSTANDER,
  CLOSURE_ID,
  NEW_SECRET,
  OLD_SECRET,
  PERSON,
  serviceAt,
  startExampleService,
  STRANGER,
} from '../../support/erasure-services';
import { startForwardProxy } from '../../support/forward-proxy';
import { describeErasureService } from '../ports/erasure-service.contract';

const { signal } = new AbortController();
const QUESTION = { closureId: CLOSURE_ID, purpose: 'plan', account: PERSON } as const;
const ERASURE = { closureId: CLOSURE_ID, target: 'crm', round: 3, account: PERSON };

describeErasureService('The example service over HTTP', async () => {
  const running = await startExampleService();
  return {
    service: serviceAt(running.baseUrl),
    person: PERSON,
    bystander: BYSTANDER,
    stranger: STRANGER,
    dataOf: (account) => JSON.stringify(running.recordsOf(account)),
    addTicket: (account) => {
      running.add(account, { what: 'ticket', content: 'three' });
    },
    slow: () => {
      running.slow({ looks: 3 });
    },
    close: running.close,
  };
});

describe('A request to an erasure service', () => {
  let reply: Reply;
  let server: AnsweringServer;

  beforeEach(async () => {
    reply = { body: { items: [] } };
    server = await startAnsweringServer(() => reply);
  });
  afterEach(async () => {
    await server.close();
  });

  function sent(): AnsweringServer['requests'][number] {
    const last = server.requests.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last;
  }
  /** What Standard Webhooks would sign it with. */
  function signatureOf({ headers, body }: AnsweringServer['requests'][number], secret: string): string {
    const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
  }

  it('asks what is held of the account, in the body', async () => {
    await serviceAt(`${server.url}/closure/`).lookUp(QUESTION, signal);

    expect(sent()).toMatchObject({ method: 'POST', path: '/closure/lookups' });
    expect(sent().headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
    expect(JSON.parse(sent().body)).toEqual({ closureId: CLOSURE_ID, purpose: 'plan', subject: PERSON });
  });

  it('asks for an erasure under the key of closure, target and round, which is signed', async () => {
    await serviceAt(`${server.url}/closure`).requestErasure(ERASURE, signal);

    const key = `${CLOSURE_ID}:crm:3`;
    expect(sent()).toMatchObject({ method: 'POST', path: '/closure/erasures' });
    expect(sent().headers).toMatchObject({ 'idempotency-key': key, 'webhook-id': key });
    expect(JSON.parse(sent().body)).toEqual({ closureId: CLOSURE_ID, round: 3, subject: PERSON });
  });

  it('sends no more of the account than its two ids', async () => {
    const account = { ...PERSON, address: 'ada@analytical.example' };

    await serviceAt(server.url).lookUp({ ...QUESTION, account }, signal);

    expect(sent().body).not.toContain('analytical');
  });

  it('asks for progress by GET, signed with an empty body, and names nobody', async () => {
    await serviceAt(`${server.url}/closure`).progress('/closure/erasures/7?part=1', signal);

    expect(sent()).toMatchObject({ method: 'GET', path: '/closure/erasures/7?part=1', body: '' });
    expect(sent().headers['webhook-signature']).toBe(signatureOf(sent(), NEW_SECRET));
    expect(JSON.stringify(sent())).not.toContain(PERSON.objectId);
    expect(JSON.stringify(sent())).not.toContain(PERSON.tenantId);
  });

  it('has a fresh id for each lookup and each look at progress', async () => {
    const service = serviceAt(server.url);
    await service.lookUp(QUESTION, signal);
    await service.lookUp(QUESTION, signal);
    await service.progress('/a', signal);
    await service.progress('/a', signal);

    expect(new Set(server.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
  });

  it('is signed now, with its one secret', async () => {
    await serviceAt(server.url).lookUp(QUESTION, signal);

    expect(sent().headers['webhook-signature']).toBe(signatureOf(sent(), NEW_SECRET));
    const ageSeconds = Date.now() / 1000 - Number(sent().headers['webhook-timestamp']);
    expect(ageSeconds).toBeGreaterThanOrEqual(0);
    expect(ageSeconds).toBeLessThan(10);
  });

  it('is signed with both secrets while they are rotated', async () => {
    await serviceAt(server.url, [NEW_SECRET, OLD_SECRET]).lookUp(QUESTION, signal);

    expect(sent().headers['webhook-signature']).toBe(
      `${signatureOf(sent(), NEW_SECRET)} ${signatureOf(sent(), OLD_SECRET)}`,
    );
  });

  it('is signed as the example of Standard Webhooks is', () => {
    const secret = new Sensitive('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

    const headers = createSigner([secret])({
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      at: new Date(1614265330_000),
      body: '{"test": 2432232314}',
    });

    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each([
    ['none', []],
    ['no prefix', [NEW_SECRET.slice('whsec_'.length)]],
    ['no Base64', ['whsec_not a secret, but thirty-two characters']],
    ['too short', [`whsec_${Buffer.alloc(23).toString('base64')}`]],
    ['too long', [`whsec_${Buffer.alloc(65).toString('base64')}`]],
    ['a second one that is wrong', [NEW_SECRET, 'whsec_']],
  ])('is not made with a wrong secret, and the complaint does not quote it: %s', (_name, secrets) => {
    const make = (): unknown =>
      createHttpErasureService({ baseUrl: server.url, secrets: secrets.map((each) => new Sensitive(each)) }, {});

    expect(make).toThrow(RangeError);
    expect(make).toThrow(/^(?!.*(thirty|YS1u|AAAA)).*$/);
  });

  it('goes through the proxy that the environment names', async () => {
    const proxy = await startForwardProxy(server.url);
    const { fetch } = createOutbound({ HTTP_PROXY: proxy.url });
    const secrets = [new Sensitive(NEW_SECRET)];
    const service = createHttpErasureService({ baseUrl: 'http://crm.example/closure', secrets }, { fetch });

    await service.lookUp(QUESTION, signal);

    expect(proxy.asked).toHaveLength(1);
    expect(sent().body).toContain(PERSON.objectId);
    await proxy.close();
  });
});

describe('The example service', () => {
  let running: RunningErasureService;

  afterEach(async () => {
    await running.close();
  });

  it.each([
    ['old', [OLD_SECRET]],
    ['new', [NEW_SECRET]],
    ['both', [OLD_SECRET, NEW_SECRET]],
  ])('knows who asks while secrets are rotated, with: %s', async (_name, known) => {
    running = await startExampleService(known);

    const holdings = await serviceAt(running.baseUrl, [NEW_SECRET, OLD_SECRET]).lookUp(QUESTION, signal);

    expect(holdings).toHaveLength(3);
  });

  it('lets nobody in who has none of its secrets', async () => {
    running = await startExampleService([OLD_SECRET]);

    await expect(serviceAt(running.baseUrl).requestErasure(ERASURE, signal)).rejects.toMatchObject({
      kind: 'not-authenticated',
      detail: { status: 401, code: 'bad-signature' },
    });
    expect(running.recordsOf(PERSON)).toHaveLength(4);
  });

  it('can lie: it says erased, and the data is still there', async () => {
    running = await startExampleService();
    running.lie();
    const service = serviceAt(running.baseUrl);

    await expect(service.requestErasure(ERASURE, signal)).resolves.toMatchObject({ kind: 'done' });
    await expect(service.lookUp({ ...QUESTION, purpose: 'verify' }, signal)).resolves.toHaveLength(3);
  });

  it.each([
    ['unavailable', { kind: 'throttled', retryAfterMs: 1_000 }],
    ['refusing', { kind: 'request-refused', detail: { code: 'out-of-order' } }],
    ['read-only', { kind: 'request-refused', detail: { code: 'read-only' } }],
  ] as const)('can break down, %s, until it is repaired', async (how, fault) => {
    running = await startExampleService();
    const service = serviceAt(running.baseUrl);
    running.breakDown(how);

    await expect(service.requestErasure(ERASURE, signal)).rejects.toMatchObject(fault);
    expect(running.recordsOf(PERSON)).toHaveLength(4);

    running.repair();
    await expect(service.requestErasure(ERASURE, signal)).resolves.toMatchObject({ kind: 'done' });
  });
});
