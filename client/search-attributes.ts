import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import { AccountClosureError } from './errors';
import { CALL_TIMEOUT_MS, callServer, grpcCodeOf, hasCode } from './server-calls';

/** What became of the search attributes, by name. */
export interface SearchAttributeRegistration {
  /** Registered now. */
  readonly added: readonly string[];
  /** There already. */
  readonly present: readonly string[];
  /** The server does not let us register these: the commands that do it with an administrator's rights. */
  readonly refused: readonly { readonly name: string; readonly command: string }[];
}

type Attribute = (typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES];

/** `temporal.api.enums.v1.IndexedValueType`, and the words of the Temporal command line. */
const TYPES = {
  KEYWORD: { value: 2, word: 'Keyword' },
  DATETIME: { value: 6, word: 'Datetime' },
  KEYWORD_LIST: { value: 7, word: 'KeywordList' },
} as const satisfies Record<Attribute['type'], unknown>;

const ALREADY_EXISTS = 6;
const INVALID_ARGUMENT = 3;
const EFFECT_TIMEOUT_MS = 60_000;
const EFFECT_POLL_MS = 500;

/**
 * Registers the closures' search attributes in the client's namespace, and returns when the server accepts them. Again is
 * harmless.
 * @throws AccountClosureError `unavailable`, `timed-out`
 */
export async function registerSearchAttributes(client: Client): Promise<SearchAttributeRegistration> {
  const known = await knownAttributes(client);
  const all: readonly Attribute[] = Object.values(SEARCH_ATTRIBUTES);
  const present = all.filter(({ name }) => known.has(name));
  const missing = all.filter(({ name }) => !known.has(name));
  const registration = { added: [], present: present.map(({ name }) => name), refused: [] };
  if (missing.length === 0) return registration;
  const isAdded = await add(client, missing);
  if (!isAdded) return { ...registration, refused: missing.map((attribute) => toCommand(client, attribute)) };
  await untilAccepted(client);
  return { ...registration, added: missing.map(({ name }) => name) };
}

async function knownAttributes(client: Client): Promise<ReadonlySet<string>> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await callServer(client, CALL_TIMEOUT_MS, () =>
      client.connection.operatorService.listSearchAttributes({ namespace }),
    );
    return new Set(Object.keys(customAttributes));
  } catch (error) {
    // Not every server lets us look: then we try to add them all.
    if (hasCode(error, 'access-denied', 'not-supported')) return new Set();
    throw error;
  }
}

async function add(client: Client, attributes: readonly Attribute[]): Promise<boolean> {
  const { namespace } = client.options;
  const searchAttributes = Object.fromEntries(attributes.map(({ name, type }) => [name, TYPES[type].value]));
  try {
    await callServer(client, CALL_TIMEOUT_MS, () =>
      client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    );
    return true;
  } catch (error) {
    if (hasCode(error, 'access-denied', 'not-supported')) return false;
    if (error instanceof AccountClosureError && grpcCodeOf(error.cause) === ALREADY_EXISTS) return true;
    throw error;
  }
}

/** A new attribute acts only when the server has read its settings again. */
async function untilAccepted(client: Client): Promise<void> {
  const query = Object.values(SEARCH_ATTRIBUTES)
    .map(({ name }) => `${name} IS NULL`)
    .join(' AND ');
  const giveUpAt = Date.now() + EFFECT_TIMEOUT_MS;
  while (!(await isAccepted(client, query))) {
    if (Date.now() > giveUpAt) {
      throw new AccountClosureError('timed-out', 'The server does not know the new search attributes yet: try again.');
    }
    await pause(EFFECT_POLL_MS);
  }
}

async function isAccepted(client: Client, query: string): Promise<boolean> {
  try {
    await callServer(client, CALL_TIMEOUT_MS, () => client.workflow.count(query));
    return true;
  } catch (error) {
    // A server without visibility (a test server) has nothing that could lag.
    if (hasCode(error, 'not-supported')) return true;
    if (error instanceof AccountClosureError && grpcCodeOf(error.cause) === INVALID_ARGUMENT) return false;
    throw error;
  }
}

function toCommand(client: Client, { name, type }: Attribute): { readonly name: string; readonly command: string } {
  const { namespace } = client.options;
  const word = TYPES[type].word;
  return {
    name,
    command: `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${word}`,
  };
}
