import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Sensitive } from '../../../activities/ports/sensitive';
import type { RealmKind, TenantRealm } from '../../../activities/ports/tenant-realm';
import type { Guid } from '../../../workflows/contract/account';

/** A realm, and what is known of some addresses. Reading only: safe on the real service. */
export interface RealmWorld {
  readonly realm: TenantRealm;
  readonly known: readonly { readonly address: string; readonly kind: RealmKind; readonly tenantId?: Guid }[];
  readonly close: () => Promise<void>;
}

const { signal } = new AbortController();

/** What every tenant realm owes. */
export function describeTenantRealm(name: string, createWorld: () => Promise<RealmWorld>): void {
  describe(name, () => {
    let world: RealmWorld;

    beforeEach(async () => {
      world = await createWorld();
    });
    afterEach(async () => {
      await world.close();
    });

    it('tells what kind of organisation each address belongs to', async () => {
      const kinds = world.known.map(({ address }) => world.realm.kindOf(new Sensitive(address), signal));

      await expect(Promise.all(kinds)).resolves.toEqual(world.known.map(({ kind }) => kind));
    });

    it('tells which tenant each domain belongs to', async () => {
      const tenants = world.known.map(({ address }) => world.realm.tenantOf(new Sensitive(domainOf(address)), signal));

      await expect(Promise.all(tenants)).resolves.toEqual(world.known.map(({ tenantId }) => tenantId));
    });

    it('does not care about upper and lower case', async () => {
      for (const { address, kind, tenantId } of world.known) {
        const shouted = address.toUpperCase();

        await expect(world.realm.kindOf(new Sensitive(shouted), signal)).resolves.toBe(kind);
        await expect(world.realm.tenantOf(new Sensitive(domainOf(shouted)), signal)).resolves.toBe(tenantId);
      }
    });
  });
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
