import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;

/** Looks again and again until it is there. Fails the test when it does not come in time. */
export async function until<T>(
  look: () => T | Promise<T>,
  isThere: (found: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (isThere(found)) return found;
    if (Date.now() > deadline) throw new Error(`It did not come in time; last seen: ${JSON.stringify(found)}`);
    await pause(LOOK_EVERY_MS);
  }
}
