import { holdingsOf, type DirectoryThing, type Holdings } from './holdings';
import type { SamplePerson } from './people';

/** Where a user is: among the users, among the deleted items, or gone. */
export type Place = 'live' | 'deleted' | 'purged';

/** A user of the stand-in's directory. */
export interface DirectoryUser {
  readonly person: SamplePerson;
  readonly holdings: Holdings;
  readonly isEnabled: boolean;
  /** ISO 8601; moves when the sessions are revoked. */
  readonly sessionsValidFrom: string;
  /** Oldest first. */
  readonly moves: readonly { readonly place: Place; readonly atMs: number }[];
}

const CREATED_AT = '2025-06-01T08:00:00Z';

/** Users and the objects that hang on them. Writes act on the truth; reads may lag behind it, as replicas do. */
export class Directory {
  readonly #users = new Map<string, DirectoryUser>();
  readonly #things = new Map<string, DirectoryThing>();
  readonly #readLagMs: number;

  constructor(people: readonly SamplePerson[], readLagMs: number) {
    this.#readLagMs = readLagMs;
    people.forEach((person) => {
      this.add(person);
    });
  }

  /** Takes in a person, as a live user. */
  add(person: SamplePerson): void {
    const holdings = holdingsOf(person);
    [...holdings.transitiveMemberOf, ...holdings.owned].forEach((thing) => this.#things.set(thing.id, thing));
    this.#users.set(person.objectId.toLowerCase(), {
      person,
      holdings,
      isEnabled: !person.traits.includes('sign-in-blocked'),
      sessionsValidFrom: CREATED_AT,
      moves: [{ place: 'live', atMs: 0 }],
    });
  }

  /** The user with this object id, wherever it is now. */
  find(objectId: string): DirectoryUser | undefined {
    return this.#users.get(objectId.toLowerCase());
  }

  /** Where the user really is now. */
  placeOf(objectId: string): Place | undefined {
    return this.find(objectId)?.moves.at(-1)?.place;
  }

  /** Where a read finds the user now: the truth of `readLagMs` ago. */
  seenPlaceOf(objectId: string): Place | undefined {
    const newestSeenMs = Date.now() - this.#readLagMs;
    return this.find(objectId)?.moves.findLast(({ atMs }) => atMs <= newestSeenMs)?.place;
  }

  /** Moves the user to another place. */
  move(objectId: string, place: Place): void {
    this.update(objectId, ({ moves }) => ({ moves: [...moves, { place, atMs: Date.now() }] }));
  }

  /** Replaces what the function answers; nothing happens when there is no such user. */
  update(objectId: string, change: (user: DirectoryUser) => Partial<DirectoryUser>): void {
    const user = this.find(objectId);
    if (user !== undefined) {
      this.#users.set(objectId.toLowerCase(), { ...user, ...change(user) });
    }
  }

  /** Everybody that a read finds in the place. */
  listSeen(place: Place): readonly DirectoryUser[] {
    return [...this.#users.values()].filter(({ person }) => this.seenPlaceOf(person.objectId) === place);
  }

  /** The live user who has the address, in any case. */
  findLiveByAddress(address: string): DirectoryUser | undefined {
    return [...this.#users.values()].find(
      ({ person }) =>
        person.address.toLowerCase() === address.toLowerCase() && this.placeOf(person.objectId) === 'live',
    );
  }

  /** The object that is not a user. */
  findThing(id: string): DirectoryThing | undefined {
    return this.#things.get(id.toLowerCase());
  }

  /** The live users who own the object. */
  ownersOf(thingId: string): readonly DirectoryUser[] {
    return this.listSeen('live').filter(({ holdings }) => holdings.owned.some(({ id }) => id === thingId));
  }
}
