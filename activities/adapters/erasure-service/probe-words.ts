import type { z } from 'zod';
import type { HttpAnswer } from '../http';
import { oddityOf } from './answers';
import { isProblem } from './service-faults';

/** What is wrong, and what to do; `undefined`: nothing is. */
export type Complaint = string | undefined;

type Items = Parameters<typeof oddityOf>[0];

/** An answer with items, or what is wrong with it. */
export type Read<T> = { readonly items: readonly T[] } | { readonly complaint: string };

const MAX_ISSUES = 3;

/** The answer's status, in words. */
export function statusOf({ status }: HttpAnswer): string {
  return `It answers ${String(status)}`;
}

/** The items of an answer with 200. */
export function readItems<T extends Items[number]>(answer: HttpAnswer, schema: z.ZodType<{ items: T[] }>): Read<T> {
  if (answer.status !== 200) return { complaint: `${statusOf(answer)}: answer 200 with { "items": [ … ] }.` };
  const json = parsedOrNothing(answer.body);
  if (json === undefined) return { complaint: 'It answers 200 with a body that is not JSON.' };
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { complaint: `Its answer has not the form of the contract: ${issuesOf(parsed.error)}.` };
  const oddity = oddityOf(parsed.data.items);
  return oddity === undefined ? parsed.data : { complaint: `Its answer is odd: ${oddity}.` };
}

/** That a signature or a timestamp which is not right has to be refused, with 401. */
export function judgeRefusal(answer: HttpAnswer, what: string): Complaint {
  const { status } = answer;
  if (status === 401 || status === 403) return undefined;
  if (status >= 200 && status < 300) {
    return `It takes a request ${what} (${String(status)}): whoever can reach it can ask and erase. Refuse it with 401, before anything else.`;
  }
  return `${statusOf(answer)} to a request ${what}: refuse it with 401, so that operators are told to look at the secret.`;
}

/** That a request which is no request of the contract has to be refused, with a problem. */
export function judgeProblem(answer: HttpAnswer, what: string): Complaint {
  const { status } = answer;
  if (status >= 500) return `It breaks with ${String(status)} at ${what}: we would ask again for days. Answer 400.`;
  if (status < 400) return `${statusOf(answer)} to ${what}: answer 400, or a mistake is taken for an erasure.`;
  return isProblem(answer)
    ? undefined
    : `It refuses ${what} with ${String(status)}, but without a body of the type application/problem+json: it cannot be told from a gateway's page.`;
}

function issuesOf({ issues }: z.ZodError): string {
  return issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `${path.map(String).join('.') || 'the body'} (${message})`)
    .join(', ');
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
