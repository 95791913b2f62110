import type { ClosureActivities } from '../workflows/contract/activities';
import type { Attempt } from './attempt';
import type { TokenUse } from './decisions';

/** What the worker's interceptor tells an Activity, besides its input. */
export interface Surroundings extends TokenUse {
  readonly attempt: Attempt;
}

/** How an Activity is implemented: behind the interceptors of the worker, which record effects and name faults. */
export type Implementation<Name extends keyof ClosureActivities> = (
  input: Parameters<ClosureActivities[Name]>[0],
  surroundings: Surroundings,
) => ReturnType<ClosureActivities[Name]>;
