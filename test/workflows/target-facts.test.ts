import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { VERIFICATION_GRADES } from '../../workflows/contract/target-outcomes';
import { keepsSomething, shown, stepsOf, UNTOUCHED, type TargetFacts } from '../../workflows/target-facts';
import { DIRECTORY_POLICY, policyOf } from '../support/planned-targets';

const SHOP = policyOf('shop');
const FENCED = { ...UNTOUCHED, isFenced: true };
const ERASED = { ...FENCED, isErased: true, erasures: 1, erasedCount: 3 };
const REMAINS = { ...ERASED, isErased: false, remains: true };
const VERIFIED = { ...ERASED, verified: 're-read' } as const;
const EXEMPT = { ...FENCED, exempt: { basis: 'legal-claims', by: 'op-1' } };
const INVOICES = { what: 'app.invoices', count: 2, basis: 'tax-records' };

describe('what the status shows of a target', () => {
  it.each<[string, TargetFacts]>([
    ['planned', UNTOUCHED],
    ['fenced', FENCED],
    ['erased', ERASED],
    ['remains', REMAINS],
    ['verified', VERIFIED],
    ['exempt', EXEMPT],
    ['stopped', { ...FENCED, isStopped: true }],
  ])('is %s by what is known of it', (state, facts) => {
    expect(shown(SHOP, facts)).toMatchObject({ name: 'shop', kind: 'postgres', state });
  });

  it('counts nothing before something was erased, and nothing twice', () => {
    expect(shown(SHOP, FENCED)).toStrictEqual({ name: 'shop', kind: 'postgres', state: 'fenced' });
    expect(shown(SHOP, ERASED)).toMatchObject({ erasedCount: 3, rounds: 1 });
    expect(shown(SHOP, { ...REMAINS, interruptedCount: 2 })).toMatchObject({ erasedCount: 5, rounds: 1 });
  });

  it('names what stays, how it was verified, and who decided to go on without it', () => {
    expect(shown(SHOP, { ...VERIFIED, retained: [INVOICES] })).toMatchObject({
      retained: [INVOICES],
      grade: 're-read',
    });
    expect(shown(SHOP, EXEMPT)).toMatchObject({ exempt: { basis: 'legal-claims', by: 'op-1' } });
  });
});

describe('a target', () => {
  it('keeps something when something of ours is retained, or when it was left out', () => {
    expect(keepsSomething(VERIFIED)).toBe(false);
    expect(keepsSomething({ ...VERIFIED, retained: [{ ...INVOICES, count: 0 }] })).toBe(false);
    expect(keepsSomething({ ...VERIFIED, retained: [INVOICES] })).toBe(true);
    expect(keepsSomething(EXEMPT)).toBe(true);
  });

  it.each<[string, TargetFacts, number]>([
    ['untouched', UNTOUCHED, 0],
    ['fenced', FENCED, 1],
    ['erased', ERASED, 2],
    ['there again', REMAINS, 1],
    ['verified', VERIFIED, 3],
  ])('that is %s tells its steps', (_what, facts, done) => {
    const steps = ['directory:fence', 'directory:erase', 'directory:verify'];

    expect(stepsOf(DIRECTORY_POLICY, facts)).toEqual({ done: steps.slice(0, done), notDone: steps.slice(done) });
  });

  it('tells the parts of the step that was interrupted', () => {
    expect(stepsOf(DIRECTORY_POLICY, { ...FENCED, partsDone: ['soft-delete'] })).toMatchObject({
      done: ['directory:fence', 'directory:soft-delete'],
      notDone: ['directory:erase', 'directory:verify'],
    });
  });

  it('has no fence to tell of where its kind has none', () => {
    expect(stepsOf(SHOP, UNTOUCHED)).toEqual({ done: [], notDone: ['shop:erase', 'shop:verify'] });
  });

  it('accounts for every step once, whatever is known of it', () => {
    const facts: fc.Arbitrary<TargetFacts> = fc.record({
      isFenced: fc.boolean(),
      isErased: fc.boolean(),
      remains: fc.boolean(),
      isStopped: fc.boolean(),
      erasures: fc.nat(),
      erasedCount: fc.nat(),
      interruptedCount: fc.nat(),
      retained: fc.constant([]),
      partsDone: fc.constant([]),
      verified: fc.constantFrom(...VERIFICATION_GRADES),
    });
    fc.assert(
      fc.property(facts, (known) => {
        const { done, notDone } = stepsOf(DIRECTORY_POLICY, known);

        expect([...done, ...notDone].sort()).toEqual(['directory:erase', 'directory:fence', 'directory:verify']);
        expect(done.includes('directory:erase')).toBe(known.isErased);
      }),
    );
  });
});
