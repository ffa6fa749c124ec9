// Reads the flags of a grant into the right that they describe. The rules are core's: this only turns flags into the wire form that core
// parses, and core's refusals back into words about flags.

import {
  fail,
  LIMIT_PERIODS,
  type LimitPeriod,
  type ModelAccess,
  parseAccess,
  parseUsd,
  type Result,
  succeed,
  usdDecimal,
  windowLimitName,
} from '@valetkey/core';
import type { AskedAccess } from './child-access.ts';
import { t } from './messages/messages.ts';

/** The flags that say what is granted, as they were typed. */
export interface AccessFlags {
  readonly provider?: string;
  readonly model?: readonly string[];
  readonly limit?: readonly string[];
  readonly requests?: string;
  readonly capability?: readonly string[];
  readonly expires?: string;
  readonly 'delegation-depth'?: string;
  readonly 'delegate-to'?: readonly string[];
}

/** Which flag a member of the wire form was made from. */
const FLAG_OF: Readonly<Record<string, string>> = {
  provider: '--provider',
  models: '--model',
  capabilities: '--capability',
  limits: '--requests',
  delegation: '--delegation-depth',
  'delegation.to': '--delegate-to',
};

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The right, or one sentence that names the flag to change. `nowMs` (epoch) is what durations count from. */
export function readAccess(flags: AccessFlags, nowMs: number): Result<ModelAccess, string> {
  if (flags.provider === undefined) return fail(t.misuse.optionMissing('--provider'));
  if (flags.model === undefined) return fail(t.grantFlags.modelMissing);
  // Unlimited MUST never be what one gets by leaving something out.
  if (flags.limit === undefined && flags.requests === undefined) {
    return fail(t.grantFlags.ceilingMissing);
  }
  return parseFlags(flags, nowMs, FLAG_OF);
}

/** The flags of a child, or of a change. Nothing is required: what is left out is its parent's, or stays. */
export function readAskedAccess(
  { depth, ...flags }: AccessFlags & { readonly depth?: string },
  nowMs: number,
): Result<AskedAccess, string> {
  const { provider = null } = flags;
  const all = {
    ...flags,
    provider: provider ?? 'any',
    ...(depth !== undefined && { 'delegation-depth': depth }),
  };
  const flagOf = depth === undefined ? FLAG_OF : { ...FLAG_OF, delegation: '--depth' };
  const access = parseFlags(all, nowMs, flagOf);
  return access.ok ? succeed({ provider, access: access.value }) : access;
}

function parseFlags(
  flags: AccessFlags,
  nowMs: number,
  flagOf: Readonly<Record<string, string>>,
): Result<ModelAccess, string> {
  const spend = readSpendLimits(flags.limit ?? []);
  if (!spend.ok) return spend;
  const { 'delegation-depth': depth, 'delegate-to': to } = flags;
  const parsed = parseAccess(
    {
      type: 'ai_model_access',
      provider: flags.provider,
      ...(flags.model && { models: flags.model }),
      ...(flags.capability && { capabilities: flags.capability }),
      limits: {
        ...spend.value,
        ...(flags.requests !== undefined && {
          [windowLimitName('requests', 'total')]: countOf(flags.requests),
        }),
      },
      ...((depth !== undefined || to !== undefined) && {
        delegation: { max_depth: countOf(depth ?? '1'), ...(to && { to }) },
      }),
      ...(flags.expires !== undefined && { expires: expiryOf(flags.expires, nowMs) }),
    },
    'flags',
  );
  return parsed.ok ? parsed : fail(aboutFlags(parsed.error.member, parsed.error.message, flagOf));
}

/** `5/month` and `5` (in total), as members of the wire form. */
function readSpendLimits(texts: readonly string[]): Result<Record<string, string>, string> {
  const limits: Record<string, string> = {};
  for (const text of texts) {
    const [amount, per = 'total', ...rest] = text.split('/');
    if (rest.length > 0 || !LIMIT_PERIODS.includes(per as LimitPeriod)) {
      return fail(t.grantFlags.badPeriod('--limit', text, LIMIT_PERIODS.join(', ')));
    }
    const usd = parseUsd(amount);
    if (!usd.ok) return fail(t.misuse.badAmount('--limit', text, usd.error));
    const name = windowLimitName('usd', per as LimitPeriod);
    if (name in limits) return fail(t.grantFlags.twoLimits(text));
    limits[name] = usdDecimal(usd.value);
  }
  return succeed(limits);
}

/** A count as core wants it; anything but digits stays text, which core refuses in its own words. */
const countOf = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text);

/** The moment of a duration such as `30d`; any other text is left for core to read as a date and time. */
function expiryOf(text: string, nowMs: number): string {
  const match = /^([1-9]\d{0,4})([mhdw])$/.exec(text);
  return match ? new Date(nowMs + Number(match[1]) * UNIT_MS[match[2]!]!).toISOString() : text;
}

/** Core's message with the flag in place of the path of the member. */
function aboutFlags(member: string, message: string, flagOf: Readonly<Record<string, string>>): string {
  if (member === 'flags.expires') return t.grantFlags.badExpires;
  const [, whole = '', top = ''] = /^flags\.((\w+)(?:\.to)?)/.exec(member) ?? [];
  const flag = flagOf[whole] ?? flagOf[top];
  return flag === undefined ? message : `${flag}${message.slice(member.length)}`;
}
