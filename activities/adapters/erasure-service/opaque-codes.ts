/** The form of every code of a service that we show or keep. */
export const OPAQUE_CODE = /^[A-Za-z0-9_.:-]{1,64}$/;
/** A GUID, with or without its hyphens: by itself it may be somebody's. */
const ID = /[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}/i;
/** A text that is encoded more often than this has something to hide. */
const MAX_DECODINGS = 5;

/** Whether the text is a code that may be shown and kept: of one kind of thing, never of one person. */
export function isOpaqueCode(text: string): boolean {
  return OPAQUE_CODE.test(text) && !ID.test(text);
}

/** Whether one of the GUIDs is in the text: in any case, with or without hyphens, percent-encoded too. What cannot be decoded counts. */
export function isNaming(text: string, ids: readonly string[]): boolean {
  const plain = decoded(text);
  if (plain === undefined) return true;
  const bare = withoutHyphens(plain);
  return ids.some((id) => bare.includes(withoutHyphens(id)));
}

function withoutHyphens(text: string): string {
  return text.replaceAll('-', '').toLowerCase();
}

function decoded(text: string): string | undefined {
  let plain = text;
  for (let round = 0; round < MAX_DECODINGS && plain.includes('%'); round += 1) {
    const inner = decodedOnce(plain);
    if (inner === undefined || inner === plain) return inner;
    plain = inner;
  }
  return plain.includes('%') ? undefined : plain;
}

function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
