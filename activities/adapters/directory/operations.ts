/**
 * Our codes of the calls of the directory, as they stand in faults, attention and log. `docs/graph-permissions.md` lists the
 * right that each needs.
 */
export const DIRECTORY_OPERATIONS = [
  'directory.get-token',
  'directory.read-organization',
  'directory.find-account',
  'directory.find-deleted-account',
  'directory.list-memberships',
  'directory.list-owned-objects',
  'directory.list-owners',
  'directory.count-memberships',
  'directory.count-app-roles',
  'directory.count-consents',
  'directory.count-owned-objects',
  'directory.request-export',
  'directory.read-export',
  'directory.block-sign-in',
  'directory.revoke-sessions',
  'directory.soft-delete',
  'directory.purge',
] as const;

/** One of `DIRECTORY_OPERATIONS`. */
export type DirectoryOperation = (typeof DIRECTORY_OPERATIONS)[number];
