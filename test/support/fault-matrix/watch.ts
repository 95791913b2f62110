import { gate } from '../gate';

/**
 * What becomes of one request on its way, and of its answer:
 * - `lost answer`: the far end does what it is asked for and answers, and the caller hears nothing, until it gives up.
 * - `cut before`: the connection breaks before anything has reached the far end.
 * - `cut after`: the far end does what it is asked for and answers, and the connection breaks in place of the answer.
 * - `slow zombie`: the request is held back; the caller gives up and comes again, and when the same request has been answered
 *   to a later attempt (or else when the closure has ended), the first one reaches the far end and finishes last.
 */
export const FAULTS = ['lost answer', 'cut before', 'cut after', 'slow zombie'] as const;
/** One of `FAULTS`. */
export type Fault = (typeof FAULTS)[number];

/** The far ends that proxies stand in front of. */
export const FAR_ENDS = ['graph', 'storage', 'service', 'database', 'shop'] as const;
/** One of `FAR_ENDS`: the directory, the exports, the example service, the audit log's database, the target's database. */
export type FarEndName = (typeof FAR_ENDS)[number];

/** A request that changes something, in words that are the same for every closure: no ids, no instants. */
export interface Effect {
  readonly farEnd: FarEndName;
  readonly what: string;
  /** The how-maniest of its words within the closure, from 1. */
  readonly time: number;
}

/** A request as it arrives. */
export interface SeenRequest {
  readonly farEnd: FarEndName;
  /** Absent: it changes nothing. */
  readonly what?: string;
  /** Ids in it, one of which may be of a closure or an account that is followed. */
  readonly ids: readonly string[];
}

/** What is to be done with a request. */
export interface Handling {
  readonly fault: Fault | undefined;
  /** A zombie is let go when this resolves. */
  readonly letGo: Promise<void>;
  /** To be called when the far end has answered, or can no longer. */
  readonly answered: () => void;
}

const PASS: Handling = { fault: undefined, letGo: Promise.resolve(), answered: () => undefined };

/** One case of the matrix: what happens to one effect. */
export interface Disturbance {
  readonly effect: Effect;
  readonly fault: Fault;
}

/** Knows whose request each is, and what is to become of it. */
export class Watch {
  readonly #followed = new Map<string, FollowedClosure>();

  /** From now on every effect of the closure with one of these ids is noted, and some of them are disturbed. */
  follow(ids: readonly string[], disturbances: readonly Disturbance[]): FollowedClosure {
    const closure = new FollowedClosure(disturbances);
    for (const id of ids) this.#followed.set(id, closure);
    return closure;
  }

  /** To be called before anything reaches the far end. */
  arrived({ farEnd, what, ids }: SeenRequest): Handling {
    const closure = ids.map((id) => this.#followed.get(id)).find((found) => found !== undefined);
    if (closure === undefined || what === undefined) return PASS;
    return closure.arrived(farEnd, what);
  }
}

/** One closure on its way. */
export class FollowedClosure {
  readonly #disturbed: readonly DisturbedEffect[];
  readonly #effects: Effect[] = [];

  constructor(disturbances: readonly Disturbance[]) {
    this.#disturbed = disturbances.map((disturbance) => new DisturbedEffect(disturbance));
  }

  /** Everything that has been asked for, in order. */
  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Those that were to be disturbed and did not come. */
  get missed(): readonly Effect[] {
    return this.#disturbed.filter(({ isHit }) => !isHit).map(({ effect }) => effect);
  }

  /** Lets every zombie go, and waits until the far ends are done with them. */
  async untilSettled(): Promise<void> {
    await Promise.all(this.#disturbed.map((disturbed) => disturbed.untilSettled()));
  }

  arrived(farEnd: FarEndName, what: string): Handling {
    const before = this.#effects.filter((one) => one.farEnd === farEnd && one.what === what).length;
    const effect = { farEnd, what, time: before + 1 };
    this.#effects.push(effect);
    const alike = this.#disturbed.filter((disturbed) => disturbed.isLike(effect));
    const hit = alike.find((disturbed) => disturbed.effect.time === effect.time);
    if (hit !== undefined) return hit.comesToHarm();
    // The same request of a later attempt: once it is answered, what was held back comes last.
    const letGo = (): void => {
      for (const disturbed of alike) disturbed.letGo();
    };
    return { ...PASS, answered: letGo };
  }
}

/** An effect that comes to harm, once. */
class DisturbedEffect {
  readonly effect: Effect;
  readonly #fault: Fault;
  readonly #zombie = gate();
  #isHit = false;
  #finish = (): void => undefined;
  #finished = Promise.resolve();

  constructor({ effect, fault }: Disturbance) {
    this.effect = effect;
    this.#fault = fault;
  }

  get isHit(): boolean {
    return this.#isHit;
  }

  isLike({ farEnd, what }: Effect): boolean {
    return this.effect.farEnd === farEnd && this.effect.what === what;
  }

  comesToHarm(): Handling {
    this.#isHit = true;
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    return {
      fault: this.#fault,
      letGo: this.#zombie.hold(),
      answered: () => {
        this.#finish();
      },
    };
  }

  /** What did not come yet is not let go before it has. */
  letGo(): void {
    if (this.#isHit) this.#zombie.letGo();
  }

  async untilSettled(): Promise<void> {
    this.letGo();
    await this.#finished;
  }
}

/** The effect in a line. */
export function inWords({ farEnd, what, time }: Effect): string {
  return `${farEnd}: ${what}${time === 1 ? '' : ` (${String(time)})`}`;
}
