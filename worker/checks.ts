import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { SEARCH_ATTRIBUTES } from '../workflows/contract/names';
import type { FarEndCheck } from './far-ends';
import type { EventLog } from './logger';

const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;
const ADVICE =
  'Is TEMPORAL_ADDRESS right and the server up? If it is: run `closure setup` once, it registers the search attributes.';

/** The part of a connection that the check needs. */
export interface SearchAttributesLook {
  readonly operatorService: {
    readonly listSearchAttributes: (request: { readonly namespace: string }) => Promise<{
      readonly customAttributes: Readonly<Record<string, unknown>>;
    }>;
  };
}

/**
 * Whether Temporal answers and knows the search attributes: a Workflow Task that sets an unknown one fails. It waits only for
 * what is certainly missing. A server that does not let us look is there, and one with another type is, too: both are said once.
 */
export function temporalCheck(
  connection: () => Promise<SearchAttributesLook>,
  namespace: string,
  say: EventLog,
): FarEndCheck {
  const sayOnce = once(say);
  return {
    farEnd: 'temporal',
    check: async () => {
      const known = await knownAttributes(await connection(), namespace);
      if (known === 'not-ours-to-see') {
        sayOnce({ event: 'search-attributes-unseen' });
        return;
      }
      for (const { name, type } of Object.values(SEARCH_ATTRIBUTES)) {
        const found = known[name];
        if (found === undefined) throw new SearchAttributeMissingError();
        const isOurs = found === encodeSearchAttributeIndexedValueType(type);
        if (!isOurs) sayOnce({ event: 'search-attribute-mistyped', searchAttribute: name, expected: type });
      }
    },
    advice: ADVICE,
  };
}

/** One of our search attributes is certainly not registered. */
class SearchAttributeMissingError extends Error {
  /** As the log says it. */
  readonly code = 'search-attributes-missing';

  constructor() {
    super('Search attributes are not registered.');
    this.name = 'SearchAttributeMissingError';
  }
}

async function knownAttributes(
  { operatorService }: SearchAttributesLook,
  namespace: string,
): Promise<Readonly<Record<string, unknown>> | 'not-ours-to-see'> {
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return customAttributes;
  } catch (error) {
    // Keys of few rights, and gateways, refuse this service where all else works.
    if (hasGrpcCode(error, PERMISSION_DENIED, UNIMPLEMENTED)) return 'not-ours-to-see';
    throw error;
  }
}

function hasGrpcCode(error: unknown, ...codes: readonly number[]): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'number') return codes.includes(error.code);
  return hasGrpcCode(error.cause, ...codes);
}

function once(say: EventLog): EventLog {
  const said = new Set<string>();
  return (event) => {
    const text = JSON.stringify(event);
    if (said.has(text)) return;
    said.add(text);
    say(event);
  };
}
