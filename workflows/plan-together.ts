import { sleep } from '@temporalio/workflow';
import { planTargetOf } from './activity-proxies';
import { assertDecoded, attentionOf, trouble, type Trouble } from './attention';
import type { Closure } from './closure';
import type { ClosureRef, PlanTargetInput, RatedFirst } from './contract/activities';
import type { TargetPlan } from './contract/plan';
import type { TargetPolicy } from './contract/targets';
import { needsOperator, quickly } from './steps';

/** Asks for a plan, given what the targets with a rate have answered. */
type Ask<Plan> = (ref: ClosureRef, answered: readonly TargetPlan[]) => Promise<Plan | RatedFirst>;

/** What is planned, and how. */
interface Planning<Plan> extends Pick<PlanTargetInput, 'round' | 'identifiers'> {
  readonly atOnce: Ask<Plan>;
  readonly patiently: Ask<Plan>;
}

/** So often in a row answers may be for nothing, while a new targets file comes to one worker after the other. */
const MOST_IN_VAIN = 3;
const PAUSE_MS = 60_000;

/**
 * Plans all targets. Those with a rate are asked first, each on its own Task Queue, all at once: which they are says the worker,
 * each time anew, because its file may change. What was answered is not asked again when another one could not be.
 */
export async function planTogether<Plan extends object>(closure: Closure, planning: Planning<Plan>): Promise<Plan> {
  const ask = (given: readonly TargetPlan[]): Promise<Plan | RatedFirst> =>
    quickly(closure, 'plan', {
      atOnce: (ref) => planning.atOnce(ref, given),
      patiently: (ref) => planning.patiently(ref, given),
    });
  let answered: readonly TargetPlan[] = [];
  let answer = await ask(answered);
  for (let inVain = 0; isRatedFirst(answer); inVain += 1) {
    if (inVain > 0) await sleep(PAUSE_MS, { summary: 'Until the workers have the same targets file' });
    const asked = await askRated(closure, answer.rated, planning);
    answered = [...answered.filter(({ name }) => !asked.plans.some((plan) => plan.name === name)), ...asked.plans];
    const wrong = asked.troubles[0] ?? (inVain < MOST_IN_VAIN ? undefined : workersDiffer(inVain));
    if (wrong !== undefined) {
      await needsOperator(closure, 'plan', wrong);
      closure.publish();
      inVain = -1;
    }
    answer = await ask(answered);
  }
  return answer;
}

function isRatedFirst(answer: object): answer is RatedFirst {
  return 'rated' in answer;
}

/** In the order of the targets: the first that cannot be planned is the one that is named. */
async function askRated(
  closure: Closure,
  rated: readonly TargetPolicy[],
  planning: Pick<PlanTargetInput, 'round' | 'identifiers'>,
): Promise<{ readonly plans: readonly TargetPlan[]; readonly troubles: readonly Trouble[] }> {
  closure.publish();
  const ref = closure.ref();
  const answers = await Promise.all(rated.map((target) => askOne(ref, target, planning)));
  const plans = answers.flatMap((answer) => ('plan' in answer ? [answer.plan] : []));
  if (plans.length > 0) closure.delivered(ref.decisions);
  return { plans, troubles: answers.flatMap((answer) => ('plan' in answer ? [] : [answer])) };
}

async function askOne(
  ref: ClosureRef,
  target: TargetPolicy,
  { round, identifiers }: Pick<PlanTargetInput, 'round' | 'identifiers'>,
): Promise<{ readonly plan: TargetPlan } | Trouble> {
  const { name, readsLagMs } = target;
  try {
    return assertDecoded(await planTargetOf(target)({ ...ref, target: name, round, identifiers, readsLagMs }));
  } catch (fault) {
    // A time-out does not know whose it is.
    return { ...attentionOf(fault, 1), at: name };
  }
}

function workersDiffer(asks: number): Trouble {
  return trouble(
    'TargetChanged',
    'The workers have different targets files: give all of them the same, then retry.',
    asks,
  );
}
