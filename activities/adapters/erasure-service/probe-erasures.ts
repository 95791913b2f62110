import { parseRetryAfter, type HttpAnswer } from '../http';
import { ErasureAnswer } from './answers';
import { readLocation, toUrl } from './location';
import { makeUp, strangerSigner, type MadeUp, type ProbeCaller, type ProbeRequest } from './probe-caller';
import { defineCheck, type Check } from './probe-requests';
import { judgeRefusal, readItems, statusOf, type Complaint } from './probe-words';

const ACCEPTED = 202;
const CONFLICT = 409;
const MAX_LOOKS = 30;
const DEFAULT_PAUSE_MS = 1_000;

/** What it makes of erasures of nobody. */
export const ERASURE_CHECKS: readonly Check[] = [
  defineCheck('erasure-signature-wrong', 'refuses an erasure with a signature of another secret', async (caller) =>
    judgeRefusal(
      await caller.ask({ ...erasureOf(caller, makeUp()), signer: strangerSigner }),
      'to erase that another secret has signed',
    ),
  ),
  defineCheck('erasure', 'says of a person who does not exist that there was nothing', async (caller) => {
    const nobody = makeUp();
    return judgeNothing(await settled(caller, nobody, await caller.ask(erasureOf(caller, nobody))));
  }),
  defineCheck(
    'erasure-location',
    'has the state of a running erasure on its own origin, behind the signature, without ids of the person',
    async (caller) => {
      const nobody = makeUp();
      const answer = await caller.ask(erasureOf(caller, nobody));
      return answer.status === ACCEPTED ? judgeLocation(caller, nobody, answer) : undefined;
    },
  ),
  defineCheck('erasure-repeated', 'gives the same answer to the same Idempotency-Key', async (caller) => {
    const nobody = makeUp();
    const first = await settled(caller, nobody, await caller.ask(erasureOf(caller, nobody)));
    const second = await settled(caller, nobody, await caller.ask(erasureOf(caller, nobody)));
    return judgeSame(first, second);
  }),
  defineCheck('erasure-twice-at-once', 'is one erasure when it is asked for twice at once', async (caller) => {
    const nobody = makeUp();
    const request = erasureOf(caller, nobody);
    const both = await Promise.all([caller.ask(request), caller.ask(request)]);
    const odd = both.find(({ status }) => status !== 200 && status !== ACCEPTED && status !== CONFLICT);
    if (odd !== undefined) {
      return `${statusOf(odd)} when the same erasure is asked for twice at once: answer both alike, or one of them with 409.`;
    }
    const [first, second] = both.filter(({ status }) => status !== CONFLICT);
    if (first === undefined)
      return 'It answers 409 to both when an erasure is asked for twice at once: one has to go on.';
    const done = await settled(caller, nobody, first);
    return second === undefined ? judgeNothing(done) : judgeSame(done, await settled(caller, nobody, second));
  }),
];

function erasureOf({ target }: ProbeCaller, { closureId, subject }: MadeUp): ProbeRequest {
  const id = `${closureId}:${target}:1`;
  const body = JSON.stringify({ closureId, round: 1, subject });
  return { to: '/erasures', body, id, headers: { 'idempotency-key': id } };
}

/** The last word on an erasure: where it is done, or what is wrong with the way there. */
type Settled = HttpAnswer | { readonly complaint: string };

/** Looks at an accepted erasure until it is done. */
async function settled(caller: ProbeCaller, { subject }: MadeUp, begun: HttpAnswer): Promise<Settled> {
  if (begun.status !== ACCEPTED) return begun;
  const where = readLocation(begun.headers.get('location'), `${caller.base}/erasures`, Object.values(subject));
  if (where.kind === 'odd') return { complaint: locationComplaint(where.oddity) };
  const answer = await lookedAt(caller, where.path, begun);
  if (answer.status === 200) return answer;
  return answer.status === ACCEPTED
    ? {
        complaint:
          'It is still at the erasure of a person who does not exist, after thirty looks: nothing more can be said.',
      }
    : {
        complaint: `${statusOf(answer)} where it said that the erasure is: answer 202, and 200 with the items once it is done.`,
      };
}

async function lookedAt(caller: ProbeCaller, path: string, begun: HttpAnswer): Promise<HttpAnswer> {
  let answer = begun;
  for (let looks = 0; answer.status === ACCEPTED && looks < MAX_LOOKS; looks += 1) {
    await caller.pause(parseRetryAfter(answer.headers.get('retry-after'), new Date()) ?? DEFAULT_PAUSE_MS);
    answer = await caller.ask({ to: toUrl(path, caller.base) ?? '' });
  }
  return answer;
}

function judgeNothing(done: Settled): Complaint {
  if ('complaint' in done) return done.complaint;
  const read = readItems(done, ErasureAnswer);
  if ('complaint' in read) return read.complaint;
  return read.items.every(({ count }) => count === 0)
    ? undefined
    : 'It says that it did something for a person who does not exist: answer "absent" with a count of 0, or no items.';
}

function judgeSame(first: Settled, second: Settled): Complaint {
  const complaint = judgeNothing(first) ?? judgeNothing(second);
  if (complaint !== undefined || 'complaint' in first || 'complaint' in second) return complaint;
  return toComparable(first) === toComparable(second)
    ? undefined
    : 'It gives two answers to one Idempotency-Key: keep the answer with the key, and give it again.';
}

/** The order of items says nothing. */
function toComparable(answer: HttpAnswer): string {
  const read = readItems(answer, ErasureAnswer);
  return 'items' in read ? JSON.stringify(read.items.map((item) => JSON.stringify(item)).toSorted()) : '';
}

async function judgeLocation(caller: ProbeCaller, { subject }: MadeUp, answer: HttpAnswer): Promise<Complaint> {
  const where = readLocation(answer.headers.get('location'), `${caller.base}/erasures`, Object.values(subject));
  if (where.kind === 'odd') return locationComplaint(where.oddity);
  const unsigned = await caller.ask({ to: toUrl(where.path, caller.base) ?? '', signer: () => () => ({}) });
  return judgeRefusal(unsigned, 'for the state of an erasure without a signature');
}

function locationComplaint(oddity: string): string {
  return `It accepts an erasure with 202, but ${oddity}: answer with a Location on the same origin, with an id of the erasure's own.`;
}
