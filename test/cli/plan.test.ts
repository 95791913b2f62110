import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toDryRunText } from '../../cli/dry-run-text';
import { AccountClosureError, type DryRun, type PlanOptions, type Unplanned } from '../../client';
import { FAILURE_TYPES } from '../../workflows/contract/failures';
import { adviceOn } from '../../workflows/contract/dry-run';
import { closure, type Invocation } from '../support/cli';
import { directoryPlan, planOf, policyOf } from '../support/planned-targets';

const ARGV = [
  'plan',
  '--tenant',
  '0d8a2f6e-6f0c-4a57-9d0b-3f1f6a1c2b10',
  '--object',
  '5f1c0b2a-8d3e-4c6f-a1b2-c3d4e5f60718',
];

const SHOP = planOf(policyOf('shop'), {
  erases: [
    { what: 'app.users', action: 'delete', count: 1 },
    { what: 'app.orders', action: 'anonymise', count: 5 },
  ],
  retains: [
    {
      what: 'app.invoices',
      count: 4,
      basis: 'tax-records',
      rule: '7 years after issued_at',
      until: '2027-03-03T00:00:00.000Z',
    },
  ],
});
const BASES = { 'tax-records': 'Invoices are kept for seven years under tax law' };
const WHOLE: DryRun = {
  eligibility: 'eligible',
  plan: { targets: [SHOP, directoryPlan()] },
  unplanned: [],
  bases: BASES,
};
const AWAY: Unplanned = {
  target: 'shop',
  fault: 'Unavailable',
  text: 'The target-database did not answer.',
  attempts: 3,
  operation: 'rows.count',
  advice: adviceOn('Unavailable'),
};
const PARTIAL: DryRun = { ...WHOLE, plan: { targets: [directoryPlan()] }, unplanned: [AWAY] };
const REJECTED: DryRun = {
  eligibility: 'rejected',
  reason: 'blocked',
  blockers: [{ kind: 'sole-owner-of-groups', count: 2 }],
  advice: 'See the blockers.',
};

function run(found: DryRun, ...flags: readonly string[]): Promise<Invocation> {
  return closure([...ARGV, ...flags], { client: { plan: () => Promise.resolve(found) } });
}

describe('closure plan', () => {
  it('says in words what goes, what stays, why and until when, and what it leads to', async () => {
    const { exitCode, stdout, stderr } = await run(WHOLE);

    expect(stdout).toBe(
      [
        'Account    may be closed here',
        'shop       deletes app.users 1',
        '           anonymises app.orders 5',
        '           keeps app.invoices 4: 7 years after issued_at, the last until 2027-03-03T00:00:00.000Z. Invoices are kept for seven years under tax law (tax-records)',
        'directory  deletes account 1',
        '           stays with the provider: directory-audit-logs. Microsoft keeps directory audit logs for a time and erases them for nobody. (provider-audit-log)',
        'Then       what goes is gone for good, the account with it: there is no way back and no access afterwards',
        '           closedWithRetention: what is kept stays with you, and is yours to delete in time',
        'Note       a dry run: nothing was written',
        '',
      ].join('\n'),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('shows what could be planned, names the rest with the fault and what to do, and ends with 3', async () => {
    const { exitCode, stdout, stderr } = await run(PARTIAL);

    expect(stdout).toContain('directory  deletes account 1\n');
    expect(stdout).toContain(
      'shop       not known: Unavailable at rows.count, after 3 attempts. The target-database did not answer.\n',
    );
    expect(stdout).toContain(`to do: ${adviceOn('Unavailable')}\n`);
    // What it would lead to cannot be told.
    expect(stdout).not.toContain('Then');
    expect(stderr).toBe('closure: 1 target cannot be planned: shop. (plan-incomplete)\n');
    expect(exitCode).toBe(3);
  });

  it('says that the account cannot be closed here, with all blockers, and ends with 3', async () => {
    const { exitCode, stdout, stderr } = await run(REJECTED);

    expect(stdout).toContain('Blocker  sole-owner-of-groups: 2\n');
    expect(stderr).toContain('(not-eligible)');
    expect(exitCode).toBe(3);
  });

  it('ends with 5 when that cannot be told', async () => {
    const { exitCode, stderr } = await run({ eligibility: 'unknown', unplanned: [{ ...AWAY, target: 'eligibility' }] });

    expect(stderr).toContain('(eligibility-unknown)');
    expect(exitCode).toBe(5);
  });

  it.each([
    [WHOLE, {}],
    [PARTIAL, { error: { code: 'plan-incomplete', message: expect.any(String) } }],
    [REJECTED, { error: { code: 'not-eligible', message: expect.any(String) } }],
  ])('tells programs the same as one object', async (found, error) => {
    const { stdout } = await run(found, '--json');

    expect(JSON.parse(stdout)).toEqual({ ...found, ...error });
  });

  it('tells what is asked meanwhile on standard error, each change once', async () => {
    const plan = (_account: unknown, { onProgress }: PlanOptions = {}): Promise<DryRun> => {
      onProgress?.([]);
      onProgress?.([]);
      onProgress?.([{ name: 'planTarget', attempt: 2, lastFault: 'Unavailable' }]);
      return Promise.resolve(WHOLE);
    };
    const { stderr } = await closure(ARGV, { client: { plan } });

    expect(stderr).toBe('closure: waits for a worker\nclosure: asks: planTarget: attempt 2, last fault Unavailable\n');
  });

  it('says what to do when no worker begins, and ends with 5', async () => {
    const plan = () => Promise.reject(new AccountClosureError('unavailable', 'No worker has begun.'));
    const { exitCode, stdout, stderr } = await closure(ARGV, { client: { plan } });

    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 5,
      stdout: '',
      stderr: 'closure: No worker has begun. (unavailable)\n',
    });
  });

  it('needs the account, and has examples', async () => {
    expect((await closure(['plan', '--tenant', 'x'])).exitCode).toBe(2);
    expect((await closure(['plan', '--help'])).stdout).toContain('$ closure plan --tenant');
  });
});

describe('the text of a dry run', () => {
  const code = fc.stringMatching(/^[a-z][a-z.-]{0,20}$/);
  const count = fc.nat();
  const target = fc.record({
    name: code,
    erases: fc.array(
      fc.record({ what: code, action: fc.constantFrom('delete' as const, 'anonymise' as const), count }),
    ),
    retains: fc.array(fc.record({ what: code, count, basis: code, rule: code, until: code })),
  });

  it('names every kind with its count, and all that stays with its basis, rule and end', () => {
    fc.assert(
      fc.property(fc.array(target), (targets) => {
        const plans = targets.map(({ name, ...holdings }) => planOf(policyOf(name), holdings));
        const text = toDryRunText({ eligibility: 'eligible', plan: { targets: plans }, unplanned: [], bases: {} });
        for (const { name, erases, retains } of plans) {
          expect(text).toContain(name);
          const isWithAccount = erases.some(({ what }) => what === 'account');
          const shown = erases.filter((item) => !isWithAccount || item.count > 0 || item.what === 'account');
          for (const item of shown) expect(text).toContain(`${item.what} ${String(item.count)}`);
          for (const kept of retains) {
            expect(text).toContain(
              `keeps ${kept.what} ${String(kept.count)}: ${kept.rule ?? ''}, the last until ${kept.until ?? ''}`,
            );
            expect(text).toContain(`(${kept.basis})`);
          }
        }
        expect(text).toContain('nothing was written');
      }),
    );
  });

  it('is harmless on a terminal, whatever a targets file or a service says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hostile) => {
        const plan = planOf(policyOf(hostile), {
          retains: [{ what: hostile, count: 1, basis: hostile, until: hostile }],
        });
        const text = toDryRunText({
          eligibility: 'eligible',
          plan: { targets: [plan] },
          unplanned: [],
          bases: { [hostile]: hostile },
        });

        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('the advice on a fault', () => {
  it.each(FAILURE_TYPES)('is a whole sentence: %s', (fault) => {
    expect(adviceOn(fault)).toMatch(/^[A-Z].+[.?]$/);
  });
});
