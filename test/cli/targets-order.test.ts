import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutlinedTarget } from '../../activities/ports/targets-file';
import { toOrder, toTree } from '../../cli/targets-order';

const target = (name: string, ...after: readonly string[]): OutlinedTarget => ({ name, kind: 'http', after });
const directory = (...after: readonly string[]): OutlinedTarget => ({ name: 'directory', kind: 'directory', after });

describe('The order of erasure', () => {
  it('has each target as early as what it comes after allows, and the directory account alone at the end', () => {
    const order = toOrder([
      directory('mail', 'crm', 'shop', 'files'),
      target('mail', 'crm', 'shop'),
      target('crm', 'shop'),
      target('shop'),
      target('files'),
    ]);

    expect(order.map(({ name, wave }) => [name, wave])).toEqual([
      ['shop', 1],
      ['files', 1],
      ['crm', 2],
      ['mail', 3],
      ['directory', 4],
    ]);
  });

  it('of the directory account alone is itself', () => {
    expect(toOrder([directory()])).toEqual([{ ...directory(), wave: 1 }]);
  });

  it('of any graph without circles is allowed, and leaves nobody out', () => {
    const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30 });
    fc.assert(
      fc.property(edges, (all) => {
        const others = Array.from({ length: 10 }, (_, i) =>
          target(`t${i}`, ...all.filter(([from, to]) => from === i && to < i).map(([, to]) => `t${to}`)),
        );
        const order = toOrder([...others, directory(...others.map(({ name }) => name))]);
        const wave = new Map(order.map((one) => [one.name, one.wave]));

        expect(order).toHaveLength(11);
        expect(order.at(-1)?.kind).toBe('directory');
        for (const { name, after } of order) {
          for (const before of after) expect(wave.get(before)).toBeLessThan(wave.get(name) ?? 0);
        }
        for (const { name } of order)
          expect(
            toTree(order)
              .split('\n')
              .filter((line) => line.includes(`${name} (`)),
          ).toHaveLength(1);
      }),
    );
  });

  it('leaves out what has no place in it', () => {
    expect(toOrder([target('a', 'b'), target('b', 'a'), target('c', 'gone'), directory()])).toEqual([
      { ...directory(), wave: 1 },
    ]);
  });
});

describe('The order as a tree', () => {
  it('has each target below the last one that it waits for', () => {
    const targets = [
      target('shop'),
      target('crm', 'shop'),
      target('mail', 'crm', 'files'),
      target('ads', 'shop'),
      target('files'),
    ];

    expect(toTree(toOrder([...targets, directory('shop')]))).toBe(
      [
        '  shop (http)',
        '  ├─ crm (http)',
        '  │  └─ mail (http), also after files',
        '  └─ ads (http)',
        '  files (http)',
        '  directory (directory), after all others',
        '',
      ].join('\n'),
    );
  });
});
