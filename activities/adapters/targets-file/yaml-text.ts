import { Composer, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, Parser, type CST, type Document } from 'yaml';
import type { Place } from '../../ports/targets-file';
import type { Path } from './finding';
import { keysThatAreThereTwice, refusalsIn, type Refusal } from './yaml-refusals';

/** A problem of the text itself. */
export interface TextProblem extends Place {
  readonly message: string;
}

/** What a text says as YAML (JSON is a part of it). */
export type YamlText =
  | { readonly kind: 'malformed'; readonly problems: readonly TextProblem[] }
  | {
      readonly kind: 'read';
      readonly value: unknown;
      /** Keys that are there twice: the last one was read. */
      readonly problems: readonly TextProblem[];
      /** Where it stands, or the nearest thing around it that is there. */
      readonly placeOf: (path: Path, isOfKey?: boolean) => Place;
    };

/** Nothing of ours is nested deeper than eight; what recurses over a text from outside has to end somewhere. */
const DEEPEST = 100;
/** Keys that are there twice are found by us: the package compares each with each. */
const OPTIONS = { stringKeys: true, uniqueKeys: false, version: '1.2', prettyErrors: false } as const;

/** Reads a text. Aliases, anchors, tags, directives and a second document are refused, whatever they would mean. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const placed = (refusals: readonly Refusal[]): readonly TextProblem[] =>
    refusals.map(({ offset, message }) => ({ ...placeAt(offset), message }));
  const malformed = (refusals: readonly Refusal[]): YamlText => ({ kind: 'malformed', problems: placed(refusals) });
  const tokens = tokensOf(text, lines);
  if (!Array.isArray(tokens)) return malformed([tokens]);
  const [document, second] = Array.from(new Composer(OPTIONS).compose(tokens, true, text.length));
  if (document === undefined || document.contents === null) {
    return malformed([{ offset: 0, message: 'The file is empty: it takes version and targets.' }]);
  }
  const refusals = [...directivesIn(tokens), ...refusalsIn(document, second)];
  if (refusals.length > 0) return malformed([...refusals, ...keysThatAreThereTwice(document)]);
  return {
    kind: 'read',
    value: document.toJS({ maxAliasCount: 0 }),
    problems: placed(keysThatAreThereTwice(document)),
    placeOf: (path, isOfKey = false) => placeAt(offsetOf(document, path, isOfKey)),
  };
}

/** The tokens, or why the text is not read any further. */
function tokensOf(text: string, lines: LineCounter): CST.Token[] | Refusal {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return { offset: parser.offset, message: 'The file is nested too deep here.' };
  }
  tokens.push(...parser.end());
  return tokens;
}

function directivesIn(tokens: readonly CST.Token[]): readonly Refusal[] {
  return tokens
    .filter(({ type }) => type === 'directive')
    .map(({ offset }) => ({ offset, message: 'A directive (%) is not allowed here: leave it out.' }));
}

function offsetOf({ contents }: Document.Parsed, path: Path, isOfKey: boolean): number {
  let inside: unknown = contents;
  let around = startOf(contents) ?? 0;
  for (const [depth, step] of path.entries()) {
    const child = childOf(inside, step);
    if (child === undefined) return around;
    const isKeyMeant = isOfKey && depth === path.length - 1;
    around = startOf(isKeyMeant ? child.key : child.value) ?? startOf(child.key) ?? around;
    inside = child.value;
  }
  return around;
}

function childOf(
  parent: unknown,
  step: string | number,
): { readonly key?: unknown; readonly value: unknown } | undefined {
  if (isSeq(parent) && typeof step === 'number')
    return step in parent.items ? { value: parent.items[step] } : undefined;
  return isMap(parent) ? parent.items.findLast(({ key }) => isScalar(key) && key.value === String(step)) : undefined;
}

/** Where the node begins; `undefined` of a value that is not written. */
function startOf(node: unknown): number | undefined {
  const [start, end] = (isNode(node) ? node.range : undefined) ?? [];
  return start === end ? undefined : start;
}
