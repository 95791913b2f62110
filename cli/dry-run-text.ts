import type { PlanOptions } from '../client/plan-closure';
import { BASES, PROVIDER_BASES, type Basis } from '../workflows/contract/bases';
import type { DryRun, Unplanned } from '../workflows/contract/dry-run';
import type { PlannedRetention, TargetPlan } from '../workflows/contract/plan';
import { erasesText } from '../workflows/contract/plan-texts';
import { printable, toAlignedLines, toCount } from './output';
import { attemptText, faultText } from './status-text';

type Row = readonly [label: string, value: string | undefined];
type Eligible = Extract<DryRun, { readonly eligibility: 'eligible' }>;
type Texts = Readonly<Record<Basis, string>>;

/** What a dry run has found, as lines for people: may the account be closed, what goes, what stays and why, what is not known. */
export function toDryRunText(found: DryRun): string {
  switch (found.eligibility) {
    case 'eligible':
      return toAlignedLines([['Account', 'may be closed here'], ...planRows(found)]);
    case 'rejected':
      return toAlignedLines([
        ['Account', 'cannot be closed here'],
        ['Reason', found.reason],
        ...(found.blockers ?? []).map(({ kind, count }): Row => ['Blocker', `${kind}: ${String(count)}`]),
        ['Advice', found.advice],
        NOTHING_WRITTEN,
      ]);
    case 'unknown':
      return toAlignedLines([
        ['Account', 'whether it may be closed here cannot be told now'],
        ...found.unplanned.flatMap(unplannedRows),
        NOTHING_WRITTEN,
      ]);
  }
}

/** Tells what is asked, for standard error: every change, one line each. */
export function tellDryRun(tell: (line: string) => void): NonNullable<PlanOptions['onProgress']> {
  let last = '';
  return (activities) => {
    const line = activities.length === 0 ? 'waits for a worker' : `asks: ${activities.map(attemptText).join('; ')}`;
    if (line === last) return;
    last = line;
    tell(`closure: ${printable(line)}\n`);
  };
}

const NOTHING_WRITTEN: Row = ['Note', 'a dry run: nothing was written'];

function planRows({ plan: { targets }, unplanned, bases }: Eligible): readonly Row[] {
  return [
    ...targets.flatMap((target) => targetRows(target, { ...bases, ...BASES, ...PROVIDER_BASES })),
    ...unplanned.flatMap(unplannedRows),
    ...(unplanned.length === 0 ? consequences(targets) : []),
    NOTHING_WRITTEN,
  ];
}

function targetRows({ name, erases, retains, keptByProvider }: TargetPlan, texts: Texts): readonly Row[] {
  const lines = [
    ...erasesText(erases),
    ...retains.map((kept) => keptText(kept, texts)),
    ...keptByProvider.map(({ what, basis }) => `stays with the provider: ${what}${whyText(basis, texts)}`),
  ];
  return labelled(name, lines.length === 0 ? ['holds nothing'] : lines);
}

/** What stays, how long, and why. */
function keptText({ what, count, basis, rule, until }: PlannedRetention, texts: Texts): string {
  const how = [...(rule === undefined ? [] : [rule]), ...(until === undefined ? [] : [`the last until ${until}`])];
  const howLong = how.length === 0 ? 'without an end that is known' : how.join(', ');
  return `keeps ${what} ${String(count)}: ${howLong}${whyText(basis, texts)}`;
}

/** Of a code that nobody has words for, the code alone. */
function whyText(basis: Basis, texts: Texts): string {
  const why = texts[basis];
  return `${why === undefined ? '' : `. ${why}`} (${basis})`;
}

function unplannedRows({ target, text, advice, ...fault }: Unplanned): readonly Row[] {
  const where = `${faultText(fault)}, after ${toCount(fault.attempts, 'attempt')}`;
  return labelled(target, [`not known: ${where}. ${text}`, `to do: ${advice}`]);
}

function consequences(targets: readonly TargetPlan[]): readonly Row[] {
  const isKept = targets.some(({ retains }) => retains.some(({ count }) => count > 0));
  return [
    ['Then', 'what goes is gone for good, the account with it: there is no way back and no access afterwards'],
    ['', isKept ? 'closedWithRetention: what is kept stays with you, and is yours to delete in time' : 'closed'],
  ];
}

/** The label stands before the first line. */
function labelled(label: string, lines: readonly string[]): readonly Row[] {
  return lines.map((line, index) => [index === 0 ? printable(label) : '', line]);
}
