import { z } from 'zod';

/** pino's number for "warn": below it the SDK's own lines are about its insides. */
const WARN = 40;
const ERROR = 50;

const Line = z.looseObject({
  level: z.number(),
  time: z.number(),
  event: z.string(),
  msg: z.string().optional(),
});

/**
 * A line of the worker's log in words, for a person who watches; nothing for one that only tells of the SDK's insides. A line that
 * is no event of the worker (the trace of a crash) stays as it is.
 */
export function describeWorkerLine(line: string): string | undefined {
  const parsed = Line.safeParse(jsonOf(line));
  if (!parsed.success) return line.trim() === '' ? undefined : `          worker: ${line}`;
  const { level, time, event, msg, ...fields } = parsed.data;
  if (event === 'temporal' && level < WARN) return undefined;
  const what = event === 'temporal' ? (msg ?? event) : event.replaceAll('-', ' ');
  const words = [`${clockOf(time)}  worker: ${mark(level)}${what}`, ...Object.entries(fields).flatMap(inWords)];
  return words.join(' · ');
}

/** Hears text in pieces of any size, and passes on whole lines. */
export function byLine(onLine: (line: string) => void): (text: string) => void {
  let begun = '';
  return (text) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    lines.forEach(onLine);
  };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not everything that a process prints is ours.
    return undefined;
  }
}

/** Words speak for themselves; a number wants its name. */
function inWords([name, value]: [string, unknown]): string[] {
  if (typeof value === 'number') return [`${name} ${String(value)}`];
  return typeof value === 'string' ? [value] : [];
}

function mark(level: number): string {
  if (level < WARN) return '';
  return level < ERROR ? 'warning: ' : 'error: ';
}

function clockOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(11, 19);
}
