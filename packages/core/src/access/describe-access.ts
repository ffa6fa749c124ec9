// Says in plain words what a right allows, for the consent page, the dashboard and the command line. MUST NOT leave out
// anything that lets a client do or spend more; every text is plain, the caller escapes it for its medium.

import { LIMIT_PERIODS, type Limit } from '../budget/limit.ts';
import { type AccessMessages, accessMessagesEn } from './messages.en.ts';
import { CALLER_RUN_TOOLS, CAPABILITIES, type ModelAccess, OWN_AGENTS } from './model-access.ts';
import { REQUEST_CAP_MEMBERS } from './wire-members.ts';

/** How providers and models are called in front of people. */
export interface AccessNames {
  readonly provider: (provider: string) => string;
  readonly model: (model: string) => string;
  /** An app by its `client_id`; by that id itself where this is left out. */
  readonly client?: (clientId: string) => string;
}

/** A right in words. */
export interface AccessDescription {
  /** Completes "Acme wants to use your AI and ...": `spend up to $5 a day`. */
  readonly headline: string;
  /** The button that agrees to it: `Allow up to $5/day`. */
  readonly allow: string;
  /** One or two lines of what it may do, resource with action. */
  readonly actions: readonly string[];
  readonly tools: string;
  readonly delegation: string;
  readonly expiry: string;
  /** `actions`, `tools`, `delegation` and `expiry` in one list of 4 or 5, for media where nothing can be edited. */
  readonly lines: readonly string[];
  /** One line for each limit, money first; empty if there is none. */
  readonly limits: readonly string[];
  /** What is unusual, in one sentence; null for the usual. */
  readonly risk: string | null;
}

/** More names than these are counted, not listed; prefixes are always listed, because they reach furthest. */
const MOST_NAMES = 5;

/** The right in words; without `names`, providers and models are called as on the wire. */
export function describeAccess(
  access: ModelAccess,
  names: AccessNames = { provider: (name) => name, model: (name) => name },
  messages: AccessMessages = accessMessagesEn,
): AccessDescription {
  const { expiresAtMs } = access;
  const spend = widestSpend(access.limits);
  const actions = describeActions(access, names, messages);
  const tools = describeTools(access.tools, messages);
  const delegation = describeDelegation(access, names, messages);
  const expiry = expiresAtMs === null ? messages.noExpiry : messages.expiry(expiresAtMs);
  return {
    headline: spend ? messages.headline(spend.amount, spend.per) : messages.headlineUnlimited,
    allow: spend ? messages.allow(spend.amount, spend.per) : messages.allowUnlimited,
    actions,
    tools,
    delegation,
    expiry,
    lines: [...actions, tools, delegation, expiry],
    limits: describeLimits(access, messages),
    risk: describeRisk(access, messages),
  };
}

/** The spending limit with the longest window: the most that can be lost if nobody looks. */
const widestSpend = (limits: readonly Limit[]): Limit | undefined =>
  LIMIT_PERIODS.flatMap((per) => limits.filter((limit) => limit.unit === 'usd' && limit.per === per)).at(0);

function describeActions(access: ModelAccess, names: AccessNames, messages: AccessMessages): string[] {
  const kinds = CAPABILITIES.filter(
    (kind) => access.capabilities === null || access.capabilities.includes(kind),
  );
  const models = describeModels(access, names, messages);
  const send = kinds.includes('chat')
    ? messages.send
    : kinds.includes('completions')
      ? messages.sendText
      : null;
  const work = kinds.filter((kind) => kind !== 'chat' && kind !== 'completions');
  if (send === null && work.length === 0) return [messages.doNothing];
  return [
    ...(send ? [send(models)] : []),
    ...(work.length > 0 ? [messages.work(work, send ? messages.sameModels : models)] : []),
  ];
}

function describeModels(
  { provider, models }: ModelAccess,
  names: AccessNames,
  messages: AccessMessages,
): string {
  if (models === null) return messages.anyModel(names.provider(provider));
  if (models.length === 0) return messages.noModel;
  const prefixes = models.filter((model) => model.endsWith('*'));
  const exact = models.filter((model) => !model.endsWith('*'));
  const listed = exact.length > MOST_NAMES ? exact.slice(0, MOST_NAMES - 1) : exact;
  const beginnings = prefixes.map((prefix) => prefix.slice(0, -1));
  return messages.models(listed.map(names.model), exact.length - listed.length, beginnings);
}

const describeDelegation = (
  { delegationMaxDepth: depth, delegationTo: to }: ModelAccess,
  names: AccessNames,
  messages: AccessMessages,
): string =>
  depth === 0 ? messages.noDelegation : messages.delegation(depth, describeRecipients(to, names, messages));

/** Who may receive a child, completing "It may let ... spend": `its own agents and Acme`. */
export function describeRecipients(
  to: ModelAccess['delegationTo'],
  names: Pick<AccessNames, 'client'> = {},
  messages: AccessMessages = accessMessagesEn,
): string {
  const recipients = to?.map((one) =>
    one === OWN_AGENTS ? messages.ownAgents : (names.client?.(one) ?? one),
  );
  return messages.recipients(recipients ?? null);
}

function describeTools(tools: ModelAccess['tools'], messages: AccessMessages): string {
  if (tools?.length === 0) return messages.noTools;
  const paid = tools?.filter((tool) => !CALLER_RUN_TOOLS.includes(tool)) ?? [];
  return paid.length > 0 ? messages.paidTools(paid) : messages.ownTools;
}

const describeLimits = (access: ModelAccess, messages: AccessMessages): string[] => [
  ...access.limits.map(({ unit, amount, per }) => messages.limit[unit](amount, per)),
  ...REQUEST_CAP_MEMBERS.flatMap(({ field }) => {
    const most = access[field];
    return most === null ? [] : [messages.cap[field](most)];
  }),
];

/** One line at most: several warnings are read less than one. */
function describeRisk(access: ModelAccess, messages: AccessMessages): string | null {
  if (widestSpend(access.limits) === undefined) return messages.riskUnlimited;
  if (access.delegationMaxDepth > 0 && access.delegationTo == null) return messages.riskDelegation;
  return access.expiresAtMs === null ? messages.riskForever : null;
}
