import { z } from 'zod';
import { IndeterminateAnswerError, type FaultAt } from '../../ports/faults';
import { parseJson } from '../http';
import { isOpaqueCode, OPAQUE_CODE } from './opaque-codes';

/** More kinds of things than anybody shows to a person: a list of people or rows has got into the answer. */
const MAX_ITEMS = 200;

const what = z.string().regex(OPAQUE_CODE);
const count = z.int().min(0);
/** As `isBasisCode`. */
const basis = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
/** ISO 8601 in UTC, a day that there is; brought into one form, so that it can be compared. */
const until = z.iso.datetime().transform((instant) => new Date(instant).toISOString());

const holding = z.object({ what, count, retained: z.object({ basis, until: until.exactOptional() }).exactOptional() });

const outcome = z.discriminatedUnion('outcome', [
  z.object({ what, outcome: z.literal('erased'), count }),
  z.object({ what, outcome: z.literal('absent'), count: z.literal(0) }),
  z.object({ what, outcome: z.literal('retained'), count, basis, until: until.exactOptional() }),
  z.object({ what, outcome: z.literal('unsupported'), count }),
]);

/** The body of an answer to a lookup. Fields that we do not know are ignored. */
export const LookupAnswer = z.object({ items: z.array(holding).max(MAX_ITEMS) });

/** The body of an answer to an erasure that is done. Fields that we do not know are ignored. */
export const ErasureAnswer = z.object({ items: z.array(outcome).max(MAX_ITEMS) });

type Item = z.infer<typeof holding> | z.infer<typeof outcome>;

/**
 * The items in the body.
 * @throws IndeterminateAnswerError when it is not such an answer; nothing of it is quoted
 */
export function itemsIn<T extends Item>(at: FaultAt, schema: z.ZodType<{ items: T[] }>, body: string): readonly T[] {
  if (body.trim() === '') throw new IndeterminateAnswerError(at, 'it is empty');
  const parsed = schema.safeParse(parseJson(at, body));
  if (!parsed.success) throw new IndeterminateAnswerError(at, 'a field is missing or has an unexpected type');
  const oddity = oddityOf(parsed.data.items);
  if (oddity !== undefined) throw new IndeterminateAnswerError(at, oddity);
  return parsed.data.items;
}

/** What is wrong with items of the right form. */
export function oddityOf(items: readonly Item[]): string | undefined {
  if (!items.every(({ what: code }) => isOpaqueCode(code))) return 'what is held is named by an id';
  // Two counts of one thing: which one is shown, and do they add up?
  const rows = new Set(items.map(keyOf));
  return rows.size === items.length ? undefined : 'an item is there twice';
}

function keyOf(item: Item): string {
  const kept = 'outcome' in item ? item : item.retained;
  const reason = kept !== undefined && 'basis' in kept ? [kept.basis, kept.until] : [];
  return JSON.stringify([item.what, 'outcome' in item ? item.outcome : undefined, ...reason]);
}
