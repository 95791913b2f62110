import { beforeAll } from '@jest/globals';

/**
 * Begins all stories of a file at once, and gives each one's end: what waits for the clock of a real server waits together.
 * To be called at the file's top level, behind what the stories need to be started.
 */
export function storiesOfThisFile<Name extends string, End>(
  stories: Readonly<Record<Name, () => Promise<End>>>,
): (name: Name) => Promise<End> {
  const ends = new Map<string, Promise<PromiseSettledResult<End>[]>>();
  beforeAll(() => {
    for (const [name, story] of Object.entries<() => Promise<End>>(stories)) {
      // Settled, so that one that fails is told by the test that asks for it, and by no other.
      ends.set(name, Promise.allSettled([story()]));
    }
  });
  return async (name) => {
    const [end] = (await ends.get(name)) ?? [];
    if (end?.status === 'fulfilled') return end.value;
    throw end?.reason;
  };
}
