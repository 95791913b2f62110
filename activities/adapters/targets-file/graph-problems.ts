import { isTargetName } from '../../../workflows/contract/targets';
import { didYouMean } from './did-you-mean';
import { errorAt, type Finding } from './finding';
import type { TargetOutline } from './outline';
import { Name } from './schema';

/** What is wrong with names and order: names twice, what is not there, what comes after the directory, circles. */
export function graphProblems(targets: readonly TargetOutline[]): readonly Finding[] {
  return [
    ...namesOfUnknownKinds(targets),
    ...namesTwice(targets),
    ...targets.flatMap((target, index) => afterProblems(targets, target, index)),
    ...circles(targets),
  ];
}

/** The rest of such a target cannot be judged, but its name can. */
function namesOfUnknownKinds(targets: readonly TargetOutline[]): readonly Finding[] {
  return targets.flatMap(({ name, kind }, index) => {
    const issues = kind === undefined && name !== undefined ? (Name.safeParse(name).error?.issues ?? []) : [];
    return issues.map(({ message }) => errorAt(['targets', index, 'name'], message));
  });
}

function namesTwice(targets: readonly TargetOutline[]): readonly Finding[] {
  return targets.flatMap(({ name }, index) => {
    const first = targets.findIndex((other) => other.name === name);
    if (name === undefined || first === index) return [];
    return [errorAt(['targets', index, 'name'], 'is that of another target, too: take another one')];
  });
}

function afterProblems(
  targets: readonly TargetOutline[],
  { name, after }: TargetOutline,
  index: number,
): readonly Finding[] {
  const names = targets.flatMap((target) => (isTargetName(target.name) ? [target.name] : []));
  return after.flatMap((wanted, place) => {
    const problem = wanted === undefined ? undefined : problemOf(wanted, name, names);
    return problem === undefined ? [] : [errorAt(['targets', index, 'after', place], problem)];
  });
}

function problemOf(wanted: string, name: string | undefined, names: readonly string[]): string | undefined {
  if (wanted === 'directory') return 'names the directory account: nothing comes after it, it is always the last';
  if (names.includes(wanted) || wanted === name) return undefined;
  const others = names.filter((other) => other !== name && other !== 'directory');
  return `names a target that is not in the file${didYouMean(wanted, others) || `: ${others.length === 0 ? 'there is no other' : `the others are ${others.join(', ')}`}`}`;
}

/** Each circle once, at the `after` that closes it. */
function circles(targets: readonly TargetOutline[]): readonly Finding[] {
  const afterOf = new Map(targets.map(({ name, after }) => [name, after]));
  const done = new Set<string>();
  const found: Finding[] = [];
  const follow = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name);
    if (start !== -1) found.push(circle(targets, [...way.slice(start), name]));
    if (start !== -1 || done.has(name)) return;
    for (const next of afterOf.get(name) ?? []) if (isTargetName(next)) follow(next, [...way, name]);
    done.add(name);
  };
  for (const { name } of targets) if (isTargetName(name)) follow(name, []);
  return found;
}

function circle(targets: readonly TargetOutline[], way: readonly string[]): Finding {
  const index = targets.findIndex(({ name }) => name === way.at(-2));
  const place = targets[index]?.after.findIndex((name) => name === way.at(-1)) ?? 0;
  return errorAt(
    ['targets', index, 'after', place],
    `closes a circle: ${way.join(' -> ')}. No order is left for these`,
  );
}
