import type { AddressInfo } from 'node:net';

import { problem, type Answer } from './answers';
import { createErasures, type Erasures, type Pace } from './erasures';
import { parseErasure, parseLookup } from './requests';
import { createJsonServer, type ArrivedRequest } from './server';
import { isSigned } from './signature';
import { createStore, type Store, type StoredPerson, type StoredRecord, type Subject } from './store';

/** How the service is set up. */
export interface ErasureServiceOptions {
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 when absent. */
  readonly host?: string;
  /** `whsec_…`: one, or two while they are rotated. */
  readonly secrets: readonly string[];
  readonly people: readonly StoredPerson[];
  /** The clock; that of the machine when absent. */
  readonly now?: () => Date;
}

/**
 * How it does not work: as one that is away for the moment, as one that needs its own operator, or as one that answers lookups and
 * erases nothing until its operator comes.
 */
export type Breakdown = 'unavailable' | 'refusing' | 'read-only';

/** A running erasure service, and what its operators and its bugs can do to it; none of that is reachable over HTTP. */
export interface RunningErasureService {
  /** What `baseUrl` of the targets file is set to. */
  readonly baseUrl: string;
  /** Every request in the order of arrival. */
  readonly requests: readonly ArrivedRequest[];
  /** What is held of the person now. */
  readonly recordsOf: (subject: Subject) => readonly StoredRecord[];
  /** As the service's own users do: they go on working. */
  readonly add: (subject: Subject, record: StoredRecord) => void;
  /**
   * From now on every request fails: 503, or with `refusing` a problem that only its operator can solve; with `read-only` every
   * request for an erasure fails so.
   */
  readonly breakDown: (how?: Breakdown) => void;
  /** From now on erasures are said to be done, and are not. */
  readonly lie: () => void;
  /** From now on erasures are accepted (202), and done after so many looks at them (2) and so long (0 ms). */
  readonly slow: (pace?: Partial<Pace>) => void;
  /** Ends all of that. */
  readonly repair: () => void;
  /** Stops at once: open connections are cut. */
  readonly close: () => Promise<void>;
}

const PREFIX = '/closure';
const HEALTHY: Mood = { isLying: false, pace: { looks: 0, ms: 0 } };

/**
 * Starts an erasure service of its own world: nothing is kept after `close`.
 * @throws Error of Node.js when the port is taken
 */
export async function startErasureService(options: ErasureServiceOptions): Promise<RunningErasureService> {
  const { port = 0, host = '127.0.0.1', secrets, people, now = () => new Date() } = options;
  let mood = HEALTHY;
  const store = createStore(people);
  const erasures = createErasures({
    now,
    pace: () => mood.pace,
    erase: (subject) => (mood.isLying ? store.pretendToErase(subject) : store.erase(subject)),
    pathOf: (id) => `${PREFIX}/erasures/${id}`,
  });
  const server = createJsonServer((request) => {
    if (isRefused(mood.breakdown, request)) return brokenAnswer(mood.breakdown);
    if (!isSigned(request, secrets, now())) return problem(401, 'bad-signature', 'The signature is not ours, or old.');
    erasures.goOn();
    return answerTo({ store, erasures }, request);
  });
  const address = await server.listen(port, host);
  return {
    baseUrl: `${urlOf(address)}${PREFIX}`,
    requests: server.requests,
    recordsOf: store.recordsOf,
    add: store.add,
    breakDown: (breakdown = 'unavailable') => {
      mood = { ...mood, breakdown };
    },
    lie: () => {
      mood = { ...mood, isLying: true };
    },
    slow: (pace = {}) => {
      mood = { ...mood, pace: { looks: 2, ms: 0, ...pace } };
    },
    repair: () => {
      mood = HEALTHY;
    },
    close: server.close,
  };
}

interface Mood {
  readonly breakdown?: Breakdown;
  readonly isLying: boolean;
  readonly pace: Pace;
}

interface Parts {
  readonly store: Store;
  readonly erasures: Erasures;
}

/** The three calls of the contract. */
function answerTo({ store, erasures }: Parts, request: ArrivedRequest): Answer {
  const [, job] = new RegExp(`^${PREFIX}/erasures/([0-9a-f-]{36})$`).exec(request.path) ?? [];
  switch (`${request.method} ${job === undefined ? request.path : 'job'}`) {
    case `POST ${PREFIX}/lookups`:
      return lookUp(store, request);
    case `POST ${PREFIX}/erasures`:
      return erase(erasures, request);
    case 'GET job':
      return erasures.stateOf(job ?? '');
    default:
      return problem(404, 'no-such-path', 'There is nothing at this path.');
  }
}

/** Looks again each time: what an erasure said is not evidence of what is there. */
function lookUp(store: Store, { body }: ArrivedRequest): Answer {
  const lookup = parseLookup(body);
  if (lookup === undefined) return problem(400, 'malformed-lookup', 'The body is no lookup.');
  return { status: 200, body: { items: store.holdingsOf(lookup.subject) } };
}

function erase(erasures: Erasures, { headers, body }: ArrivedRequest): Answer {
  const erasure = parseErasure(body);
  if (erasure === undefined) return problem(400, 'malformed-erasure', 'The body is no erasure.');
  const key = String(headers['idempotency-key'] ?? '');
  // Only the id is signed: a key that is another text may be anybody's.
  if (key === '' || key !== headers['webhook-id']) {
    return problem(400, 'unsigned-key', 'The Idempotency-Key has to be there, and to be the webhook-id.');
  }
  return erasures.request({ key, body, subject: erasure.subject });
}

function isRefused(how: Breakdown | undefined, { path }: ArrivedRequest): boolean {
  return how === 'read-only' ? path.startsWith(`${PREFIX}/erasures`) : how !== undefined;
}

function brokenAnswer(how: Breakdown | undefined): Answer {
  if (how === 'read-only') return problem(422, 'read-only', 'Nothing can be erased until the operator has been here.');
  if (how === 'refusing') return problem(422, 'out-of-order', 'The service needs its operator.');
  const { headers, ...answer } = problem(503, 'out-of-order', 'The service is away for the moment.');
  return { ...answer, headers: { ...headers, 'retry-after': '1' } };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${String(port)}`;
}
