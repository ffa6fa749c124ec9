// Writes a right back to its canonical wire form, the one that token responses, introspection and storage carry.
// Parsing the result gives the same value again, for every value that came from a parser.

import { usdDecimal } from '../budget/money.ts';
import { formatExpires } from './expiry.ts';
import type { Capability, ModelAccess } from './model-access.ts';
import {
  ACCESS_TYPE,
  REQUEST_CAP_MEMBERS,
  type RequestCapName,
  type WindowLimitName,
  windowLimitName,
} from './wire-members.ts';

/** An entry of `authorization_details` of type `ai_model_access`; USD as JSON numbers, absent means not restricted. */
export interface WireAccess {
  readonly type: typeof ACCESS_TYPE;
  readonly locations?: readonly string[];
  readonly provider: string;
  readonly models?: readonly string[];
  readonly capabilities?: readonly Capability[];
  readonly limits?: Readonly<Partial<Record<WindowLimitName | RequestCapName, number>>>;
  readonly tools?: readonly string[];
  readonly delegation?: { readonly max_depth: number; readonly to?: readonly string[] };
  readonly expires?: string;
  readonly reason?: string;
}

/** The canonical wire object of a right; members that restrict nothing are left out. */
export function formatAccess(access: ModelAccess): WireAccess {
  const { locations, models, capabilities, tools, delegationMaxDepth, delegationTo, expiresAtMs, reason } =
    access;
  const limits = formatLimits(access);
  return {
    type: ACCESS_TYPE,
    ...(locations && { locations }),
    provider: access.provider,
    ...(models && { models }),
    ...(capabilities && { capabilities }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(tools && { tools }),
    ...(delegationMaxDepth > 0 && {
      delegation: { max_depth: delegationMaxDepth, ...(delegationTo && { to: delegationTo }) },
    }),
    ...(expiresAtMs !== null && { expires: formatExpires(expiresAtMs) }),
    ...(reason !== null && { reason }),
  };
}

function formatLimits(access: ModelAccess): NonNullable<WireAccess['limits']> {
  const windows = access.limits.map(({ unit, amount, per }) => {
    return [windowLimitName(unit, per), unit === 'usd' ? Number(usdDecimal(amount)) : amount];
  });
  const caps = REQUEST_CAP_MEMBERS.map(({ name, field }) => [name, access[field]]);
  return Object.fromEntries([...windows, ...caps.filter(([, value]) => value !== null)]);
}
