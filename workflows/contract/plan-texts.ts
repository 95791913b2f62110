import type { PlannedItems, PlannedRetention, TargetPlan } from './plan';
import type { TargetStatus } from './status';

/** What one target will erase and keep, in words: a line that continues one which begins with its name. */
export function planText(target: TargetPlan): string {
  return planParts(target).join('; ');
}

/** The same as lines of their own, one for each thing that is done; at least one. */
export function planParts({ erases, retains, keptByProvider }: TargetPlan): readonly string[] {
  const parts = [
    ...erasesText(erases),
    ...listed('keeps', retains.map(retentionText)),
    ...listed(
      'stays with the provider:',
      keptByProvider.map(({ what, basis }) => `${what} (${basis})`),
    ),
  ];
  return parts.length === 0 ? ['holds nothing'] : parts;
}

/** What hangs on an account goes with it, and is no count of ours; nothing where no account goes. */
export function goingWithAccount(erases: readonly PlannedItems[]): readonly string[] {
  return erases.some(isAccount) ? erases.filter((item) => !isAccount(item) && item.count > 0).map(countText) : [];
}

/** What was done to one target, in words: a line that continues one which begins with its name. */
export function targetText({ state, erasedCount, rounds = 1, retained = [], grade, exempt }: TargetStatus): string {
  const parts = [
    state,
    ...(erasedCount === undefined ? [] : [`${String(erasedCount)} erased by us`]),
    ...(rounds > 1 ? [`in ${String(rounds)} rounds`] : []),
    ...retained.map((kept) => `keeps ${retentionText(kept)}`),
    ...(grade === undefined ? [] : [GRADES[grade]]),
    ...(exempt === undefined ? [] : [`left out by ${exempt.by} (${exempt.basis})`]),
  ];
  return parts.join(', ');
}

const GRADES: Readonly<Record<NonNullable<TargetStatus['grade']>, string>> = {
  're-read': 'read again',
  'same-server': 'read again on the same server',
  'by-the-service': 'the service was asked again',
};

/** What one target will erase, in words: a part each for what is deleted, what is anonymised, and what goes with an account. */
export function erasesText(erases: readonly PlannedItems[]): readonly string[] {
  if (erases.some(isAccount)) {
    return [
      ...listed('deletes', erases.filter(isAccount).map(countText)),
      ...listed('with it go', goingWithAccount(erases)),
    ];
  }
  const by = (action: PlannedItems['action']): string[] =>
    erases.filter((item) => item.action === action).map(countText);
  return [...listed('deletes', by('delete')), ...listed('anonymises', by('anonymise'))];
}

function retentionText({
  what,
  count,
  basis,
  until,
  ...rest
}: Omit<PlannedRetention, 'rule'> & { readonly rule?: string }): string {
  const why = [
    basis,
    ...(rest.rule === undefined ? [] : [rest.rule]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ];
  return `${countText({ what, count })} (${why.join(', ')})`;
}

function listed(verb: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`${verb} ${items.join(', ')}`];
}

function countText({ what, count }: Pick<PlannedItems, 'what' | 'count'>): string {
  return `${what} ${String(count)}`;
}

function isAccount({ what }: Pick<PlannedItems, 'what'>): boolean {
  return what === 'account';
}
