import { refuse, type Answer, type Call, type Route } from './answers';

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

/** Graph wants a bearer token for everything; the sign-in service's public knowledge is open to all. */
function refuseStranger({ url }: Call, authorization: string | undefined, token: string): Answer | undefined {
  const isOpen = !url.pathname.startsWith('/v1.0/');
  return isOpen || authorization === `Bearer ${token}`
    ? undefined
    : refuse(401, 'InvalidAuthenticationToken', 'Access token is empty, expired or not valid.');
}

/** Who may call what. */
export interface Router {
  readonly routes: readonly Route[];
  readonly token: string;
}

/** Finds the route of a call and lets it answer; paths and methods that are not there are refused as Graph refuses them. */
export async function answer(router: Router, call: Call, authorization: string | undefined): Promise<Answer> {
  const stranger = refuseStranger(call, authorization, router.token);
  if (stranger !== undefined) {
    return stranger;
  }
  const onPath = router.routes.filter(({ path }) => path.test(call.url.pathname));
  const route = onPath.find(({ method }) => method === call.method);
  if (route === undefined) {
    return refuseUnknownPath(call, onPath.length > 0);
  }
  const captured: readonly (string | undefined)[] = route.path.exec(call.url.pathname)?.slice(1) ?? [];
  const params = captured.filter((text) => text !== undefined).map(decoded);
  return params.every((param) => param !== undefined)
    ? route.handle({ ...call, params })
    : refuse(400, 'Request_BadRequest', 'The path is not percent-encoded.');
}
