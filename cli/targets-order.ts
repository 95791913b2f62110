import type { OutlinedTarget } from '../activities/ports/targets-file';
import { printable } from './output';

/** A target with its wave: those of one wave may be erased together, after all of the waves before. Counts from 1. */
export interface OrderedTarget extends OutlinedTarget {
  readonly wave: number;
}

/**
 * An allowed order of erasure: each target as early as what it comes after allows, the directory account alone at the end.
 * @param targets without circles; what comes after something that is not there, or in a circle, is left out
 */
export function toOrder(targets: readonly OutlinedTarget[]): readonly OrderedTarget[] {
  const others = targets.filter(({ kind }) => kind !== 'directory');
  const waves = new Map<string, number>();
  let next = others.filter((target) => isFree(target, waves));
  for (let wave = 1; next.length > 0; wave += 1) {
    for (const { name } of next) waves.set(name, wave);
    next = others.filter((target) => !waves.has(target.name) && isFree(target, waves));
  }
  const last = Math.max(0, ...waves.values()) + 1;
  const ordered = targets.flatMap((target) => {
    const wave = target.kind === 'directory' ? last : waves.get(target.name);
    return wave === undefined ? [] : [{ ...target, wave }];
  });
  return ordered.toSorted((a, b) => a.wave - b.wave);
}

function isFree({ after }: OutlinedTarget, waves: ReadonlyMap<string, number>): boolean {
  return after.every((name) => waves.has(name));
}

/** The order as a tree: each target below the last one that it waits for; the directory account at the end. */
export function toTree(order: readonly OrderedTarget[]): string {
  const others = order.filter(({ kind }) => kind !== 'directory');
  const roots = others.filter(({ after }) => after.length === 0);
  const lines = [
    ...roots.flatMap((root) => [label(root), ...below(root, others, '')]),
    ...order.filter(({ kind }) => kind === 'directory').map(({ name, kind }) => `${name} (${kind}), after all others`),
  ];
  return lines.map((line) => `  ${printable(line)}\n`).join('');
}

function below(parent: OrderedTarget, others: readonly OrderedTarget[], indent: string): readonly string[] {
  const children = others.filter((target) => lastBefore(target, others) === parent.name);
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const line = `${indent}${isLast ? '└─' : '├─'} ${label(child, parent)}`;
    return [line, ...below(child, others, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

/** Of those that a target comes after, one of the latest wave. */
function lastBefore({ after }: OrderedTarget, others: readonly OrderedTarget[]): string | undefined {
  return others.filter(({ name }) => after.includes(name)).toSorted((a, b) => b.wave - a.wave)[0]?.name;
}

function label({ name, kind, after }: OrderedTarget, parent?: OrderedTarget): string {
  const also = after.filter((other) => other !== parent?.name);
  return `${name} (${kind})${also.length === 0 ? '' : `, also after ${also.join(', ')}`}`;
}
