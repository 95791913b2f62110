import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHttpErasureService } from '../../../activities/adapters/erasure-service/http-service';
import { PortFault } from '../../../activities/ports/faults';
import { Sensitive } from '../../../activities/ports/sensitive';
import { startAnsweringServer, type AnsweringServer, type Reply } from '../../support/answering-server';
import { CLOSURE_ID, NEW_SECRET, PERSON } from '../../support/erasure-services';

const { signal } = new AbortController();
const QUESTION = { closureId: CLOSURE_ID, purpose: 'verify', account: PERSON } as const;
const ERASURE = { closureId: CLOSURE_ID, target: 'crm', round: 1, account: PERSON };
const CANARY = 'kanarienvogel';
const LOOKUP_ITEM = { what: 'ticket', count: 1 };
const OUTCOME_ITEM = { what: 'ticket', outcome: 'erased', count: 1 };

interface Calls {
  readonly lookUp: () => Promise<unknown>;
  readonly erase: () => Promise<unknown>;
  readonly progress: () => Promise<unknown>;
}

/** For answers that never come. All others are waited for, however busy the machine is. */
const IMPATIENT_MS = 150;
const PATIENT_MS = 20_000;

function callsTo(url: string, timeoutMs = PATIENT_MS): Calls {
  const address = { baseUrl: `${url}/closure`, secrets: [new Sensitive(NEW_SECRET)] };
  const service = createHttpErasureService(address, { timeoutMs });
  return {
    lookUp: () => service.lookUp(QUESTION, signal),
    erase: () => service.requestErasure(ERASURE, signal),
    progress: () => service.progress('/closure/erasures/7', signal),
  };
}

/** What a call fails with; fails the test when it succeeds. */
function faultOf(call: () => Promise<unknown>): Promise<unknown> {
  return call().then(
    () => {
      throw new Error('it was believed');
    },
    (fault: unknown) => fault,
  );
}

let reply: Reply;
let server: AnsweringServer;

beforeEach(async () => {
  server = await startAnsweringServer(() => reply);
});
afterEach(async () => {
  await server.close();
});

async function expectUntold(names: readonly (keyof Calls)[]): Promise<void> {
  for (const name of names) {
    expect([name, await faultOf(callsTo(server.url)[name])]).toEqual([
      name,
      expect.objectContaining({ kind: 'indeterminate' }),
    ]);
  }
}

const ITEM_FIELDS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['no name', { what: undefined }],
  ['an empty name', { what: '' }],
  ['a number for a name', { what: 7 }],
  ['a person’s name', { what: 'Ada Lovelace' }],
  ['an address', { what: 'ada@analytical.example' }],
  ['an endless name', { what: 'x'.repeat(65) }],
  ['control characters', { what: 'ticket\u001b[2J' }],
  ['a line break', { what: 'ticket\n' }],
  ['the person’s id', { what: `user:${PERSON.objectId}` }],
  ['an id without hyphens', { what: '0B000000000040008000000000000ABC' }],
  ['no count', { count: undefined }],
  ['a negative count', { count: -1 }],
  ['half a thing', { count: 0.5 }],
  ['a count as text', { count: '1' }],
  ['more than can be counted', { count: 1e300 }],
  ['null for a count', { count: null }],
];

describe('An item', () => {
  it.each(ITEM_FIELDS)('cannot be told with %s', async (_name, fields) => {
    reply = { body: { items: [{ ...LOOKUP_ITEM, ...fields }] } };
    await expectUntold(['lookUp']);

    reply = { body: { items: [{ ...OUTCOME_ITEM, ...fields }] } };
    await expectUntold(['erase', 'progress']);
  });

  it.each([
    ['no reason', {}],
    ['a reason that is no code', { basis: 'Because of Ada' }],
    ['a reason that is no text', { basis: 7 }],
    ['an end that is no instant', { basis: 'legal-claims', until: 'never' }],
    ['an end without a time', { basis: 'legal-claims', until: '2031-01-01' }],
    ['an end in a local time', { basis: 'legal-claims', until: '2031-01-01T00:00:00+01:00' }],
    ['an end on a day that there is not', { basis: 'legal-claims', until: '2031-02-30T00:00:00Z' }],
    ['null for an end', { basis: 'legal-claims', until: null }],
  ])('that stays cannot be told with %s', async (_name, retained) => {
    reply = { body: { items: [{ ...LOOKUP_ITEM, retained }] } };
    await expectUntold(['lookUp']);

    reply = { body: { items: [{ what: 'ticket', outcome: 'retained', count: 1, ...retained }] } };
    await expectUntold(['erase', 'progress']);
  });

  it.each([
    ['no outcome', { what: 'ticket', count: 0 }],
    ['an outcome that nobody knows', { what: 'ticket', outcome: 'done', count: 0 }],
    ['an outcome that is no text', { what: 'ticket', outcome: true, count: 0 }],
    ['something absent that is there', { what: 'ticket', outcome: 'absent', count: 1 }],
  ])('that was erased cannot be told with %s', async (_name, item) => {
    reply = { body: { items: [item] } };

    await expectUntold(['erase', 'progress']);
  });

  it('may not be there twice', async () => {
    reply = { body: { items: [LOOKUP_ITEM, { ...LOOKUP_ITEM, count: 2 }] } };
    await expectUntold(['lookUp']);

    reply = { body: { items: [OUTCOME_ITEM, { ...OUTCOME_ITEM, count: 2 }] } };
    await expectUntold(['erase', 'progress']);
  });
});

describe('An answer', () => {
  it.each([
    ['a page', '<html><body>Welcome</body></html>'],
    ['an empty body', ''],
    ['blanks', ' \n'],
    ['half of the JSON', '{"items":[{"what":"ticket","count":1'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an object without items', '{}'],
    ['items that are no list', '{"items":{}}'],
    ['null for items', '{"items":null}'],
    ['items of another kind', '{"items":["ticket"]}'],
    ['an error with status 200', '{"error":"no"}'],
  ])('cannot be told when it is %s', async (_name, body) => {
    reply = { body };

    await expectUntold(['lookUp', 'erase', 'progress']);
  });

  it('has at most two hundred items', async () => {
    const many = (item: object, length: number): readonly object[] =>
      Array.from({ length }, (_, index) => ({ ...item, what: `kind-${String(index)}` }));

    reply = { body: { items: many(LOOKUP_ITEM, 200) } };
    await expect(callsTo(server.url).lookUp()).resolves.toHaveLength(200);

    reply = { body: { items: many(LOOKUP_ITEM, 201) } };
    await expectUntold(['lookUp']);
    reply = { body: { items: many(OUTCOME_ITEM, 201) } };
    await expectUntold(['erase', 'progress']);
  });
});

/** A server that says exactly these bytes, then what `then` does: nothing more, or the end of the connection. */
async function withRawServer(
  write: (send: (text: string) => boolean, end: () => void) => void,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const raw = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      write(
        (text) => {
          if (socket.writable) socket.write(text);
          return socket.writable;
        },
        () => socket.destroy(),
      );
    });
  });
  raw.listen(0, '127.0.0.1');
  await once(raw, 'listening');
  try {
    await work(`http://127.0.0.1:${String(portOf(raw.address()))}`);
  } finally {
    raw.close();
  }
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

describe('A connection', () => {
  it.each(['lookUp', 'erase', 'progress'] as const)('that is cut in the answer says nothing to: %s', async (call) => {
    const half = (send: (text: string) => boolean, end: () => void): void => {
      send('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"items":[]}');
      setImmediate(end);
    };

    await withRawServer(half, async (url) => {
      await expect(callsTo(url)[call]()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });

  it('that never ends its answer is left in time', async () => {
    const slow = (send: (text: string) => boolean): void => {
      send('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const drip = setInterval(() => {
        if (!send('1\r\n \r\n')) clearInterval(drip);
      }, 20).unref();
    };

    await withRawServer(slow, async (url) => {
      await expect(callsTo(url, IMPATIENT_MS).erase()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });

  it('that floods is left before it has filled our memory', async () => {
    let sentBytes = 0;
    const item = `${JSON.stringify(LOOKUP_ITEM)},`.repeat(1_000);
    const flood = (send: (text: string) => boolean): void => {
      send('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"items":[');
      // A thousand million items, as long as somebody takes them.
      const pour = setInterval(() => {
        if (send(item)) sentBytes += item.length;
        else clearInterval(pour);
      }, 1).unref();
    };

    await withRawServer(flood, async (url) => {
      const fault = await faultOf(callsTo(url, 5_000).lookUp);

      expect(fault).toMatchObject({ kind: 'indeterminate', oddity: 'it is too large' });
    });
    expect(sentBytes).toBeLessThan(20_000_000);
  });

  it.each(['reset', 'hang'] as const)('that does this says nothing: %s', async (trouble) => {
    reply = trouble;

    await expect(callsTo(server.url, IMPATIENT_MS).erase()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('A fault', () => {
  const headers = { location: `/${CANARY}/${PERSON.objectId}`, 'x-canary': CANARY, 'retry-after': CANARY };
  const problem = { ...headers, 'content-type': 'application/problem+json' };
  const saying = { type: `https://${CANARY}.example/${PERSON.objectId}`, title: CANARY, detail: PERSON.objectId };
  const SECRETS = [CANARY, PERSON.objectId, PERSON.tenantId, CLOSURE_ID, NEW_SECRET, '127.0.0.1', 'whsec', 'YS1uZXct'];
  const statuses = [200, 201, 202, 302, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503];
  const replies: readonly Reply[] = [
    ...statuses.map((status) => ({ status, headers: problem, body: saying })),
    ...statuses.map((status) => ({ status, headers, body: `<html>${CANARY} ${PERSON.objectId}</html>` })),
    { body: { items: [{ what: `${CANARY} ${PERSON.objectId}`, count: CANARY, outcome: CANARY }] } },
    { body: { items: [{ ...LOOKUP_ITEM, ...OUTCOME_ITEM, outcome: 'retained', basis: CANARY.toUpperCase() }] } },
    'reset',
    'hang',
  ];

  it.each(replies.map((each, index) => [index, each] as const))(
    'quotes no secret, no id, and nothing of the answer (%d)',
    async (_index, each) => {
      reply = each;
      const { lookUp, erase, progress } = callsTo(server.url, each === 'hang' ? IMPATIENT_MS : PATIENT_MS);

      for (const call of [lookUp, erase, progress]) {
        const fault: unknown = await call().catch((error: unknown) => error);
        // What the last reply but two says is a lookup, and so is a 404 an answer to a look at progress.
        if (!(fault instanceof PortFault)) continue;
        const printed = [String(fault), inspect(fault, { depth: 10, showHidden: true }), JSON.stringify(fault)].join();
        expect(SECRETS.filter((secret) => printed.toLowerCase().includes(secret.toLowerCase()))).toEqual([]);
      }
      await expect(erase()).rejects.toBeInstanceOf(PortFault);
    },
  );

  it('says nothing of the place when nobody is there', async () => {
    const { erase } = callsTo(server.url);
    await server.close();

    const fault = await faultOf(erase);

    expect(fault).toMatchObject({ kind: 'unavailable', message: 'The erasure-service did not answer.' });
    expect(SECRETS.filter((secret) => inspect(fault, { depth: 10, showHidden: true }).includes(secret))).toEqual([]);
  });
});
