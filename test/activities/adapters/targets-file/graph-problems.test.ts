import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemsOf, readText } from '../../../support/targets-files';

const service = (name: string, after: readonly string[] = []) =>
  `  - { name: ${name}, kind: http, baseUrl: "https://a.example", secret: { env: CRM_SECRET }, after: [${after.join(', ')}] }`;
const file = (...targets: readonly string[]) => `version: 1\ntargets:\n${targets.join('\n')}\n`;

describe('A name', () => {
  it.each([
    ['Shop', /name takes a name of up to 40 lower-case letters/],
    ['1shop', /name takes a name/],
    [`s${'x'.repeat(40)}`, /name takes a name/],
    ['export', /name is reserved for a part of every closure/],
    ['closure', /name is reserved/],
    ['directory', /name is for the directory account alone/],
    ['12', /name takes a name/],
  ])('may not be %s', async (name, problem) => {
    expect(await problemsOf(file(service(name)))).toEqual([expect.stringMatching(problem)]);
  });

  it('stands once', async () => {
    expect(await problemsOf(file(service('crm'), service('shop'), service('crm')))).toEqual([
      '5:13 error name is that of another target, too: take another one.',
    ]);
  });

  it('of the directory account is directory', async () => {
    expect(await problemsOf(file('  - { name: entra, kind: directory }'))).toEqual([
      expect.stringMatching(/name of this kind is directory, and no other/),
    ]);
  });

  it('is judged also of a kind that nobody knows', async () => {
    expect(await problemsOf(file('  - { name: plan, kind: blob }'))).toEqual([
      expect.stringMatching(/name is reserved/),
      expect.stringMatching(/kind takes one of directory, postgres, http/),
    ]);
  });
});

describe('What comes after something', () => {
  it('comes after something that is there', async () => {
    expect(await problemsOf(file(service('crm', ['shpo']), service('shop')))).toEqual([
      expect.stringMatching(/^3:\d+ error after\[0\] names a target that is not in the file, did you mean shop\?$/),
    ]);
  });

  it('does not come after the directory account', async () => {
    expect(await problemsOf(file(service('crm', ['directory'])))).toEqual([
      expect.stringMatching(/after\[0\] names the directory account: nothing comes after it/),
    ]);
  });

  it('does not come after itself, by whatever way', async () => {
    const problems = await problemsOf(
      file(service('a', ['c']), service('b', ['a']), service('c', ['b', 'd']), service('d')),
    );

    expect(problems).toEqual([expect.stringMatching(/^4:\d+ error after\[0\] closes a circle: a -> c -> b -> a/)]);
  });

  it('shows no order while it is not clear', async () => {
    expect((await readText(file(service('a', ['b']), service('b', ['a'])))).outline).toEqual([]);
  });
});

describe('The outline', () => {
  it('has every target, the directory account last and after all, also when it is left out', async () => {
    const { outline } = await readText(
      file('  - { name: directory, kind: directory }', service('crm', ['shop']), service('shop')),
    );

    expect(outline.map(({ name }) => name)).toEqual(['crm', 'shop', 'directory']);
    expect(outline.at(-1)?.after).toEqual(['crm', 'shop']);
    expect((await readText(file(service('crm')))).outline.map(({ name }) => name)).toEqual(['crm', 'directory']);
  });

  it('is there also when something else is wrong', async () => {
    const { kind, outline } = await readText(file(service('crm')), {});

    expect(kind).toBe('refused');
    expect(outline).toHaveLength(2);
  });
});

describe('Any graph', () => {
  it('without circles has none, and with a way back has one', async () => {
    const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(edges, async (all) => {
        const down = all.filter(([from, to]) => from > to);
        const targets = (pairs: typeof all) =>
          Array.from({ length: 8 }, (_, i) =>
            service(
              `t${i}`,
              pairs.filter(([from]) => from === i).map(([, to]) => `t${to}`),
            ),
          );
        expect((await readText(file(...targets(down)))).kind).toBe('complete');
        const back = down.map(([from, to]): [number, number] => [to, from]).slice(0, 1);
        expect((await readText(file(...targets([...down, ...back])))).kind).toBe(
          back.length === 0 ? 'complete' : 'refused',
        );
      }),
      { numRuns: 50 },
    );
  });
});
