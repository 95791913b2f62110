import { createDirectoryTarget } from '../../../activities/targets/directory-account';
import { UnavailableError } from '../../../activities/ports/faults';
import { FakeWorld, type Call } from '../../support/fake-world';
import { describeErasureTarget } from '../ports/erasure-target.contract';

const CALLS: readonly Call[] = [
  'findAccount',
  'findDeletedAccount',
  'countHoldings',
  'blockSignIn',
  'revokeSessions',
  'softDelete',
  'purge',
];

describeErasureTarget('the directory account', () => {
  const world = new FakeWorld();
  return {
    target: createDirectoryTarget(world.dependencies.directory),
    person: world.person,
    where: () => {
      if (world.account === 'live') return { kind: 'live', isSignInBlocked: world.isSignInBlocked };
      return { kind: world.account === 'deleted' ? 'deleted' : 'nowhere' };
    },
    left: () => (world.account === 'gone' ? 0 : 1),
    goAway: () => {
      for (const call of CALLS) {
        world.before(call, () => {
          throw new UnavailableError({ farEnd: 'directory' });
        });
      }
    },
  };
});
