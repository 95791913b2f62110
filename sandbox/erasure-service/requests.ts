import type { Subject } from './store';

/** What every request of the contract says. */
export interface Question {
  readonly closureId: string;
  readonly subject: Subject;
}

/** What a lookup asks. */
export interface Lookup extends Question {
  readonly purpose: 'plan' | 'verify';
}

/** What an erasure asks. */
export interface ErasureRequest extends Question {
  readonly round: number;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The lookup in the body; `undefined`: it is none. Fields that we do not know are ignored, so that the contract can grow. */
export function parseLookup(body: string): Lookup | undefined {
  const fields = fieldsOf(body);
  const question = questionIn(fields);
  const purpose = fields['purpose'];
  return question !== undefined && (purpose === 'plan' || purpose === 'verify') ? { ...question, purpose } : undefined;
}

/** The erasure in the body, as `parseLookup`. */
export function parseErasure(body: string): ErasureRequest | undefined {
  const fields = fieldsOf(body);
  const question = questionIn(fields);
  const round = fields['round'];
  const isRound = typeof round === 'number' && Number.isSafeInteger(round) && round >= 0;
  return question !== undefined && isRound ? { ...question, round } : undefined;
}

function questionIn({ closureId, subject }: Fields): Question | undefined {
  const { tenantId, objectId } = toFields(subject);
  return isGuid(closureId) && isGuid(tenantId) && isGuid(objectId)
    ? { closureId, subject: { tenantId, objectId } }
    : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(body: string): Fields {
  try {
    return toFields(JSON.parse(body));
  } catch {
    return {};
  }
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isGuid(value: unknown): value is string {
  return typeof value === 'string' && GUID.test(value);
}
