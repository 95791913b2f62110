/** What a handler answers; the server adds the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; no body when absent. */
  readonly body?: unknown;
  /** Set on refusals by Graph: the server makes the body from it. */
  readonly refusal?: Refusal;
}

/** Why Graph refuses: the code is what callers branch on. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** One request, as handlers see it. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  /** What the route's pattern captured, percent-decoded. */
  readonly params: readonly string[];
  /** The tenants that the caller's token reaches. */
  readonly tenantIds: readonly string[];
  readonly bodyText: string;
  /** Where the caller reached the service: `http://host:port`. Links in answers begin with it. */
  readonly origin: string;
  readonly clientRequestId: string;
}

/** A path that is served. */
export interface Route {
  readonly method: string;
  /** Matched against the raw path; what it captures becomes `params`. */
  readonly path: RegExp;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** An answer in Graph's error format. */
export function refuse(status: number, code: string, message: string): Answer {
  return { status, refusal: { code, message } };
}

/** Graph's answer for an object that it does not have (or does not have any more). */
export function refuseMissing(id: string): Answer {
  return refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** The body as a JSON object; `undefined` when it is not one. */
export function jsonObjectOf(bodyText: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bodyText);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
