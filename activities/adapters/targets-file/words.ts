import { z } from 'zod';
import { didYouMean } from './did-you-mean';

/** What zod passes to whoever words an issue. */
interface RawIssue {
  readonly code?: string | undefined;
  readonly input?: unknown;
  readonly keys?: unknown;
}

/** Of one object no more unknown keys are told. */
const MOST_KEYS = 50;

type Words = (issue: RawIssue) => string;

/** Words for something of the wrong form, or missing. */
export function takes(what: string): { readonly error: Words } {
  return { error: ({ input }) => (input === undefined ? `is missing: it takes ${what}` : `takes ${what}`) };
}

/** Words for something that is one of a list; what is near is suggested. */
export function takesOneOf(known: readonly string[], why = ''): { readonly error: Words } {
  return { error: ({ input }) => oneOf(input, known, why) };
}

/** As `takesOneOf`, for the key by which the forms of an object are told apart. */
export function toldBy(key: string, known: readonly string[]): { readonly error: Words } {
  return {
    error: ({ code, input }) =>
      code === 'invalid_union'
        ? oneOf(z.looseObject({}).safeParse(input).data?.[key], known, '')
        : 'takes a map of keys',
  };
}

/**
 * An object that has these keys and no others. Its complaint about unknown ones has a line for each, in their order.
 * @param hints what to say of keys that somebody may expect here
 */
export function exactly<Shape extends z.ZodRawShape>(
  shape: Shape,
  hints: Readonly<Record<string, string>> = {},
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  const unknown = (key: string): string =>
    hints[key] ?? `is not known here${didYouMean(key, known) || ':'} The keys are ${known.join(', ')}`;
  return z.strictObject(shape, {
    error: ({ code, keys, input }: RawIssue) => {
      const found = code === 'unrecognized_keys' ? z.array(z.string()).safeParse(keys).data : undefined;
      if (found !== undefined) return found.slice(0, MOST_KEYS).map(unknown).join('\n');
      return takes(`a map with the keys ${known.join(', ')}`).error({ input });
    },
  });
}

function oneOf(input: unknown, known: readonly string[], why: string): string {
  const list = `one of ${known.join(', ')}${why}`;
  if (input === undefined) return `is missing: it takes ${list}`;
  const near = typeof input === 'string' ? didYouMean(input, known) : '';
  return `takes ${list}${near}`;
}
