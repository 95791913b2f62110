/**
 * Why something of ours stays in spite of a closure, as codes. The list is closed; a deployment adds codes of its own in its
 * targets file, so that nobody has to write free text into a history.
 */
export const BASES = {
  'legal-obligation': 'A law obliges us to keep it (GDPR Art. 17(3)(b)).',
  'legal-claims': 'It is needed to establish, exercise or defend legal claims (GDPR Art. 17(3)(e)).',
  'public-interest':
    'It is kept in the public interest: public health, archives, research (GDPR Art. 17(3)(c) and (d)).',
  'freedom-of-expression': 'It is kept for freedom of expression and information (GDPR Art. 17(3)(a)).',
} as const satisfies Readonly<Record<string, string>>;

/** A code of `BASES`, or one that the deployment added. */
export type Basis = string;

const CODE = /^[a-z][a-z0-9-]{0,63}$/;

/** Whether an unknown value can be the code of a basis: up to 64 of `a-z0-9-`, a letter first. */
export function isBasisCode(value: unknown): value is Basis {
  return typeof value === 'string' && CODE.test(value);
}

/** Whether a code is in the closed list, or among those that a deployment adds. */
export function isKnownBasis(code: Basis, added: readonly Basis[]): boolean {
  return Object.hasOwn(BASES, code) || added.includes(code);
}

/** Why a provider keeps something that we can neither keep nor erase: said in the plan, changes no outcome. */
export const PROVIDER_BASES = {
  'provider-audit-log': 'Microsoft keeps directory audit logs for a time and erases them for nobody.',
  'provider-log-erasure-within-30-days': 'Microsoft erases system-generated logs within 30 days of the deletion.',
} as const satisfies Readonly<Record<string, string>>;

/** A code of `PROVIDER_BASES`. */
export type ProviderBasis = keyof typeof PROVIDER_BASES;
