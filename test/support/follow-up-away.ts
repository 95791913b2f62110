import type { ActivityImplementations } from '../../activities';
import { createArrangeForgetting } from '../../activities/forgetting';
import { UnavailableError } from '../../activities/ports/faults';
import { createFakeVault } from './fake-vault';

/** The start of the follow-up, which Temporal refuses while it is away. */
export class FollowUpAway {
  isAway = true;
  readonly #arrange = createArrangeForgetting(createFakeVault());

  readonly arrangeForgetting: ActivityImplementations['arrangeForgetting'] = async (input, surroundings) => {
    if (this.isAway) throw new UnavailableError({ farEnd: 'temporal', operation: 'temporal.start-forget-closure' });
    await this.#arrange(input, surroundings);
  };
}
