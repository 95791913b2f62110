/** What a fault does to a request. */
export type FaultEffect =
  | {
      /** Answers without any effect. */
      readonly kind: 'status';
      readonly status: number;
      /** Seconds or an HTTP date, as it is sent; no header when absent. */
      readonly retryAfter?: string;
      /** Graph's error with this code; when absent, the usual one of the status. */
      readonly code?: string;
      /** An object is sent as JSON, `none` is no body, `html` a proxy's page; when absent, Graph's error for the status. */
      readonly body?: unknown;
    }
  /** The effect happens, then the connection breaks. */
  | { readonly kind: 'loseAnswer' }
  /** Nothing is heard for so long; then, unless the caller has gone, the request is handled as usual. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** The effect happens; nothing is heard for so long; then, unless the caller has gone, it is answered as usual. */
  | { readonly kind: 'holdAnswer'; readonly ms: number }
  /** The effect happens; the answer is 200 with this text in place of the body. */
  | { readonly kind: 'malformed'; readonly body: string }
  /** Runs just before the request is handled as usual. */
  | { readonly kind: 'before'; readonly run: () => void };

/** A fault, and the requests that it hits. */
export type Fault = FaultEffect & {
  /** Every method when absent. */
  readonly method?: string;
  /** Matched against path and query, as they were sent. */
  readonly path: RegExp;
  /** How many requests it hits; 1 when absent. `Infinity` is allowed. */
  readonly times?: number;
};

/** The faults that are switched on. A request meets the oldest one that matches; hooks run besides. */
export interface Faults {
  readonly add: (fault: Fault) => void;
  readonly clear: () => void;
}

/** The faults, with the server's side of them. */
export interface FaultBook extends Faults {
  /**
   * Uses up one hit of each fault that the request meets: the hooks, up to and with the first fault of another kind.
   */
  readonly take: (method: string, path: string) => readonly FaultEffect[];
}

interface Entry {
  readonly fault: Fault;
  readonly left: number;
}

function matches({ method, path }: Fault, actualMethod: string, actualPath: string): boolean {
  // `search` keeps no position between calls, whatever the flags of the expression.
  return (method === undefined || method === actualMethod) && actualPath.search(path) >= 0;
}

/** An empty book of faults. */
export function createFaultBook(): FaultBook {
  let entries: readonly Entry[] = [];
  return {
    add: (fault) => {
      entries = [...entries, { fault, left: fault.times ?? 1 }];
    },
    clear: () => {
      entries = [];
    },
    take: (method, path) => {
      const met = entries.filter(({ fault, left }) => left > 0 && matches(fault, method, path));
      const last = met.findIndex(({ fault }) => fault.kind !== 'before');
      const hits = last < 0 ? met : met.slice(0, last + 1);
      entries = entries.map((entry) => (hits.includes(entry) ? { ...entry, left: entry.left - 1 } : entry));
      return hits.map(({ fault }) => fault);
    },
  };
}
