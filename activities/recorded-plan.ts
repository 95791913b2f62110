import { z } from 'zod';
import type { Guid } from '../workflows/contract/account';
import { PROVIDER_BASES, type ProviderBasis } from '../workflows/contract/bases';
import { isGuid } from '../workflows/contract/ids';
import type { ErasurePlan } from '../workflows/contract/plan';
import { isTargetName, TARGET_KINDS, type TargetName, type TargetPolicy } from '../workflows/contract/targets';

const name = z.custom<TargetName>(isTargetName);
const kind = z.enum(TARGET_KINDS);
const count = z.number().int().nonnegative();
const isProviderBasis = (value: unknown): boolean => Object.keys(PROVIDER_BASES).some((basis) => basis === value);

const PlanOfTarget = z.object({
  name,
  kind,
  definitionDigest: z.string(),
  subject: z.string().exactOptional(),
  erases: z.array(z.object({ what: z.string(), action: z.enum(['delete', 'anonymise']), count })),
  retains: z.array(
    z.object({
      what: z.string(),
      count,
      basis: z.string(),
      rule: z.string().exactOptional(),
      until: z.string().exactOptional(),
    }),
  ),
  keptByProvider: z.array(z.object({ what: z.string(), basis: z.custom<ProviderBasis>(isProviderBasis) })),
});

const PolicyOfTarget = z.object({
  name,
  kind,
  after: z.array(name),
  deadlineMs: z.number(),
  readsLagMs: z.number(),
  fences: z.boolean(),
  rateLimited: z.boolean(),
  definitionDigest: z.string(),
});

/** A round of planning as the audit log keeps it. */
export const RecordedPlan: z.ZodType<{
  readonly plan: ErasurePlan;
  readonly targets: readonly TargetPolicy[];
}> = z.object({
  plan: z.object({
    version: z.literal(1),
    round: z.number(),
    closureId: z.custom<Guid>(isGuid),
    targets: z.array(PlanOfTarget),
  }),
  targets: z.array(PolicyOfTarget),
});
