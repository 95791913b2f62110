import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { AccountClosureError, hasCode } from './errors';
import { GRPC, grpcDetailsOf, isFromGrpc } from './server-faults';
import type { TemporalServer } from './temporal-server';

/** What became of the search attributes, by name. */
export interface SearchAttributeRegistration {
  /** Registered now. */
  readonly added: readonly string[];
  /** There already. */
  readonly present: readonly string[];
  /** The server does not let us register these: the commands that do it with an administrator's rights. */
  readonly refused: readonly { readonly name: string; readonly command: string }[];
  /** There already, but of another type: what is written to them is lost or fails. Types in the words of Temporal's command. */
  readonly mistyped: readonly { readonly name: string; readonly type: string; readonly wanted: string }[];
  /** The server has no free slot for these; `reason` in its own words. */
  readonly withoutRoom: readonly { readonly name: string; readonly wanted: string; readonly reason: string }[];
}

type Attribute = (typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES];

/** `temporal.api.enums.v1.IndexedValueType`, in the words of the Temporal command line. */
const WORDS: readonly string[] = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];

const TYPES = {
  KEYWORD: 2,
  DATETIME: 6,
  KEYWORD_LIST: 7,
} as const satisfies Record<Attribute['type'], number>;

const EFFECT_TIMEOUT_MS = 60_000;
const EFFECT_POLL_MS = 500;

/** What came of trying to register one. */
type Attempt = 'added' | 'refused' | { readonly noRoom: string };

/**
 * Registers the closures' search attributes in the client's namespace, and returns when the server accepts them. Again is
 * harmless.
 * @throws AccountClosureError `unavailable`, `timed-out`
 */
export async function registerSearchAttributes(server: TemporalServer): Promise<SearchAttributeRegistration> {
  const known = await knownAttributes(server);
  const all: readonly Attribute[] = Object.values(SEARCH_ATTRIBUTES);
  const isThere = ({ name }: Attribute): boolean => known.has(name);
  const attempts: (readonly [Attribute, Attempt])[] = [];
  for (const attribute of all) {
    if (!isThere(attribute)) attempts.push([attribute, await add(server, attribute)]);
  }
  const added = attempts.flatMap(([attribute, attempt]) => (attempt === 'added' ? [attribute] : []));
  if (added.length > 0) await untilAccepted(server, [...added, ...all.filter(isThere)]);
  return {
    added: added.map(({ name }) => name),
    present: all.filter((attribute) => known.get(attribute.name) === TYPES[attribute.type]).map(({ name }) => name),
    refused: attempts.flatMap(([attribute, attempt]) => (attempt === 'refused' ? [toCommand(server, attribute)] : [])),
    mistyped: all.flatMap((attribute) => mistyped(attribute, known.get(attribute.name))),
    withoutRoom: attempts.flatMap(([{ name, type }, attempt]) =>
      typeof attempt === 'string' ? [] : [{ name, wanted: wordOf(TYPES[type]), reason: attempt.noRoom }],
    ),
  };
}

function mistyped({ name, type }: Attribute, found: number | undefined): SearchAttributeRegistration['mistyped'] {
  if (found === undefined || found === TYPES[type]) return [];
  return [{ name, type: wordOf(found), wanted: wordOf(TYPES[type]) }];
}

async function knownAttributes(server: TemporalServer): Promise<ReadonlyMap<string, number>> {
  try {
    const { customAttributes } = await server.read((client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: client.options.namespace }),
    );
    return new Map(Object.entries(customAttributes));
  } catch (error) {
    // Not every server lets us look: then we try to add them all.
    if (hasCode(error, 'access-denied', 'not-supported')) return new Map();
    throw error;
  }
}

/** One by one: so that one which has no room is no hindrance to the others, and is known by name. */
async function add(server: TemporalServer, { name, type }: Attribute): Promise<Attempt> {
  const searchAttributes = { [name]: TYPES[type] };
  try {
    await server.write((client) =>
      client.connection.operatorService.addSearchAttributes({ namespace: client.options.namespace, searchAttributes }),
    );
    return 'added';
  } catch (error) {
    if (hasCode(error, 'access-denied', 'not-supported')) return 'refused';
    if (isFromGrpc(error, GRPC.alreadyExists)) return 'added';
    // Name and type are constants of ours: what is wrong with them is that there is no column left.
    if (isFromGrpc(error, GRPC.invalidArgument)) return { noRoom: grpcDetailsOf(error) ?? 'no reason is given' };
    throw error;
  }
}

/** A new attribute acts only when the server has read its settings again. */
async function untilAccepted(server: TemporalServer, attributes: readonly Attribute[]): Promise<void> {
  const query = attributes.map(({ name }) => `${name} IS NULL`).join(' AND ');
  const giveUpAt = Date.now() + EFFECT_TIMEOUT_MS;
  while (!(await isAccepted(server, query))) {
    if (Date.now() > giveUpAt) {
      throw new AccountClosureError('timed-out', 'The server does not know the new search attributes yet: try again.');
    }
    await server.pause(EFFECT_POLL_MS);
  }
}

async function isAccepted(server: TemporalServer, query: string): Promise<boolean> {
  try {
    await server.read((client) => client.workflow.count(query));
    return true;
  } catch (error) {
    // A server without visibility (a test server) has nothing that could lag.
    if (hasCode(error, 'not-supported')) return true;
    if (isFromGrpc(error, GRPC.invalidArgument)) return false;
    throw error;
  }
}

function toCommand(
  { client }: TemporalServer,
  { name, type }: Attribute,
): { readonly name: string; readonly command: string } {
  const { namespace } = client.options;
  const word = wordOf(TYPES[type]);
  return {
    name,
    command: `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${word}`,
  };
}

function wordOf(type: number): string {
  return WORDS[type] ?? String(type);
}
