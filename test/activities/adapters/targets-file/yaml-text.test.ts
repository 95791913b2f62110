import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemsOf, readText } from '../../../support/targets-files';

const whole = (line: string) => `version: 1\n${line}\ntargets: []\n`;

describe('What YAML could mean beyond a plain map', () => {
  it.each([
    ['an alias', 'bases: *x', /^2:8 error An alias/],
    ['an anchor', 'bases: &x {}', /^2:11 error An anchor/],
    ['a tag', 'bases: !foo {}', /^2:13 error A tag/],
    ['a tag of the language', 'bases: { a: !!str 1 }', /^2:19 error A tag/],
    ['the prototype of objects', 'bases: { __proto__: text }', /^2:10 error The name __proto__/],
    ['a key that is no text', 'bases: { [a]: text }', /^2:\d+ error A key is a text/],
    ['a character that no database takes', String.raw`bases: { a: "\0" }`, /^2:13 error A character/],
    ['half a character', String.raw`bases: { a: "\ud800" }`, /^2:13 error A character/],
  ])('%s is refused', async (_, line, problem) => {
    expect(await problemsOf(whole(line))).toEqual([expect.stringMatching(problem)]);
  });

  it('a key that is there twice is refused, beside whatever else is wrong', async () => {
    expect(await problemsOf('version: 2\nversion: 3\ntargets: []\n')).toEqual([
      '2:1 error This key is there twice: leave one of the two.',
      '2:10 error version takes 1: this program reads version 1.',
    ]);
  });

  it('a directive and a second document are refused', async () => {
    expect(await problemsOf(`%YAML 1.1\n---\n${whole('')}`)).toEqual([expect.stringMatching(/^1:1 error A directive/)]);
    expect(await problemsOf(`${whole('')}---\n${whole('')}`)).toEqual([expect.stringMatching(/^\d:1 error A second/)]);
  });

  it('aliases cannot be multiplied', async () => {
    const levels = Array.from({ length: 20 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 10)}]`);

    expect((await readText(`${levels.join('\n')}\n`)).kind).toBe('refused');
  });

  it.each(['[', '{a: ', '- ', '? '])('nothing is nested without end: %p', async (opening) => {
    expect(await problemsOf(opening.repeat(20_000))).toEqual([expect.stringMatching(/nested too deep/)]);
  });
});

describe('A mistake in the text', () => {
  it.each([
    ['version: 1\ntargets:\n\t- name: shop\n', /^3:1 error Tabs cannot indent/],
    ['version: 1\ntargets: [\n', /^3:1 error The indentation or a closing bracket/],
    ['version: 1\ntargets: [}\n', /^2:11 error The indentation or a closing bracket/],
    ['version: 1\ntargets: `x`\n', /^2:10 error A value cannot begin with this character/],
    ['version: "1\n', /error A character is missing here/],
    ['version: 1\nname: a: b\n', /^2:7 error A key cannot begin here/],
  ])('has a place and our own words: %j', async (text, problem) => {
    expect((await problemsOf(text)).join('\n')).toMatch(problem);
  });

  it('is told without the text itself', async () => {
    expect((await problemsOf('version: 1\nurl: "canary\\q" canary [canary }\n')).join('\n')).not.toContain('canary');
  });
});

describe('JSON', () => {
  it('is read as well, with its places', async () => {
    const text = JSON.stringify(
      { version: 1, targets: [{ name: 'directory', kind: 'directory', rate: 2 }] },
      null,
      '\t',
    );

    expect(await problemsOf(text)).toEqual([expect.stringMatching(/^7:12 error rate takes a map/)]);
    expect((await readText('\ufeff{"version":1,\r\n"targets":[]}')).kind).toBe('complete');
  });
});

describe('Whatever the text', () => {
  const words = fc.constantFrom(
    ...[
      'version',
      'targets',
      'name',
      'kind',
      'shop',
      'http',
      'after',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
    ],
    ...[
      '*a',
      '&a ',
      '!t ',
      '"',
      "'",
      '#',
      '|',
      '>',
      '? ',
      '\t',
      '%',
      '---\n',
      '1',
      'null',
      '__proto__',
      '\u0000',
      '\ud800',
    ],
  );

  it('the answer is a result, never an exception', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(words, { maxLength: 60 }).map((all) => all.join('')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(['complete', 'refused']).toContain((await readText(any)).kind);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['a:\n', '*a ', '{},', '- {}\n', '"', '- ['])('the answer comes soon: %j', async (piece) => {
    const text = piece.repeat(Math.floor((128 * 1024) / piece.length));
    const before = process.cpuUsage();

    expect((await readText(text)).kind).toBe('refused');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000_000).toBeLessThan(10);
  });
});
