import { z } from 'zod';

import type { Entra } from '../../sandbox/entra/entra';

/** An answer of the stand-in, as far as the suites look at it. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text itself where it is not JSON; `undefined` when there was none. */
  readonly body: unknown;
}

/** What to send besides method and path. */
export interface Extras {
  readonly json?: unknown;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

const pageOf = z.object({ '@odata.nextLink': z.string().optional(), value: z.array(z.unknown()) });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sends one request to an absolute URL, or to a path of the stand-in. */
export async function call(entra: Entra, request: string, extras: Extras = {}): Promise<Seen> {
  const [method = 'GET', target = ''] = request.split(' ');
  const response = await fetch(new URL(target, entra.url), {
    method,
    headers: { authorization: `Bearer ${extras.token ?? 'sandbox-token'}`, 'client-request-id': 'from-the-caller' },
    ...(extras.signal && { signal: extras.signal }),
    ...(extras.json !== undefined && { body: JSON.stringify(extras.json) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : parsed(text) };
}

/** Reads a collection to its end; answers its pages. */
export async function readPages(entra: Entra, path: string): Promise<readonly (readonly unknown[])[]> {
  const pages: unknown[][] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const { body } = await call(entra, `GET ${next}`);
    const read: z.infer<typeof pageOf> = pageOf.parse(body);
    pages.push(read.value);
    next = read['@odata.nextLink'];
  }
  return pages;
}
