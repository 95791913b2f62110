import { PortFault } from '../../ports/faults';
import type { HttpAnswer } from '../http';
import { LookupAnswer } from './answers';
import { makeUp, strangerSigner, type ProbeCaller, type ProbeRequest } from './probe-caller';
import { judgeProblem, judgeRefusal, readItems, statusOf, type Complaint } from './probe-words';
import type { Signer } from './signing';

/** One check: what is right when it passes, and what it finds. */
export interface Check {
  readonly name: string;
  readonly right: string;
  readonly run: (caller: ProbeCaller) => Promise<Complaint>;
}

/** A check of this name: what is right when it passes, and what it finds. */
export function defineCheck(name: string, right: string, run: Check['run']): Check {
  return { name, right, run };
}

const TEN_MINUTES_MS = 10 * 60 * 1000;
const LARGE_BYTES = 1024 * 1024;

/** A lookup of nobody. */
export function lookupOf(fields: object = {}, purpose = 'plan'): ProbeRequest & { readonly body: string } {
  return { to: '/lookups', body: JSON.stringify({ ...makeUp(), purpose, ...fields }) };
}

/** Who may ask. */
export const SIGNATURE_CHECKS: readonly Check[] = [
  defineCheck('signature-missing', 'refuses a request without a signature', async ({ ask }) =>
    judgeRefusal(await ask({ ...lookupOf(), signer: () => () => ({}) }), 'without a signature'),
  ),
  defineCheck('signature-wrong', 'refuses a signature with another secret', async ({ ask }) =>
    judgeRefusal(await ask({ ...lookupOf(), signer: strangerSigner }), 'that another secret has signed'),
  ),
  defineCheck('signature-of-another-body', 'refuses a body that is not the one that was signed', async ({ ask }) =>
    judgeRefusal(
      await ask({ ...lookupOf(), signer: (right) => (message) => right({ ...message, body: lookupOf().body }) }),
      'whose body was changed after it was signed',
    ),
  ),
  defineCheck('signature-of-another-id', 'refuses an id that is not the one that was signed', async ({ ask }) =>
    judgeRefusal(
      await ask({ ...lookupOf(), headers: { 'webhook-id': 'another' } }),
      'whose webhook-id was changed after it was signed',
    ),
  ),
  defineCheck('timestamp-old', 'refuses a timestamp of ten minutes ago', async ({ ask }) =>
    judgeRefusal(await ask({ ...lookupOf(), signer: at(-TEN_MINUTES_MS) }), 'that was signed ten minutes ago'),
  ),
  defineCheck('timestamp-ahead', 'refuses a timestamp ten minutes from now', async ({ ask }) =>
    judgeRefusal(await ask({ ...lookupOf(), signer: at(TEN_MINUTES_MS) }), 'that is signed ten minutes from now'),
  ),
  defineCheck('signature-rotation', 'takes the right one of several signatures', async ({ ask }) => {
    const { status } = await ask({ ...lookupOf(), signer: besideAnother });
    return status === 401 || status === 403
      ? 'It refuses the right signature when another one stands before it: webhook-signature is a list with spaces between, and while secrets are rotated one of them is yours.'
      : undefined;
  }),
];

/** What it makes of lookups, good and bad. */
export const LOOKUP_CHECKS: readonly Check[] = [
  defineCheck('lookup-to-plan', 'holds nothing of a person who does not exist', async ({ ask }) =>
    judgeEmpty(await ask(lookupOf())),
  ),
  defineCheck('lookup-to-verify', 'looks again when it is asked to verify', async ({ ask }) =>
    judgeEmpty(await ask(lookupOf({}, 'verify'))),
  ),
  defineCheck('unknown-fields', 'ignores fields that it does not know', async ({ ask }) => {
    const answer = await ask(lookupOf({ locale: 'nl', hints: { since: null } }));
    return answer.status === 200
      ? undefined
      : `${statusOf(answer)} to a lookup with fields that it does not know: ignore them, so that the contract can grow.`;
  }),
  defineCheck('broken-json', 'refuses a body that is not JSON, with a problem', async ({ ask }) =>
    judgeProblem(await ask({ to: '/lookups', body: '{"closureId":' }), 'a body that is not JSON'),
  ),
  defineCheck('missing-fields', 'refuses a lookup that names nobody, with a problem', async ({ ask }) =>
    judgeProblem(await ask({ to: '/lookups', body: '{}' }), 'a lookup without a subject'),
  ),
  defineCheck(
    'missing-fields-of-erasure',
    'refuses an erasure that names nobody, with a problem',
    async ({ ask, target }) => {
      const id = `${makeUp().closureId}:${target}:1`;
      const request = { to: '/erasures', body: '{}', id, headers: { 'idempotency-key': id } };
      return judgeProblem(await ask(request), 'an erasure without a subject');
    },
  ),
  defineCheck('unknown-path', 'has nothing at a path that is not of the contract', async ({ ask }) => {
    const answer = await ask({ ...lookupOf(), to: '/no-such-path' });
    return answer.status === 404 || answer.status === 405
      ? undefined
      : `${statusOf(answer)} at a path that is not of the contract: answer 404, or a wrong base URL looks like a right one.`;
  }),
  defineCheck('large-request', 'survives a request of a megabyte', async ({ ask }) => {
    const large = await answerOrNothing(ask(lookupOf({ filling: 'x'.repeat(LARGE_BYTES) })));
    const after = await answerOrNothing(ask(lookupOf()));
    if (after?.status !== 200) return 'It does not answer a lookup after a request of a megabyte: bound what you read.';
    return large !== undefined && large.status >= 500
      ? `It breaks with ${String(large.status)} at a request of a megabyte: answer 413.`
      : undefined;
  }),
];

function judgeEmpty(answer: HttpAnswer): Complaint {
  const read = readItems(answer, LookupAnswer);
  if ('complaint' in read) return read.complaint;
  return read.items.every(({ count }) => count === 0)
    ? undefined
    : 'It holds something of a person who does not exist: look only for the two ids of the subject, both of them.';
}

function at(offsetMs: number): (right: Signer) => Signer {
  return (right) => (message) => right({ ...message, at: new Date(message.at.getTime() + offsetMs) });
}

function besideAnother(right: Signer): Signer {
  return (message) => {
    const headers = right(message);
    const other = strangerSigner()(message)['webhook-signature'] ?? '';
    return { ...headers, 'webhook-signature': `${other} ${headers['webhook-signature'] ?? ''}` };
  };
}

/** A server may well hang up on what is too large. */
async function answerOrNothing(asked: Promise<HttpAnswer>): Promise<HttpAnswer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof PortFault) return undefined;
    throw error;
  }
}
