/** The two ids of an account. */
export interface Subject {
  readonly tenantId: string;
  readonly objectId: string;
}

/** The kinds of things that this service holds of people: codes, as they are shown in plans. */
export const KINDS = ['contact', 'ticket', 'invoice'] as const;

/** One thing that is held of a person. */
export interface StoredRecord {
  readonly what: (typeof KINDS)[number];
  readonly content: string;
  /** It has to stay, for this reason, until then (ISO 8601, UTC). */
  readonly keep?: { readonly basis: string; readonly until?: string };
}

/** A person, and what is held of them. */
export interface StoredPerson extends Subject {
  readonly records: readonly StoredRecord[];
}

/** An item of a lookup's answer. */
export interface Holding {
  readonly what: string;
  readonly count: number;
  readonly retained?: { readonly basis: string; readonly until?: string };
}

/** An item of an erasure's answer. */
export interface Outcome {
  readonly what: string;
  readonly outcome: 'erased' | 'absent' | 'retained';
  readonly count: number;
  readonly basis?: string;
  readonly until?: string;
}

/** What the service holds. A database in the real one. */
export interface Store {
  readonly recordsOf: (subject: Subject) => readonly StoredRecord[];
  readonly holdingsOf: (subject: Subject) => readonly Holding[];
  /** Erases whatever need not stay, and says what became of each kind. Again is harmless. */
  readonly erase: (subject: Subject) => readonly Outcome[];
  /** Says what `erase` would, and does nothing. */
  readonly pretendToErase: (subject: Subject) => readonly Outcome[];
  readonly add: (subject: Subject, record: StoredRecord) => void;
}

/** A store of its own, which holds these people. */
export function createStore(people: readonly StoredPerson[]): Store {
  const held = new Map(people.map((person) => [keyOf(person), person.records]));
  const recordsOf = (subject: Subject): readonly StoredRecord[] => held.get(keyOf(subject)) ?? [];
  return {
    recordsOf,
    holdingsOf: (subject) => toHoldings(recordsOf(subject)),
    erase: (subject) => {
      const outcomes = toOutcomes(recordsOf(subject));
      const kept = recordsOf(subject).filter(({ keep }) => keep !== undefined);
      held.set(keyOf(subject), kept);
      return outcomes;
    },
    pretendToErase: (subject) => toOutcomes(recordsOf(subject)),
    add: (subject, record) => {
      held.set(keyOf(subject), [...recordsOf(subject), record]);
    },
  };
}

/** Both ids: an object id alone might be another tenant's. */
function keyOf({ tenantId, objectId }: Subject): string {
  return `${tenantId}/${objectId}`.toLowerCase();
}

/** One item for each kind and each reason to keep it. */
function toHoldings(records: readonly StoredRecord[]): readonly Holding[] {
  const counted = new Map<string, Holding>();
  for (const { what, keep } of records) {
    const key = JSON.stringify([what, keep?.basis, keep?.until]);
    const count = (counted.get(key)?.count ?? 0) + 1;
    counted.set(key, { what, count, ...(keep === undefined ? {} : { retained: keep }) });
  }
  return [...counted.values()];
}

/** Every kind is named, also one of which there was nothing: silence proves nothing. */
function toOutcomes(records: readonly StoredRecord[]): readonly Outcome[] {
  const found = toHoldings(records).map(({ what, count, retained }): Outcome => {
    return retained === undefined
      ? { what, outcome: 'erased', count }
      : { what, outcome: 'retained', count, ...retained };
  });
  const absent = KINDS.filter((kind) => !found.some(({ what }) => what === kind));
  return [...found, ...absent.map((what): Outcome => ({ what, outcome: 'absent', count: 0 }))];
}
