import { inspect } from 'node:util';

/** A value that must not be printed: every textual form of it is masked. `reveal` is the only way to it. */
export class Sensitive<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself: for a request to a far end, never for a log, an error or a result. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '[sensitive]';
  }

  toJSON(): string {
    return '[sensitive]';
  }

  [inspect.custom](): string {
    return '[sensitive]';
  }
}
