import { refuse, refuseMissing, type Answer, type Call, type Route } from './answers';

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}

function refuseUnknownPath({ url, method }: Call, isPathKnown: boolean): Answer {
  if (!url.pathname.startsWith('/v1.0/')) {
    return { status: 404 };
  }
  if (isPathKnown) {
    return refuse(
      405,
      'Request_BadRequest',
      `Specified HTTP method '${method}' is not allowed for the request target.`,
    );
  }
  return refuse(400, 'BadRequest', `Resource not found for the segment '${url.pathname.split('/').at(-1) ?? ''}'.`);
}

/** Who may call what. */
export interface Router {
  readonly routes: readonly Route[];
  /** Which tenants the bearer of this header sees; `undefined`: none, it is a stranger's. */
  readonly sightOf: (authorization: string | undefined) => Sight | undefined;
}

/** What the bearer of a token sees. */
export interface Sight {
  /** The tenants that the directory says it is. */
  readonly tenantIds: readonly string[];
  /** Whether an object of this id lives in a tenant that the bearer does not see. */
  readonly isHidden: (objectId: string) => boolean;
}

const EVERYTHING: Sight = { tenantIds: [], isHidden: () => false };

/** Graph wants a bearer token for everything; the sign-in service's public knowledge is open to all. */
function sightOf({ sightOf: look }: Router, { url }: Call, authorization: string | undefined): Sight | undefined {
  return url.pathname.startsWith('/v1.0/') ? look(authorization) : EVERYTHING;
}

/** Of another tenant's objects a directory says what it says of objects that never were. */
function refuseHidden({ isHidden }: Sight, params: readonly string[]): Answer | undefined {
  const hidden = params.find((param) => isHidden(param));
  return hidden === undefined ? undefined : refuseMissing(hidden);
}

/** Finds the route of a call and lets it answer; paths and methods that are not there are refused as Graph refuses them. */
export async function answer(router: Router, call: Call, authorization: string | undefined): Promise<Answer> {
  const sight = sightOf(router, call, authorization);
  if (sight === undefined) {
    return refuse(401, 'InvalidAuthenticationToken', 'Access token is empty, expired or not valid.');
  }
  const onPath = router.routes.filter(({ path }) => path.test(call.url.pathname));
  const route = onPath.find(({ method }) => method === call.method);
  if (route === undefined) {
    return refuseUnknownPath(call, onPath.length > 0);
  }
  const captured: readonly (string | undefined)[] = route.path.exec(call.url.pathname)?.slice(1) ?? [];
  const params = captured.filter((text) => text !== undefined).map(decoded);
  return params.every((param) => param !== undefined)
    ? (refuseHidden(sight, params) ?? route.handle({ ...call, params, tenantIds: sight.tenantIds }))
    : refuse(400, 'Request_BadRequest', 'The path is not percent-encoded.');
}
