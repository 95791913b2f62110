const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const INSTANT = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const LONG_HEX = /[0-9a-f]{32,}/g;
/** What is a word of ours, and no content. */
const CODE = /^[\w*.:-]{1,64}$/;

/** The ids in a text, in lower case. */
export function idsIn(text: string): readonly string[] {
  return (text.match(UUID) ?? []).map((id) => id.toLowerCase());
}

/** The text with a star for whatever is another one in each closure. */
export function withoutIds(text: string): string {
  return text.replace(INSTANT, '*').replace(UUID, '*').replace(LONG_HEX, '*');
}

/** Those of the values that say what it is about. Numbers do not: a place in an order is another one when something is repeated. */
export function codesOf(values: readonly (string | null)[]): readonly string[] {
  return values
    .map((value) => withoutIds(value ?? ''))
    .filter((value) => value !== '*' && CODE.test(value) && !/^\d+$/.test(value));
}
