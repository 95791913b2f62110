import { afterEach, describe, expect, it } from '@jest/globals';
import { createServiceProbe } from '../../../activities/adapters/erasure-service/probe';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { ProbeFinding } from '../../../activities/ports/service-probe';
import { NEW_SECRET, OLD_SECRET, PERSON, startExampleService } from '../../support/erasure-services';
import { FAULTY_SERVICES } from '../../support/faulty-erasure-service-cases';
import { isJsonWith, startFaultyService, type Defects } from '../../support/faulty-erasure-services';

const probe = createServiceProbe({ timeoutMs: 20_000, pause: () => Promise.resolve() });
async function findingsAt(baseUrl: string, secrets = [NEW_SECRET]): Promise<readonly ProbeFinding[]> {
  const definition = { name: 'crm', baseUrl, secrets: secrets.map((secret) => new Sensitive(secret)) };
  const findings: ProbeFinding[] = [];
  for await (const finding of probe(definition, new AbortController().signal)) findings.push(finding);
  return findings;
}

const wrongOf = (findings: readonly ProbeFinding[]): readonly string[] =>
  findings.filter(({ ok }) => !ok).map(({ check }) => check);

/** The findings about a service that is right but for these defects. */
async function findingsAbout(defects: Defects): Promise<readonly ProbeFinding[]> {
  const server = await startFaultyService(defects);
  try {
    return await findingsAt(server.url);
  } finally {
    await server.close();
  }
}

describe('The probe', () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  it.each([0, 2])('finds the example service right, with %d looks at each erasure', async (looks) => {
    const running = await startExampleService();
    closers.push(running.close);
    running.slow({ looks });

    const findings = await findingsAt(running.baseUrl);

    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual([
      'reachable',
      'signature-accepted',
      'signature-missing',
      'signature-wrong',
      'signature-of-another-body',
      'signature-of-another-id',
      'timestamp-old',
      'timestamp-ahead',
      'signature-rotation',
      'lookup-to-plan',
      'lookup-to-verify',
      'unknown-fields',
      'broken-json',
      'missing-fields',
      'missing-fields-of-erasure',
      'unknown-path',
      'large-request',
      'erasure-signature-wrong',
      'erasure',
      'erasure-location',
      'erasure-repeated',
      'erasure-twice-at-once',
    ]);
  });

  it('touches nobody who exists', async () => {
    const running = await startExampleService();
    closers.push(running.close);

    await findingsAt(running.baseUrl);

    expect(running.recordsOf(PERSON)).toHaveLength(4);
    expect(running.requests.filter(({ body }) => body.includes(PERSON.objectId))).toEqual([]);
  });

  it('ends with the first check when nobody is there', async () => {
    const running = await startExampleService();
    await running.close();

    const findings = await findingsAt(running.baseUrl);

    expect(findings).toEqual([
      { check: 'reachable', ok: false, words: expect.stringContaining('The erasure-service did not answer.') },
    ]);
  });

  it('ends with the first check when the service is away', async () => {
    const running = await startExampleService();
    closers.push(running.close);
    running.breakDown();

    await expect(findingsAt(running.baseUrl)).resolves.toEqual([
      { check: 'reachable', ok: false, words: expect.stringContaining('503') },
    ]);
  });

  it('ends when the service does not accept our signature', async () => {
    const running = await startExampleService([OLD_SECRET]);
    closers.push(running.close);

    await expect(findingsAt(running.baseUrl)).resolves.toEqual([
      expect.objectContaining({ check: 'reachable', ok: true }),
      expect.objectContaining({ check: 'signature-accepted', ok: false, words: expect.stringContaining('(401)') }),
    ]);
  });

  it('waits where the service asks for patience', async () => {
    let asked = 0;
    const findings = await findingsAbout({
      lookup: () => {
        asked += 1;
        return asked % 2 === 1 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
      },
    });

    expect(wrongOf(findings)).toEqual([]);
  });

  it('stops for a caller who has gone', async () => {
    const running = await startExampleService();
    closers.push(running.close);
    const reason = new Error('interrupted');
    const secrets = [new Sensitive(NEW_SECRET)];
    const findings = probe({ name: 'crm', baseUrl: running.baseUrl, secrets }, AbortSignal.abort(reason));

    await expect(findings[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  it('quotes no secret and nothing of what the service said', async () => {
    const findings = await findingsAbout({
      lookup: () => ({ body: { items: [{ what: 'Ada Lovelace', count: 'kanarienvogel' }] } }),
      erasure: () => ({ status: 202, headers: { location: 'https://kanarienvogel.example/7' } }),
    });

    expect(JSON.stringify(findings)).not.toMatch(/kanarienvogel|Lovelace|whsec|127\.0\.0\.1/);
  });
});

describe('The probe finds', () => {
  it.each(FAULTY_SERVICES)('%s, and nothing else', async (_defect, defects, expected) => {
    const findings = await findingsAbout(defects);

    expect(wrongOf(findings)).toEqual(expected);
    for (const { words } of findings) expect(words).toMatch(/^[A-Za-z].{5,}/);
  });

  it('nothing in a service that says 409 to the second of two at once', async () => {
    let erasures = 0;
    const findings = await findingsAbout({
      erasure: ({ body }) => {
        erasures += isJsonWith(body, 'round') ? 1 : 0;
        // One alone, one for its Location, two of the same, and two at once.
        return erasures === 6 ? { status: 409 } : undefined;
      },
    });

    expect(erasures).toBe(6);
    expect(wrongOf(findings)).toEqual([]);
  });
});
