import type { TargetProblem } from '../../ports/targets-file';

/** Keys and indexes from the top of the file. */
export type Path = readonly (string | number)[];

/** A problem before it has a place. */
export interface Finding {
  readonly severity: TargetProblem['severity'];
  readonly path: Path;
  /** The key itself is meant, not what stands behind it. */
  readonly isOfKey?: boolean;
  /** What follows the name of the thing: `takes a list`. */
  readonly message: string;
}

/** An error at this path. */
export function errorAt(path: Path, message: string): Finding {
  return { severity: 'error', path, message };
}

/** A warning at this path. */
export function warningAt(path: Path, message: string): Finding {
  return { severity: 'warning', path, message };
}

/** `targets[0].where["User Id"]`. */
export function toPathText(path: Path): string {
  return path.map(toStep).join('').replace(/^\./, '');
}

/** The keys and indexes of `tables[3].where`; the reverse of `toPathText`. */
export function fromPathText(text: string): Path {
  const steps = text.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return Array.from(steps, ([, index, quoted, plain]) => {
    if (index !== undefined) return Number(index);
    return plain ?? (quoted ?? '').replace(/\\(.)/g, '$1');
  });
}

/** What a message calls the thing at this path: within a target what it is there. */
export function toSubject(path: Path): string {
  const isOfTarget = path[0] === 'targets' && path.length > 2;
  return toPathText(isOfTarget ? path.slice(2) : path) || 'The file';
}

function toStep(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(shortened(step))}]`;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const LONGEST = 63;
