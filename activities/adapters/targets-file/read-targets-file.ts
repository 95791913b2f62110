import path from 'node:path';
import type { z } from 'zod';
import { isTargetName } from '../../../workflows/contract/targets';
import type { OutlinedTarget, Place, PlacedProblem, TargetProblem, TargetsFile } from '../../ports/targets-file';
import { needsSealingKey, toCatalog } from './definitions';
import { fromPathText, toPathText, toSubject, type Finding, type Path } from './finding';
import { graphProblems } from './graph-problems';
import { toOutline, type Outline } from './outline';
import { readBounded } from './read-bounded';
import { FileSchema } from './schema';
import { resolveSecrets } from './secrets';
import { tableProblems } from './table-problems';
import { readYaml, type YamlText } from './yaml-text';

/** Some thousand rules; what is larger is no targets file. */
const MOST_BYTES = 128 * 1024;
const MOST_PROBLEMS = 100;
const BEGINNING: Place = { line: 1, column: 1 };

/**
 * Reads a targets file, YAML or JSON, and what its references to secrets lead to. Whatever the file is, the answer is a result.
 * @param environment where references by name lead; relative paths of files begin in the folder of the targets file
 */
export async function readTargetsFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<TargetsFile> {
  const read = await readBounded(file, MOST_BYTES);
  if (read.kind === 'unreadable')
    return refused([{ ...BEGINNING, severity: 'error', message: `The file ${read.reason}.` }]);
  const yaml = readYaml(read.text);
  if (yaml.kind === 'malformed') return refused(yaml.problems.map(asError));
  return readContent(yaml, { environment, folder: path.dirname(path.resolve(file)) });
}

type ReadText = Extract<YamlText, { readonly kind: 'read' }>;

async function readContent(yaml: ReadText, source: Parameters<typeof resolveSecrets>[2]): Promise<TargetsFile> {
  const outline = toOutline(yaml.value);
  const parsed = FileSchema.safeParse(yaml.value);
  const inOrder = graphProblems(outline.targets);
  const secrets = await Promise.all(
    outline.targets.map((target, index) => resolveSecrets(target, ['targets', index], source)),
  );
  const findings = [
    ...(parsed.error?.issues ?? []).flatMap(toFindings),
    ...inOrder,
    ...tableProblems(outline),
    ...secrets.flatMap((one) => one.findings),
  ];
  const problems = [...yaml.problems.map(asError), ...findings.slice(0, MOST_PLACED).map((one) => toPlaced(yaml, one))];
  const targets = inOrder.length === 0 ? toOrder(outline) : [];
  if (!parsed.success || [...problems, ...findings].some(({ severity }) => severity === 'error'))
    return refused(problems, targets);
  const catalog = toCatalog(parsed.data, secrets);
  return {
    kind: 'complete',
    problems: sorted(problems),
    outline: targets,
    catalog,
    needsSealingKey: needsSealingKey(catalog),
    placed: (target, problem) => placedIn(yaml, outline, { target, problem }),
  };
}

/** Finding a place takes time: of a hostile file not all are looked for. */
const MOST_PLACED = 300;

function refused(problems: readonly PlacedProblem[], outline: readonly OutlinedTarget[] = []): TargetsFile {
  return { kind: 'refused', problems: sorted(problems), outline };
}

function sorted(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (inOrder.length <= MOST_PROBLEMS) return inOrder;
  const message = 'There are more problems than are listed here: repair these first.';
  return [...inOrder.slice(0, MOST_PROBLEMS), { ...BEGINNING, severity: 'error', message }];
}

function toFindings(issue: z.core.$ZodIssue): readonly Finding[] {
  const at = issue.path.filter((step) => typeof step !== 'symbol');
  const ofItems = issuesOfItems(issue).flatMap(toFindings);
  if (ofItems.length > 0) return ofItems.map((finding) => ({ ...finding, path: [...at, ...finding.path] }));
  if (issue.code !== 'unrecognized_keys') {
    const isOfKey = issue.code === 'custom' && issue.params?.['isOfKey'] === true;
    return [{ severity: 'error', path: at, isOfKey, message: issue.message }];
  }
  const lines = issue.message.split('\n');
  return lines.map((message, index) => {
    return { severity: 'error', path: [...at, issue.keys[index] ?? ''], isOfKey: true, message };
  });
}

/** Of what may be a list: when it is one, what is wrong is wrong with its items. */
function issuesOfItems(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [];
  const isOfItem = ({ path: [first] }: z.core.$ZodIssue): boolean => typeof first === 'number';
  return issue.errors.find((issues) => issues.length > 0 && issues.every(isOfItem)) ?? [];
}

function toPlaced(yaml: ReadText, { severity, path: at, isOfKey, message }: Finding): PlacedProblem {
  const subject = toSubject(at);
  const sentence = `${subject} ${message}${/[.?]$/.test(message) ? '' : '.'}`;
  return {
    ...yaml.placeOf(at, isOfKey),
    severity,
    ...(at.length === 0 ? {} : { path: toPathText(at) }),
    message: sentence,
  };
}

function placedIn(
  yaml: ReadText,
  { targets }: Outline,
  { target, problem }: { readonly target: string; readonly problem: TargetProblem },
): PlacedProblem {
  const index = targets.findIndex(({ name }) => name === target);
  const at: Path = index === -1 ? [] : ['targets', index, ...fromPathText(problem.path ?? '')];
  return { ...yaml.placeOf(at), severity: problem.severity, path: toPathText(at), message: problem.message };
}

function asError({ line, column, message }: Place & { readonly message: string }): PlacedProblem {
  return { line, column, severity: 'error', message };
}

/** What has a name and a kind, the directory account last. */
function toOrder({ targets }: Outline): readonly OutlinedTarget[] {
  const others = targets.flatMap(({ name, kind, after }) => {
    if (!isTargetName(name) || kind === undefined || kind === 'directory') return [];
    return [{ name, kind, after: after.filter((one) => one !== undefined) }];
  });
  return [...others, { name: 'directory', kind: 'directory', after: others.map(({ name }) => name) }];
}
