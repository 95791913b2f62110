import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  faultAt,
  parseJson,
  parseRetryAfter,
  patienceFault,
  sendOnce,
  trimSlash,
  type Fetch,
  type HttpFarEnd,
} from '../../../activities/adapters/http';
import { IndeterminateAnswerError, ThrottledError, UnavailableError } from '../../../activities/ports/faults';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';

const FAR_END: HttpFarEnd = { farEnd: 'directory', timeoutMs: 150 };
const GET = { operation: 'directory.find-account', method: 'GET' } as const;
const AT = { farEnd: 'directory', operation: 'directory.find-account' } as const;
const { signal } = new AbortController();

describe('One HTTP attempt', () => {
  let reply: Reply;
  let server: AnsweringServer;

  beforeEach(async () => {
    server = await startAnsweringServer(() => reply);
  });
  afterEach(async () => {
    await server.close();
  });

  it('brings back status, headers and the whole body', async () => {
    reply = { status: 418, headers: { 'x-tea': 'green' }, body: 'short and stout ☕' };

    const answer = await sendOnce(FAR_END, { ...GET, url: `${server.url}/pot` }, signal);

    expect(answer).toMatchObject({ status: 418, body: 'short and stout ☕' });
    expect(answer.headers.get('x-tea')).toBe('green');
  });

  it('has a request id of its own each time, whatever the caller sets', async () => {
    reply = {};
    const headers = { 'client-request-id': 'mine' };
    const request = { ...GET, method: 'POST', url: server.url, headers, body: '{}' } as const;

    await sendOnce(FAR_END, request, signal);
    await sendOnce(FAR_END, request, signal);

    const ids = server.requests.map(({ headers }) => headers['client-request-id']);
    expect(new Set(ids).size).toBe(2);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{}'],
      ['POST', '{}'],
    ]);
  });

  it('does not follow a redirect', async () => {
    reply = { status: 307, headers: { location: '/elsewhere' } };

    await expect(sendOnce(FAR_END, { ...GET, url: server.url }, signal)).resolves.toMatchObject({ status: 307 });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['hang', 'reset'] as const)('is unavailable when the far end does this: %s', async (trouble) => {
    reply = trouble;

    const fault = await sendOnce(FAR_END, { ...GET, url: server.url }, signal).catch((error: unknown) => error);

    expect(fault).toBeInstanceOf(UnavailableError);
    expect(fault).toHaveProperty('detail', { operation: 'directory.find-account' });
    expect(fault).not.toHaveProperty('cause');
  });

  it('is unavailable when nobody listens', async () => {
    await server.close();

    await expect(sendOnce(FAR_END, { ...GET, url: server.url }, signal)).rejects.toBeInstanceOf(UnavailableError);
  });

  it('cuts an answer that never ends', async () => {
    const endless: Fetch = (_url, init) =>
      Promise.resolve(
        new Response(
          new ReadableStream({
            start: (stream) => {
              init.signal.addEventListener('abort', () => {
                stream.error(new Error('aborted'));
              });
            },
          }),
        ),
      );

    const attempt = sendOnce({ ...FAR_END, fetch: endless }, { ...GET, url: server.url }, signal);

    await expect(attempt).rejects.toBeInstanceOf(UnavailableError);
  });

  it('cuts a fetch that does not listen to its signal', async () => {
    const deaf: Fetch = () => new Promise(() => undefined);

    await expect(sendOnce({ ...FAR_END, fetch: deaf }, { ...GET, url: server.url }, signal)).rejects.toBeInstanceOf(
      UnavailableError,
    );
  });

  it('passes the caller’s reason on as it is when the caller aborts', async () => {
    reply = 'hang';
    const caller = new AbortController();
    const reason = new Error('the closure was withdrawn');
    const attempt = sendOnce({ farEnd: 'directory' }, { ...GET, url: server.url }, caller.signal);

    setTimeout(() => {
      caller.abort(reason);
    }, 30);

    await expect(attempt).rejects.toBe(reason);
  });

  it('sends nothing for a caller who has aborted already', async () => {
    const reason = new Error('too late');

    await expect(sendOnce(FAR_END, { ...GET, url: server.url }, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });

  it('cannot tell an answer that is too large', async () => {
    reply = { body: 'x'.repeat(1001) };

    await expect(
      sendOnce({ ...FAR_END, maxBodyBytes: 1000 }, { ...GET, url: server.url }, signal),
    ).rejects.toMatchObject({ name: 'IndeterminateAnswerError', oddity: 'it is too large' });

    reply = { body: 'x'.repeat(1000) };
    await expect(
      sendOnce({ ...FAR_END, maxBodyBytes: 1000 }, { ...GET, url: server.url }, signal),
    ).resolves.toMatchObject({ status: 200 });
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-03-01T12:00:00Z');

  it.each([
    ['120', 120_000],
    [' 60 ', 60_000],
    ['1.5', 1_500],
    ['2.0', 2_000],
    ['0', 1_000],
    ['0.2', 1_000],
    ['999999999999', 86_400_000],
    ['9'.repeat(400), 86_400_000],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sunday, 01-Mar-26 12:00:30 GMT', 30_000],
    ['Sun Mar  1 12:00:30 2026', 30_000],
    ['Sun, 01 Mar 2026 12:00:00 GMT', 1_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 1_000],
    ['Fri, 01 Mar 2126 12:00:00 GMT', 86_400_000],
  ])('of "%s" is %d ms: never under a second, never over a day', (header, waitMs) => {
    expect(parseRetryAfter(header, now)).toBe(waitMs);
  });

  it.each([null, undefined, '', 'soon', '-5', '1.', '1e9', '2026-03-01', 'Sun, 99 Mar 2026 12:00:30 GMT'])(
    'of "%s" says nothing',
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );

  it('is nothing or a wait that a retry can be told, whatever the header', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const waitMs = parseRetryAfter(header, now) ?? 1_000;

          expect(Number.isInteger(waitMs) && waitMs >= 1_000 && waitMs <= 86_400_000).toBe(true);
        },
      ),
    );
  });
});

describe('An answer that asks for patience', () => {
  const now = new Date();
  const answer = (status: number, retryAfter?: string): Parameters<typeof patienceFault>[1] => ({
    status,
    headers: new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });

  it('is throttling with 429, and with 503 when it says for how long', () => {
    expect(patienceFault(AT, answer(429), now)).toBeInstanceOf(ThrottledError);
    expect(patienceFault(AT, answer(429, '5'), now)).toMatchObject({ retryAfterMs: 5000 });
    expect(patienceFault(AT, answer(503, '5'), now)).toMatchObject({ name: 'ThrottledError' });
  });

  it.each([408, 500, 502, 503, 504, 507])('is unavailability with %d', (status) => {
    expect(patienceFault(AT, answer(status), now)).toMatchObject({ name: 'UnavailableError', detail: { status } });
  });

  it.each([200, 302, 400, 401, 403, 404, 409])('is not one with %d', (status) => {
    expect(patienceFault(AT, answer(status, '5'), now)).toBeUndefined();
  });
});

describe('The place of a fault', () => {
  const ID = '0C000000-0000-4000-8000-00000000000C';

  it.each(['request-id', 'x-ms-request-id'])('names the call, the status and the far end’s own %s', (name) => {
    const headers = new Headers({ [name]: ID });

    expect(faultAt(AT, { status: 403, headers })).toEqual({ ...AT, status: 403, requestId: ID.toLowerCase() });
  });

  it.each(['ada@analytical.example', `${ID}0`, '', 'x'.repeat(5000)])(
    'has no id that may be anything else: %j',
    (id) => {
      expect(faultAt(AT, { status: 403, headers: new Headers({ 'request-id': id }) })).toEqual({ ...AT, status: 403 });
    },
  );
});

describe('JSON from afar', () => {
  it('is what it says, or cannot be told', () => {
    expect(parseJson(AT, '{"a":[1]}')).toEqual({ a: [1] });
    expect(() => parseJson(AT, '<html>')).toThrow(IndeterminateAnswerError);
  });
});

describe('A base URL', () => {
  it('loses the slashes at its end', () => {
    expect(trimSlash('https://graph.example/v1.0//')).toBe('https://graph.example/v1.0');
  });
});
