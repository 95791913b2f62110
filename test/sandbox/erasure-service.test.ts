import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { ErasureAnswer, LookupAnswer } from '../../activities/adapters/erasure-service/answers';
import { createServiceProbe } from '../../activities/adapters/erasure-service/probe';
import { createSigner } from '../../activities/adapters/erasure-service/signing';
import { Sensitive } from '../../activities/ports/sensitive';
import { packageRoot } from '../../sandbox/machine';
import { startErasureService, type RunningErasureService } from '../../sandbox/erasure-service/service';
import { isSigned } from '../../sandbox/erasure-service/signature';
import { CLOSURE_ID, NEW_SECRET, OLD_SECRET, PERSON } from '../support/erasure-services';

const PAGE = readFileSync(path.join(packageRoot(), 'docs', 'targets', 'http.md'), 'utf8');
const [, script = ''] = /```js\n([^`]*(?:`[^`\n]+`[^`]*)*?)```/.exec(PAGE) ?? [];

type Verification = (headers: Record<string, string>, body: string, secrets: readonly string[]) => unknown;

/** The function that the page shows, as a reader would run it. */
function verificationOfThePage(): Verification {
  const made: unknown = runInThisContext(`(require) => { ${script}; return isSigned; }`);
  const make = z.custom<(require: NodeJS.Require) => Verification>((value) => typeof value === 'function').parse(made);
  return make(createRequire(__filename));
}

const headersOf = (secrets: readonly string[], body: string, at = new Date()): Record<string, string> =>
  createSigner(secrets.map((secret) => new Sensitive(secret)))({ id: 'msg_1', at, body });
const minutesFromNow = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

describe.each([
  ['of the page', verificationOfThePage()],
  [
    'of the example',
    (headers: Record<string, string>, body: string, secrets: readonly string[]) =>
      isSigned({ headers, body }, secrets, new Date()),
  ],
])('The verification %s', (_name, verify) => {
  const body = '{"é":1}';

  it.each([
    ['one secret', [NEW_SECRET], [NEW_SECRET]],
    ['the new secret, and we still know the old one', [NEW_SECRET], [OLD_SECRET, NEW_SECRET]],
    ['both secrets, and we know the old one', [NEW_SECRET, OLD_SECRET], [OLD_SECRET]],
  ])('takes what was signed with %s', (_signed, signing, known) => {
    expect(verify(headersOf(signing, body), body, known)).toBe(true);
  });

  it.each([
    ['another secret', headersOf([OLD_SECRET], body), body],
    ['another body', headersOf([NEW_SECRET], body), `${body} `],
    ['another id', { ...headersOf([NEW_SECRET], body), 'webhook-id': 'msg_2' }, body],
    ['no signature', { ...headersOf([NEW_SECRET], body), 'webhook-signature': '' }, body],
    ['a signature of another version', { ...headersOf([NEW_SECRET], body), 'webhook-signature': 'v2,AAAA' }, body],
    ['a signature with other letters', { ...headersOf([NEW_SECRET], body), 'webhook-signature': 'é'.repeat(47) }, body],
    ['no headers', {}, body],
    ['no timestamp', { ...headersOf([NEW_SECRET], body), 'webhook-timestamp': 'now' }, body],
    ['an old timestamp', headersOf([NEW_SECRET], body, minutesFromNow(-6)), body],
    ['a timestamp to come', headersOf([NEW_SECRET], body, minutesFromNow(6)), body],
  ])('refuses %s', (_what, headers: Record<string, string>, arrived) => {
    expect(verify(headers, arrived, [NEW_SECRET])).toBe(false);
  });

  it.each([-4, 4])('takes what was signed %d minutes from now', (minutes) => {
    expect(verify(headersOf([NEW_SECRET], body, minutesFromNow(minutes)), body, [NEW_SECRET])).toBe(true);
  });
});

describe('The page about services', () => {
  it('shows answers that we take, and a targets file', () => {
    const [lookup, erasure] = [...PAGE.matchAll(/```json\n([^`]*)```/g)].map(([, text = '']): unknown =>
      JSON.parse(text),
    );
    const [, file = ''] = /```yaml\n([^`]*)```/.exec(PAGE) ?? [];

    expect(LookupAnswer.safeParse(lookup).success).toBe(true);
    expect(ErasureAnswer.safeParse(erasure).success).toBe(true);
    expect(parse(file)).toMatchObject({ version: 1, targets: [{ name: 'crm', kind: 'http' }] });
  });

  it('lists every check of the probe, and how many there are', async () => {
    const running = await startErasureService({ secrets: [NEW_SECRET], people: [] });
    const definition = { name: 'crm', baseUrl: running.baseUrl, secrets: [new Sensitive(NEW_SECRET)] };
    const checks: string[] = [];
    for await (const { check } of createServiceProbe({})(definition, new AbortController().signal)) checks.push(check);
    await running.close();

    expect(checks.filter((check) => !PAGE.includes(`\`${check}\``))).toEqual([]);
    expect(PAGE).toContain(`: ${String(checks.length)} checks.`);
  });
});

describe('The example service', () => {
  let running: RunningErasureService;

  beforeEach(async () => {
    running = await startErasureService({ secrets: [NEW_SECRET], people: [{ ...PERSON, records: [] }] });
  });
  afterEach(async () => {
    await running.close();
  });

  const Refusal = z.object({ type: z.string() });

  /** Status of the answer, and the code of its problem. */
  async function post(to: string, body: unknown, headers: Record<string, string> = {}): Promise<readonly unknown[]> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const id = headers['idempotency-key'] ?? randomUUID();
    const signed = createSigner([new Sensitive(NEW_SECRET)])({ id, at: new Date(), body: text });
    const answer = await fetch(`${running.baseUrl}${to}`, {
      method: 'POST',
      body: text,
      headers: { ...signed, ...headers },
    });
    const problem = Refusal.safeParse(await answer.json());
    return [answer.status, problem.data?.type.split('/').at(-1)];
  }

  const question = { closureId: CLOSURE_ID, subject: PERSON };
  const key = `${CLOSURE_ID}:crm:1`;

  it.each([
    ['no JSON', '{'],
    ['a list', []],
    ['no subject', { closureId: CLOSURE_ID, purpose: 'plan' }],
    ['half a subject', { ...question, purpose: 'plan', subject: { tenantId: PERSON.tenantId } }],
    ['a subject that is no GUID', { ...question, purpose: 'plan', subject: { ...PERSON, objectId: '*' } }],
    ['no purpose', question],
    ['a purpose that nobody knows', { ...question, purpose: 'sell' }],
  ])('refuses a lookup with %s', async (_name, body) => {
    await expect(post('/lookups', body)).resolves.toEqual([400, 'malformed-lookup']);
  });

  it.each([undefined, '1', 0.5, -1])('refuses an erasure in the round %j', async (round) => {
    await expect(post('/erasures', { ...question, round }, { 'idempotency-key': key })).resolves.toEqual([
      400,
      'malformed-erasure',
    ]);
  });

  it('refuses a key that is not there, not signed, or of another request', async () => {
    const body = { ...question, round: 1 };

    await expect(post('/erasures', body)).resolves.toEqual([400, 'unsigned-key']);
    await expect(post('/erasures', body, { 'idempotency-key': key, 'webhook-id': 'other' })).resolves.toEqual([
      401,
      'bad-signature',
    ]);
    await expect(post('/erasures', body, { 'idempotency-key': key })).resolves.toEqual([200, undefined]);
    await expect(post('/erasures', { ...body, round: 2 }, { 'idempotency-key': key })).resolves.toEqual([
      422,
      'key-reused',
    ]);
  });

  it('has nothing elsewhere, and takes nothing that is too large', async () => {
    await expect(post('/elsewhere', question)).resolves.toEqual([404, 'no-such-path']);
    await expect(post('/lookups', 'x'.repeat(100_000))).resolves.toEqual([413, 'too-large']);
  });

  it('says who has its port', async () => {
    const port = Number(new URL(running.baseUrl).port);

    await expect(startErasureService({ port, secrets: [NEW_SECRET], people: [] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});

describe('The program of the example service', () => {
  function start(secret: string): ReturnType<typeof spawn> {
    const folder = path.join(packageRoot(), 'sandbox', 'erasure-service');
    const hook = path.join(packageRoot(), 'test', 'support', 'typescript.cjs');
    return spawn(process.execPath, ['--require', hook, path.join(folder, 'main.ts')], {
      env: { ...process.env, ERASURE_SERVICE_SECRET: secret },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function printedBy(child: ReturnType<typeof spawn>, isEnough: RegExp): Promise<string> {
    let printed = '';
    for await (const piece of child.stdout ?? []) {
      printed += String(piece);
      if (isEnough.test(printed)) break;
    }
    return printed;
  }

  it('runs alone, says what to try, and ends on SIGTERM', async () => {
    const child = start(`${NEW_SECRET} ${OLD_SECRET}`);
    const ended = once(child, 'exit');
    const printed = await printedBy(child, /targets probe/);
    const [baseUrl = ''] = /http:\S+\/closure/.exec(printed) ?? [];

    const body = '{}';
    const headers = createSigner([new Sensitive(OLD_SECRET)])({ id: 'a', at: new Date(), body });
    const answer = await fetch(`${baseUrl}/lookups`, { method: 'POST', body, headers });
    child.kill('SIGTERM');

    expect(answer.status).toBe(400);
    expect(printed).toContain('closure targets probe crm');
    expect(printed).not.toContain('whsec_');
    await expect(ended).resolves.toEqual([0, null]);
  });

  it.each(['', 'secret', 'whsec_short'])(
    'does not run with the secret %j, and says how to make one',
    async (secret) => {
      const child = start(secret);
      const said: string[] = [];
      child.stderr?.on('data', (piece) => said.push(String(piece)));

      const [exitCode] = z.tuple([z.number(), z.unknown()]).parse(await once(child, 'close'));

      expect(exitCode).toBe(2);
      expect(said.join('')).toContain('openssl rand -base64 32');
    },
  );
});
