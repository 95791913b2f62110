const Sequencer = require('@jest/test-sequencer').default;

/**
 * Files that take 15 seconds of a quiet machine and more, the longest first. Where Jest has not measured yet, as on a fresh
 * clone, it goes by the size of a file, which says nothing: one of these, begun last, would run alone for minutes.
 */
const LONGEST = [
  'end-to-end/floods',
  'end-to-end/fault-matrix',
  'end-to-end/several-systems',
  'end-to-end/start',
  'end-to-end/crash',
  'activities/adapters/subject-rows',
  'workflows/erase-everywhere',
  'workflows/confirmation-window',
  'codec/poison',
  'end-to-end/resets',
  'end-to-end/demo',
  'end-to-end/canary',
  'client/package',
  'workflows/account-closure',
  'sandbox/temporal-servers',
  'end-to-end/readme',
  'end-to-end/requests',
  'end-to-end/messages',
  'workflows/saved-data',
  'workflows/many-targets',
  'workflows/many-targets.takeover',
  'cli/end-to-end',
  'bench/same-commands',
  'activities/adapters/erasure-service-probe',
  'activities/erase-target.twice',
  'worker/main',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    // Jest's own order among all the others.
    return [...super.sort(tests)].sort((one, other) => placeOf(one) - placeOf(other));
  }
};

function placeOf({ path, context }) {
  const name = path
    .slice(context.config.rootDir.length)
    .replaceAll('\\', '/')
    .replace(/^\/test\//, '')
    .replace(/\.test\.ts$/, '');
  const place = LONGEST.indexOf(name);
  return place === -1 ? LONGEST.length : place;
}
