import { UnavailableError } from '../../../activities/ports/faults';
import { createDirectoryTarget } from '../../../activities/targets/directory';
import { FakeWorld, POLICY, type Call } from '../../support/fake-world';
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
    target: createDirectoryTarget({ ...world.dependencies, reachedThrough: POLICY.reachedThrough }),
    person: world.person,
    left: () => (world.account === 'gone' ? 0 : 1),
    // The directory's own contract suite looks at somebody else.
    bystander: () => '',
    takeOver: () => {
      world.realmKind = 'managed';
      return { kind: 'stopped', reason: 'managed-tenant', signIn: 'not-blocked', done: [] };
    },
    goAway: () => {
      for (const call of CALLS) {
        world.before(call, () => {
          throw new UnavailableError({ farEnd: 'directory' });
        });
      }
    },
  };
});
