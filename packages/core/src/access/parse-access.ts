// Parses `authorization_details` (RFC 9396): the one door through which a request for AI models becomes a value.
// Anything unknown, doubtful or repeated is refused, never ignored: what the owner is shown MUST be all there is.

import type { Limit } from '../budget/limit.ts';
import { parseUsd } from '../budget/money.ts';
import { fail, type Result, succeed } from '../result.ts';
import { parseExpires } from './expiry.ts';
import { formatAccess } from './format-access.ts';
import { type AccessError, accessError, MemberReader } from './member-reader.ts';
import { CAPABILITIES, type Capability, type ModelAccess } from './model-access.ts';
import { type ProviderOf, parseTpxAccess, TPX_TYPE } from './parse-tpx.ts';
import {
  CAPABILITY_RULE,
  everyModelIsNull,
  exactly,
  LOCATION_RULE,
  MAX_MODELS,
  MAX_RECIPIENTS,
  MODEL_RULE,
  PROVIDER_RULE,
  REASON_RULE,
  RECIPIENT_RULE,
  TOOL_RULE,
} from './text-rules.ts';
import { ACCESS_TYPE, REQUEST_CAP_MEMBERS, type RequestCap, WINDOW_LIMIT_MEMBERS } from './wire-members.ts';

/** The most levels of delegation that can be asked for; a broker's own maximum is usually lower. */
export const MAX_DELEGATION_DEPTH = 16;

/** Every member of an entry, in canonical order. */
const MEMBERS = [
  'type',
  'locations',
  'provider',
  'models',
  'capabilities',
  'limits',
  'tools',
  'delegation',
  'expires',
  'reason',
] as const;
const LIMIT_MEMBERS = [...WINDOW_LIMIT_MEMBERS, ...REQUEST_CAP_MEMBERS].map(({ name }) => name);

/** Reads one entry of type `ai_model_access`; `path` is where it stands, for messages. */
export function parseAccess(
  input: unknown,
  path = 'authorization_details',
): Result<ModelAccess, AccessError> {
  const entry = new MemberReader(input, path, MEMBERS);
  entry.require('type', 'provider');
  entry.text('type', exactly(ACCESS_TYPE));
  const access: ModelAccess = {
    provider: entry.text('provider', PROVIDER_RULE) ?? '',
    models: everyModelIsNull(entry.texts('models', MODEL_RULE, MAX_MODELS)),
    capabilities: entry.texts('capabilities', CAPABILITY_RULE, CAPABILITIES.length) as
      | readonly Capability[]
      | null,
    locations: entry.texts('locations', LOCATION_RULE, 10),
    ...readLimits(entry),
    tools: entry.texts('tools', TOOL_RULE, 32, 0),
    ...readDelegation(entry),
    expiresAtMs: entry.parsed('expires', parseExpires),
    reason: entry.text('reason', REASON_RULE),
  };
  const [problem] = entry.problems;
  return problem === undefined ? succeed(access) : fail(problem);
}

/** What `parseAuthorizationDetails` needs to know about the broker. */
export interface ParseDetailsOptions {
  /** The most entries accepted. */
  readonly maxEntries: number;
  /** Finds the provider of an `llm-inference` entry, which names none; without it such entries are refused. */
  readonly providerOf?: ProviderOf;
}

/**
 * Reads the whole `authorization_details` array, already parsed from JSON: 1 to `maxEntries` different entries of type
 * `ai_model_access` or `llm-inference`. Fails with the first problem of the first entry that has one.
 */
export function parseAuthorizationDetails(
  input: unknown,
  options: ParseDetailsOptions,
): Result<readonly ModelAccess[], AccessError> {
  const path = 'authorization_details';
  if (!Array.isArray(input) || input.length < 1 || input.length > options.maxEntries) {
    return fail(accessError(path, `must be an array of 1 to ${options.maxEntries} objects`));
  }
  const parsed: ModelAccess[] = [];
  const seen = new Set<string>();
  for (const [index, item] of input.entries()) {
    const entry = parseEntry(item, `${path}[${index}]`, options.providerOf);
    if (!entry.ok) return entry;
    const canonical = JSON.stringify(formatAccess(entry.value));
    if (seen.has(canonical)) return fail(accessError(`${path}[${index}]`, 'repeats an earlier entry'));
    seen.add(canonical);
    parsed.push(entry.value);
  }
  return succeed(parsed);
}

function parseEntry(item: unknown, path: string, providerOf?: ProviderOf): Result<ModelAccess, AccessError> {
  const type = typeof item === 'object' && item !== null && 'type' in item ? item.type : ACCESS_TYPE;
  if (type === ACCESS_TYPE) return parseAccess(item, path);
  if (type === TPX_TYPE && providerOf !== undefined) return parseTpxAccess(item, providerOf, path);
  return fail(accessError(`${path}.type`, `must be ${ACCESS_TYPE}${providerOf ? ` or ${TPX_TYPE}` : ''}`));
}

function readLimits(entry: MemberReader): Pick<ModelAccess, 'limits' | RequestCap> {
  const members = entry.section('limits', LIMIT_MEMBERS);
  const limits = WINDOW_LIMIT_MEMBERS.flatMap(({ name, unit, per }): Limit[] => {
    const amount = unit === 'usd' ? members?.parsed(name, parseUsd) : members?.count(name);
    return typeof amount === 'number' ? [{ unit, amount, per }] : [];
  });
  const caps = REQUEST_CAP_MEMBERS.map(({ name, field }) => [field, members?.count(name) ?? null]);
  return { limits, ...(Object.fromEntries(caps) as Record<RequestCap, number | null>) };
}

/** Whom a right that can not be delegated may be delegated to restricts nothing: it is read, and has one spelling only, null. */
function readDelegation(entry: MemberReader): Pick<ModelAccess, 'delegationMaxDepth' | 'delegationTo'> {
  const delegation = entry.section('delegation', ['max_depth', 'to']);
  delegation?.require('max_depth');
  const delegationMaxDepth = delegation?.count('max_depth', 0, MAX_DELEGATION_DEPTH) ?? 0;
  const to = delegation?.texts('to', RECIPIENT_RULE, MAX_RECIPIENTS) ?? null;
  return { delegationMaxDepth, delegationTo: delegationMaxDepth > 0 ? to : null };
}
