const FARTHEST = 2;
const LONGEST = 40;

/** `, did you mean tables?` when a known word is near what was written; else nothing. */
export function didYouMean(written: string, known: readonly string[]): string {
  if (written.length > LONGEST) return '';
  const near = known
    .map((word) => ({ word, distance: distanceOf(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.min(FARTHEST, Math.floor(word.length / 2)))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return near === undefined ? '' : `, did you mean ${near.word}?`;
}

/** How many characters have to be changed, added or taken away (Levenshtein). */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, character] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const changed = (row[j] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
