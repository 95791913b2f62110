import { refuse, type Answer, type Call } from './answers';

/** So small that every collection of an ordinary person has more than one page. `$top` can only make it smaller. */
const PAGE_SIZE = 2;

/** A collection to answer a page of. */
export interface Collection<T> {
  /** What the context names, e.g. `directoryObjects`. */
  readonly context: string;
  readonly items: readonly T[];
  /**
   * Applied to each page after it was cut, as Graph does with type casts: a page can be empty and still have a successor.
   */
  readonly isKept?: (item: T) => boolean;
  readonly toResource: (item: T) => unknown;
}

function tokenOf(offset: number): string {
  return Buffer.from(`page/${offset}`, 'utf8').toString('base64url');
}

function offsetOf(token: string): number | undefined {
  const digits = /^page\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The properties of the resource that the list names; all of them when there is no list. */
export function selected(resource: Readonly<Record<string, unknown>>, select: string | null): Record<string, unknown> {
  const names = select?.split(',').map((name) => name.trim());
  return Object.fromEntries(
    Object.entries(resource).filter(
      ([name]) => names === undefined || name.startsWith('@odata.') || names.includes(name),
    ),
  );
}

/** One page, with `@odata.nextLink` while there are more. */
export function page<T>(call: Call, { context, items, isKept = () => true, toResource }: Collection<T>): Answer {
  const { searchParams, pathname } = call.url;
  const token = searchParams.get('$skiptoken');
  const offset = token === null ? 0 : offsetOf(token);
  if (offset === undefined) {
    return refuse(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.');
  }
  const size = Math.max(1, Math.min(PAGE_SIZE, Number(searchParams.get('$top') ?? PAGE_SIZE)));
  const next = new URLSearchParams(searchParams);
  next.set('$skiptoken', tokenOf(offset + size));
  const hasMore = offset + size < items.length;
  return {
    status: 200,
    body: {
      '@odata.context': `${call.origin}/v1.0/$metadata#${context}`,
      ...(hasMore && { '@odata.nextLink': `${call.origin}${pathname}?${next.toString()}` }),
      value: items
        .slice(offset, offset + size)
        .filter((item) => isKept(item))
        .map((item) => toResource(item)),
    },
  };
}
