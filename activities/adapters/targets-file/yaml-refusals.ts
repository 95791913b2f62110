import { isAlias, isScalar, visit } from 'yaml';
import type { Alias, Document, ErrorCode, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** What is not read any further, and where in the text. */
export interface Refusal {
  readonly offset: number;
  readonly message: string;
}

/** In our own words: those of the package can repeat a piece of the text, and in it a secret. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'The indentation or a closing bracket is not right here.',
  BAD_DQ_ESCAPE: 'This is no escape: within double quotes a backslash is written twice.',
  BAD_SCALAR_START: 'A value cannot begin with this character: put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'A key cannot begin here: put a value with a colon in it in quotes, or begin a new line.',
  BLOCK_IN_FLOW: 'Within brackets and braces everything is separated by commas.',
  KEY_OVER_1024_CHARS: 'A key is too long here, or a colon is missing.',
  MISSING_CHAR: 'A character is missing here: a closing quote, bracket or brace, a comma, or a blank behind a colon.',
  MULTILINE_IMPLICIT_KEY: 'A key stands on one line: a colon is missing, or the indentation is not right.',
  NON_STRING_KEY: 'A key is a text.',
  TAB_AS_INDENT: 'Tabs cannot indent: use blanks.',
};
const OTHERWISE = 'This cannot be read as YAML.';

/** No database takes these: NUL, and halves of characters. */
const UNWRITABLE = /\0|\p{Surrogate}/u;

/** Everything that is refused in a text that was read as YAML, whatever it would mean. */
export function refusalsIn(document: Document.Parsed, second: Document.Parsed | undefined): readonly Refusal[] {
  const refusals: Refusal[] = document.errors.map(({ code, pos }) => ({
    offset: pos[0],
    message: WORDS[code] ?? OTHERWISE,
  }));
  if (second !== undefined)
    refusals.push({ offset: second.range[0], message: 'A second document begins here: leave it out.' });
  visit(document, {
    Node: (_, node) => {
      const message = problemOf(node);
      if (message !== undefined) refusals.push({ offset: node.range?.[0] ?? 0, message });
    },
  });
  return refusals;
}

/** Keys that stand twice in one map: only one of them would count. */
export function keysThatAreThereTwice(document: Document.Parsed): readonly Refusal[] {
  const twice: Refusal[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items.filter(isScalarKeyed)) {
        if (seen.has(key.value)) twice.push({ offset: key.range?.[0] ?? 0, message: TWICE });
        seen.add(key.value);
      }
    },
  });
  return twice;
}

const TWICE = 'This key is there twice: leave one of the two.';

function isScalarKeyed(pair: Pair): pair is Pair<Scalar> {
  return isScalar(pair.key);
}

function problemOf(node: Alias | Scalar | YAMLMap | YAMLSeq): string | undefined {
  if (isAlias(node)) return 'An alias (*) is not allowed here: write out what it stands for.';
  if (node.anchor !== undefined) return 'An anchor (&) is not allowed here: leave it out.';
  if (node.tag !== undefined) return 'A tag (!) is not allowed here: leave it out.';
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  // As a key of an object it would be lost without a word.
  if (node.value === '__proto__') return 'The name __proto__ cannot be used.';
  return UNWRITABLE.test(node.value) ? 'A character in here is none that a database takes.' : undefined;
}
