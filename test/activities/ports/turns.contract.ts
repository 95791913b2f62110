import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HistoryRef } from '../../../activities/ports/audit-log';
import type { Passage, Turns } from '../../../activities/ports/turns';
import { newClosureId } from './audit-log.contract';

/** Turns, and how to end them. */
export interface TurnsUnderTest {
  readonly turns: Turns;
  readonly close: () => Promise<void>;
}

/** What every `Turns` has to do. */
export function describeTurns(name: string, make: () => Promise<TurnsUnderTest>): void {
  describe(`turns: ${name}`, () => {
    const { signal } = new AbortController();
    const plan = 'd'.repeat(64);
    let turns: Turns;
    let close: TurnsUnderTest['close'];
    let closure: HistoryRef;
    let ada: Passage;
    let grace: Passage;

    const attempt = (knownTurn = 0): Passage => ({
      ...closure,
      attemptId: randomUUID(),
      planDigest: plan,
      knownTurn,
    });
    const lastKind = async (): Promise<string | undefined> => (await turns.last(closure, signal))?.kind;

    beforeAll(async () => {
      // Many wait at once here.
      setMaxListeners(0, signal);
      ({ turns, close } = await make());
    });
    afterAll(async () => {
      await close();
    });
    beforeEach(() => {
      closure = { closureId: newClosureId(), firstRunId: randomUUID() };
      ada = attempt();
      grace = attempt();
    });

    it('knows of no turn of a closure that has taken none', async () => {
      expect(await turns.last(closure, signal)).toBeUndefined();
    });

    it('keeps a passage with its plan, its attempt and its time', async () => {
      expect(await turns.pass(ada, signal)).toStrictEqual({ kind: 'passed' });

      expect(await turns.last(closure, signal)).toStrictEqual({
        number: 1,
        kind: 'erase',
        planDigest: plan,
        attemptId: ada.attemptId,
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
    });

    it('keeps an ending with its number and its time alone', async () => {
      expect(await turns.end(closure, 'expired', signal)).toBe('recorded');

      expect(await turns.last(closure, signal)).toStrictEqual({
        number: 1,
        kind: 'expired',
        recordedAt: expect.any(String),
      });
    });

    it('keeps one history of a closure apart from another', async () => {
      await turns.pass(ada, signal);

      const later = { ...closure, firstRunId: randomUUID() };

      expect(await turns.last(later, signal)).toBeUndefined();
      expect(await turns.end(later, 'withdrawn', signal)).toBe('recorded');
    });

    it.each(['withdrawn', 'expired', 'rejected'] as const)(
      'takes no ending %s once the erasure has begun',
      async (end) => {
        await turns.pass(ada, signal);

        expect(await turns.end(closure, end, signal)).toBe('erasure-has-begun');
        expect(await lastKind()).toBe('erase');
      },
    );

    it.each(['withdrawn', 'expired', 'rejected'] as const)(
      'lets nobody pass who set out before it was %s',
      async (ending) => {
        await turns.end(closure, ending, signal);

        expect(await turns.pass(ada, signal)).toStrictEqual({ kind: 'ended', ending });
        expect(await lastKind()).toBe(ending);
      },
    );

    it('lets an attempt pass whose plan was shown after the ending', async () => {
      await turns.end(closure, 'expired', signal);

      expect(await turns.pass(attempt(1), signal)).toStrictEqual({ kind: 'passed' });
    });

    it('forbids a passage by an ending that says the same as one that was known', async () => {
      await turns.end(closure, 'withdrawn', signal);
      const known = attempt(1);

      await turns.end(closure, 'withdrawn', signal);

      expect(await turns.pass(known, signal)).toStrictEqual({ kind: 'ended', ending: 'withdrawn' });
    });

    it('lets nobody pass who set out before an ending, although a later attempt has passed', async () => {
      await turns.end(closure, 'withdrawn', signal);
      await turns.pass(attempt(1), signal);

      expect(await turns.pass(ada, signal)).toStrictEqual({ kind: 'ended', ending: 'withdrawn' });
    });

    it('opens the way back for the attempt that was refused', async () => {
      await turns.pass(ada, signal);

      await turns.reopen(ada, signal);

      expect(await lastKind()).toBe('reopened');
      expect(await turns.end(closure, 'withdrawn', signal)).toBe('recorded');
      expect(await turns.pass(grace, signal)).toStrictEqual({ kind: 'ended', ending: 'withdrawn' });
    });

    it('lets the next attempt pass, and take that back, when the way back was opened', async () => {
      await turns.pass(ada, signal);
      await turns.reopen(ada, signal);

      expect(await turns.pass(grace, signal)).toStrictEqual({ kind: 'passed' });
      await turns.reopen(grace, signal);

      expect(await lastKind()).toBe('reopened');
    });

    it('opens nothing for an attempt that has not passed', async () => {
      await turns.pass(ada, signal);

      await turns.reopen(grace, signal);

      expect(await lastKind()).toBe('erase');
    });

    it('opens nothing for an attempt that was refused after another one had joined it', async () => {
      await turns.pass(ada, signal);
      await turns.pass(grace, signal);

      await turns.reopen(ada, signal);

      expect(await lastKind()).toBe('erase');
    });

    it('opens nothing for an attempt that joined one whose call may have changed something', async () => {
      await turns.pass(ada, signal);
      await turns.pass(grace, signal);

      await turns.reopen(grace, signal);

      expect(await turns.end(closure, 'withdrawn', signal)).toBe('erasure-has-begun');
    });

    it('writes no more than two passages in a row, however many attempts there are', async () => {
      for (const passage of [ada, grace, attempt(), ada, attempt(), grace]) await turns.pass(passage, signal);

      expect(await turns.last(closure, signal)).toMatchObject({ number: 2, attemptId: grace.attemptId });
    });

    it('lets a passage and its taking back be repeated', async () => {
      await turns.pass(ada, signal);
      expect(await turns.pass(ada, signal)).toStrictEqual({ kind: 'passed' });
      expect(await turns.last(closure, signal)).toMatchObject({ number: 1 });

      await turns.reopen(ada, signal);
      await turns.reopen(ada, signal);

      expect(await turns.last(closure, signal)).toMatchObject({ number: 2, kind: 'reopened' });
    });

    it('gives a repeated ending the same answer', async () => {
      await turns.end(closure, 'withdrawn', signal);

      expect(await turns.end(closure, 'withdrawn', signal)).toBe('recorded');
      expect(await lastKind()).toBe('withdrawn');
    });

    it('is decided once by many who pass and end at once', async () => {
      const passages = Array.from({ length: 10 }, () => turns.pass(attempt(), signal));
      const endings = Array.from({ length: 10 }, () => turns.end(closure, 'withdrawn', signal));

      const passed = new Set((await Promise.all(passages)).map(({ kind }) => kind));
      const ended = new Set(await Promise.all(endings));

      expect([[...passed], [...ended]]).toStrictEqual(
        (await lastKind()) === 'erase' ? [['passed'], ['erasure-has-begun']] : [['ended'], ['recorded']],
      );
    });

    it('does nothing for a caller that has gone', async () => {
      const gone = AbortSignal.abort(new Error('gone'));

      await expect(turns.pass(ada, gone)).rejects.toThrow('gone');
      await expect(turns.end(closure, 'withdrawn', gone)).rejects.toThrow('gone');
      await expect(turns.reopen(ada, gone)).rejects.toThrow('gone');
      await expect(turns.last(closure, gone)).rejects.toThrow('gone');
      expect(await turns.last(closure, signal)).toBeUndefined();
    });
  });
}
