/** A GUID in lower case, as directories print it. */
export type Guid = string & { readonly brand: 'Guid' };

/** The account to close, by its two immutable ids. Never by an address: an address can be given to somebody else. */
export interface Account {
  /** The tenant that the account lives in (`tid` of the sign-in). */
  readonly tenantId: Guid;
  /** The account's object id in that tenant (`oid` of the sign-in). */
  readonly objectId: Guid;
}
