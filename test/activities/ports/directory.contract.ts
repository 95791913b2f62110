import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Absent, AccountLook, Directory } from '../../../activities/ports/directory';
import { PortFault } from '../../../activities/ports/faults';
import type { Sensitive } from '../../../activities/ports/sensitive';
import type { Account } from '../../../workflows/contract/account';
import { guid } from '../../support/guid';

/** A directory to read, and one account in it that is live and may be closed. */
export interface ReadableDirectory {
  readonly directory: Directory;
  readonly account: Account;
  /** What this directory's word for absence is worth. */
  readonly provenBy: Absent['provenBy'];
  readonly close: () => Promise<void>;
}

/** A directory of one's own: with people in it, and a place to export to. */
export interface DirectoryWorld extends ReadableDirectory {
  readonly others: {
    readonly signInBlocked: Account;
    readonly administrator: Account;
    /** The only owner of one group and of one application, and an owner of a group beside others. */
    readonly soleOwner: Account;
    readonly guest: Account;
  };
  /** What hangs on `account`. */
  readonly holdings: Awaited<ReturnType<Directory['countHoldings']>>;
  /** A SAS URL for a container that was not used before. */
  readonly newExportLocation: () => Sensitive<string>;
}

const { signal } = new AbortController();

/** What every directory owes to those who only read. Safe on a real tenant. */
export function describeDirectoryReading(name: string, open: () => Promise<ReadableDirectory>): void {
  describe(`${name}, read`, () => {
    let world: ReadableDirectory;

    beforeEach(async () => {
      world = await open();
    });
    afterEach(async () => {
      await world.close();
    });

    it('finds a live account under its ids, and not among the deleted ones', async () => {
      const found = await world.directory.findAccount(world.account, signal);

      expect(found).toMatchObject({ kind: 'found', isSignInBlocked: false, isGuest: false });
      expect(addressIn(found)).toMatch(/^[^@]+@[^@]+$/);
      await expect(world.directory.findDeletedAccount(world.account, signal)).resolves.toEqual(absent(world));
    });

    it('says that there is no account under an object id that nobody has', async () => {
      const nobody = { tenantId: world.account.tenantId, objectId: guid(randomUUID()) };

      await expect(world.directory.findAccount(nobody, signal)).resolves.toEqual(absent(world));
      await expect(world.directory.findDeletedAccount(nobody, signal)).resolves.toEqual(absent(world));
    });

    it('says of no account of another tenant that it is absent', async () => {
      const foreign = { ...world.account, tenantId: guid(randomUUID()) };

      await expect(world.directory.findDeletedAccount(foreign, signal)).rejects.toBeInstanceOf(PortFault);
    });

    it('is always the same far end', () => {
      expect(world.directory.reachedThrough).toMatch(/^[0-9a-f]{16,64}$/);
    });

    it('finds no directory role and no sole ownership for an ordinary account', async () => {
      await expect(world.directory.hasDirectoryRole(world.account, signal)).resolves.toBe(false);
      await expect(world.directory.listSoleOwnerships(world.account, signal)).resolves.toEqual([]);
    });

    it('counts the same holdings twice in a row', async () => {
      const first = await world.directory.countHoldings(world.account, signal);

      await expect(world.directory.countHoldings(world.account, signal)).resolves.toEqual(first);
    });

    it('does not know an export that was never asked for', async () => {
      await expect(world.directory.exportProgress(world.account, randomUUID(), signal)).resolves.toEqual({
        progress: 'unknown',
      });
    });
  });
}

/** What every directory owes, on a world of its own that each test changes. */
export function describeDirectory(name: string, createWorld: () => Promise<DirectoryWorld>): void {
  describeDirectoryReading(name, createWorld);

  describe(name, () => {
    let world: DirectoryWorld;

    beforeEach(async () => {
      world = await createWorld();
    });
    afterEach(async () => {
      await world.close();
    });

    describeConditions(() => world);
    describeClosing(() => world);
    describeExport(() => world);
  });
}

function describeConditions(current: () => DirectoryWorld): void {
  it('tells whether sign-in is blocked', async () => {
    const { directory, others } = current();

    await expect(directory.findAccount(others.signInBlocked, signal)).resolves.toMatchObject({ isSignInBlocked: true });
  });

  it('tells a guest from a member', async () => {
    const { directory, others } = current();

    await expect(directory.findAccount(others.guest, signal)).resolves.toMatchObject({ isGuest: true });
  });

  it('finds a directory role that comes through a group', async () => {
    const { directory, others } = current();

    await expect(directory.hasDirectoryRole(others.administrator, signal)).resolves.toBe(true);
  });

  it('lists what would be left without an owner, and nothing that has another one', async () => {
    const { directory, others } = current();

    await expect(directory.listSoleOwnerships(others.soleOwner, signal)).resolves.toEqual([
      { kind: 'sole-owner-of-groups', count: 1 },
      { kind: 'sole-owner-of-applications', count: 1 },
    ]);
  });

  it('counts holdings over all pages, and app roles only where they are the own ones', async () => {
    const { directory, account, holdings } = current();

    await expect(directory.countHoldings(account, signal)).resolves.toEqual(holdings);
  });

  it('counts all owned objects, whoever else owns them', async () => {
    const { directory, others } = current();

    await expect(directory.countHoldings(others.soleOwner, signal)).resolves.toMatchObject({ ownedObjects: 3 });
  });
}

function describeClosing(current: () => DirectoryWorld): void {
  it('blocks sign-in, again and again', async () => {
    const { directory, account } = current();

    await expect(directory.blockSignIn(account, signal)).resolves.toBe('blocked');
    await expect(directory.blockSignIn(account, signal)).resolves.toBe('blocked');
    await expect(directory.findAccount(account, signal)).resolves.toMatchObject({ isSignInBlocked: true });
  });

  it('revokes sessions, again and again', async () => {
    const { directory, account } = current();

    await expect(directory.revokeSessions(account, signal)).resolves.toBe('revoked');
    await expect(directory.revokeSessions(account, signal)).resolves.toBe('revoked');
  });

  it('moves a soft-deleted account to the deleted items, with its domain', async () => {
    const { directory, account } = current();
    const before = await directory.findAccount(account, signal);

    await expect(directory.softDelete(account, signal)).resolves.toBe('deleted');

    const deleted = await directory.findDeletedAccount(account, signal);
    await expect(directory.findAccount(account, signal)).resolves.toEqual(absent(current()));
    expect(addressIn(deleted).split('@').at(-1)).toBe(addressIn(before).split('@').at(-1));
  });

  it('says of every step on the live account that it is absent once it is deleted', async () => {
    const { directory, account } = current();
    await directory.softDelete(account, signal);

    await expect(directory.softDelete(account, signal)).resolves.toBe('absent');
    await expect(directory.blockSignIn(account, signal)).resolves.toBe('absent');
    await expect(directory.revokeSessions(account, signal)).resolves.toBe('absent');
  });

  it('purges a deleted account once, and finds it nowhere afterwards', async () => {
    const { directory, account } = current();
    await directory.softDelete(account, signal);

    await expect(directory.purge(account, signal)).resolves.toBe('purged');
    await expect(directory.purge(account, signal)).resolves.toBe('absent');
    await expect(directory.findAccount(account, signal)).resolves.toEqual(absent(current()));
    await expect(directory.findDeletedAccount(account, signal)).resolves.toEqual(absent(current()));
  });

  it('does not purge an account that is live', async () => {
    const { directory, account } = current();

    await expect(directory.purge(account, signal)).resolves.toBe('absent');
    await expect(directory.findAccount(account, signal)).resolves.toMatchObject({ kind: 'found' });
  });
}

function describeExport(current: () => DirectoryWorld): void {
  it('accepts an export into a fresh container and carries it out', async () => {
    const { directory, account, newExportLocation } = current();

    const answer = await directory.requestExport(account, newExportLocation(), signal);

    const operationId = answer.kind === 'accepted' ? answer.operationId : '';
    await expect(directory.exportProgress(account, operationId, signal)).resolves.toMatchObject({
      progress: 'running',
      retryAfterMs: expect.any(Number),
    });
    await until(async () => (await directory.exportProgress(account, operationId, signal)).progress === 'complete');
  });

  it('refuses a container that was used before, and starts nothing', async () => {
    const { directory, account, newExportLocation } = current();
    const location = newExportLocation();
    await directory.requestExport(account, location, signal);

    await expect(directory.requestExport(account, location, signal)).resolves.toEqual({ kind: 'location-used' });
  });
}

function absent({ provenBy }: ReadableDirectory): Absent {
  return { kind: 'absent', provenBy };
}

function addressIn(look: AccountLook): string {
  return look.kind === 'found' ? look.address.reveal() : '';
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error('It did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
