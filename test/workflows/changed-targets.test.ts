import { describe, expect, it } from '@jest/globals';
import { confirmUpdate } from '../../workflows/contract/messages';
import {
  plannedIn,
  retryAll,
  tellStory,
  untilAskedAgain,
  untilFaults,
  type StoryEnd,
} from '../support/changed-file-stories';
import {
  FAULTS,
  OTHERWISE,
  THREE,
  added,
  all,
  asItIs,
  describedOtherwise,
  gone,
  renamed,
  saysOf,
  type FileChange,
} from '../support/changed-files';
import { breakDown, refused, statesOf } from '../support/several-systems';
import { storiesOfThisFile } from '../support/stories';
import { closuresOfThisFile } from '../support/time-skipping-closures';
import { denied } from '../support/world-faults';

const LONG_MS = 4 * 60_000;

const closures = closuresOfThisFile('real');
const endOfStory = storiesOfThisFile({
  'asked, described otherwise': () => askedAgain(all(describedOtherwise('shop'), added('wiki'))),
  'asked, gone': () => askedAgain(gone('shop')),
  'asked, called otherwise': () => askedAgain(renamed('shop', 'store')),
  'asked, only added': () => notAskedAgain(all(added('wiki'), saysOf('shop', { deadlineMs: 60_000 }))),
  'planning waits': planningWaits,
  'the fence waits': fenceWaits,
  'erased, put back': putBackWhileErased,
  'waits, left out': leftOut,
  'read again': goneBeforeReadAgain,
});

const story = (names: readonly string[], tell: Parameters<typeof tellStory>[2]): Promise<StoryEnd> =>
  tellStory(closures, names, tell);

function askedAgain(change: FileChange): Promise<StoryEnd> {
  return story(['shop', 'mail'], async ({ world, closure, restartWith }) => {
    const asked = await closure.untilPhase('awaitingConfirmation');
    await restartWith(change);
    await closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
    const again = await untilAskedAgain(closure);
    expect(world.effects).toEqual(['requestExport']);
    const late = closure.handle.executeUpdate(confirmUpdate, { args: [closure.yesTo(asked)] });
    await expect(late).rejects.toMatchObject({ cause: { type: 'stale-plan' } });
    await closure.confirm();
    return [again];
  });
}

function notAskedAgain(change: FileChange): Promise<StoryEnd> {
  return story(['shop', 'mail'], async ({ closure, restartWith }) => {
    await closure.untilPhase('awaitingConfirmation');
    await restartWith(change);
    await closure.confirm();
    return [];
  });
}

function planningWaits(): Promise<StoryEnd> {
  return story(['shop', 'mail'], async ({ world, closure, restartWith }) => {
    world.serviceNamed('shop').before = (call) => (call === 'lookUp' ? refused() : undefined);
    const parked = await closure.untilAttention();
    await restartWith(gone('shop'));
    await closure.resolve('plan');
    await closure.confirm();
    return [parked];
  });
}

function fenceWaits(): Promise<StoryEnd> {
  return story(['shop', 'mail'], async ({ world, closure, restartWith }) => {
    let isDenied = true;
    world.before('blockSignIn', () => {
      if (isDenied) throw denied('directory.block-sign-in');
    });
    await closure.confirm();
    const parked = await closure.untilAttention();
    await restartWith(describedOtherwise('shop'));
    isDenied = false;
    await closure.resolve('directory');
    const again = await untilAskedAgain(closure);
    expect(world.isSignInBlocked).toBe(false);
    await closure.confirm();
    return [parked, again];
  });
}

function putBackWhileErased(): Promise<StoryEnd> {
  return story(THREE, async ({ world, closure, restartWith }) => {
    const putBack = asItIs(world);
    const services = THREE.map((name) => world.serviceNamed(name));
    for (const service of services) Object.assign(service, { looks: Infinity, lookAgainInMs: 200 });
    await closure.confirm();
    await closure.untilSeen(() => services.every(({ calls }) => calls.includes('progress')));
    await restartWith(OTHERWISE);
    const parked = await untilFaults(closure, FAULTS);
    const callsBefore = services.map(({ calls }) => calls.length);
    await retryAll(closure, THREE);
    const again = await untilFaults(closure, FAULTS, parked);
    expect(services.map(({ calls }) => calls.length)).toEqual(callsBefore);
    expect(world.account).toBe('live');
    for (const service of services) service.looks = 0;
    await restartWith(putBack);
    await retryAll(closure, THREE);
    return [parked, again];
  });
}

function leftOut(): Promise<StoryEnd> {
  return story(THREE, async ({ world, closure, restartWith }) => {
    const repairs = THREE.map((name) => breakDown(world, name));
    await closure.confirm();
    await untilFaults(closure, { shop: 'RequestRefused', crm: 'RequestRefused', mail: 'RequestRefused' });
    for (const repair of repairs) repair();
    await restartWith(OTHERWISE);
    await retryAll(closure, THREE);
    const parked = await untilFaults(closure, FAULTS);
    for (const name of THREE) await closure.exempt(name);
    return [parked];
  });
}

function goneBeforeReadAgain(): Promise<StoryEnd> {
  return story(['shop', 'mail'], async ({ world, closure, restartWith }) => {
    const putBack = asItIs(world);
    const mail = world.serviceNamed('mail');
    mail.before = (call) => (call === 'lookUp' && mail.calls.includes('requestErasure') ? refused() : undefined);
    await closure.confirm();
    await untilFaults(closure, { mail: 'RequestRefused' });
    mail.before = () => undefined;
    await restartWith(gone('mail'));
    await closure.resolve('mail');
    const parked = await untilFaults(closure, { mail: 'TargetUnknown' });
    await restartWith(putBack);
    await closure.resolve('mail');
    return [parked];
  });
}

describe('a file that changes while the person is asked', () => {
  it.each([
    ['described otherwise', ['wiki', 'shop', 'mail', 'directory']],
    ['gone', ['mail', 'directory']],
    ['called otherwise', ['store', 'mail', 'directory']],
  ] as const)(
    'has the person asked again, by what the file says now, when a target is %s',
    async (how, names) => {
      const { world, ended, seen } = await endOfStory(`asked, ${how}`);

      expect(seen.map(plannedIn)).toEqual([names]);
      expect(ended).toMatchObject({ outcome: 'closed', targets: names.map((name) => ({ name, state: 'verified' })) });
      expect(world.serviceNamed('shop').held).toBe(how === 'described otherwise' ? 0 : 3);
    },
    LONG_MS,
  );

  it(
    'leaves a target alone that is only added, and does not ask again',
    async () => {
      const { world, ended } = await endOfStory('asked, only added');

      expect(ended).toMatchObject({ outcome: 'closed', plan: { round: 1 } });
      expect(plannedIn(ended)).toEqual(['shop', 'mail', 'directory']);
      expect(world.serviceNamed('wiki').calls).toEqual([]);
    },
    LONG_MS,
  );
});

describe('a file that changes while a step waits before anything was changed', () => {
  it(
    'is planned by as it is when planning is tried again',
    async () => {
      const { ended, seen } = await endOfStory('planning waits');

      expect(seen).toMatchObject([{ attention: [{ target: 'plan', fault: 'RequestRefused', at: 'shop' }] }]);
      expect(ended).toMatchObject({ outcome: 'closed', plan: { round: 1 } });
      expect(plannedIn(ended)).toEqual(['mail', 'directory']);
    },
    LONG_MS,
  );

  it(
    'has the person asked again when the fence is tried again, and nothing is changed before',
    async () => {
      const { ended, seen } = await endOfStory('the fence waits');
      const [parked, again] = seen;

      expect(parked?.attention).toMatchObject([{ target: 'directory', fault: 'AccessDenied' }]);
      expect(again).not.toHaveProperty('pointOfNoReturnAt');
      expect(ended).toMatchObject({ outcome: 'closed', plan: { round: 2 } });
    },
    LONG_MS,
  );
});

describe('a file that changes past the point of no return', () => {
  it(
    'has targets wait that it says otherwise, or not at all; a retry goes on only once it says what was promised',
    async () => {
      const { world, ended, seen } = await endOfStory('erased, put back');

      for (const { attention } of seen) {
        for (const { text } of attention) expect(text).toMatch(/put .* again and retry; or .*\(exempt\)/);
      }
      expect(ended.outcome).toBe('closed');
      expect(ended.targets).toMatchObject(
        [...THREE, 'directory'].map((name) => ({ name, state: 'verified', rounds: 1 })),
      );
      expect(plannedIn(ended)).toEqual([...THREE, 'directory']);
      for (const name of ['letters', 'wiki']) expect(world.serviceNamed(name).calls).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'lets targets be left out that cannot go on: nothing is done there, and the outcome says so',
    async () => {
      const { world, ended } = await endOfStory('waits, left out');

      expect(ended.outcome).toBe('closedWithRetention');
      expect(statesOf(ended)).toEqual([...THREE.map((name) => [name, 'exempt']), ['directory', 'verified']]);
      for (const name of [...THREE, 'letters', 'wiki']) expect(world.serviceNamed(name).held).toBe(3);
    },
    LONG_MS,
  );

  it(
    'does not let a target be called gone that can no longer be read again',
    async () => {
      const { ended, seen } = await endOfStory('read again');

      expect(seen).toMatchObject([{ phase: 'verifying', attention: [{ target: 'mail', fault: 'TargetUnknown' }] }]);
      expect(ended).toMatchObject({ outcome: 'closed', targets: [{}, { name: 'mail', state: 'verified' }, {}] });
    },
    LONG_MS,
  );
});
