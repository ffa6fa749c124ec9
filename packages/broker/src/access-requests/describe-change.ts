// Says what a request for more changes, member by member: old, new, and what is used so far. MUST NOT leave out anything that lets a client do
// or spend more; every text is plain, the caller escapes it for its medium.

import {
  type AccessNames,
  CALLER_RUN_TOOLS,
  describeRecipients,
  formatUsd,
  type Limit,
  type ModelAccess,
  REQUEST_CAP_MEMBERS,
  windowLimitName,
} from '@valetkey/core';
import { accessWords } from '../language.ts';
import type { ProposedChange } from './contract.ts';
import { changeMessages as messages } from './messages.ts';

/** One member that changes. */
export interface ChangedMember {
  /** On the wire: `limits.daily_spend`, `models`. */
  readonly member: string;
  readonly label: string;
  /** How it stands; null where names are only added. */
  readonly from: string | null;
  readonly to: string;
  /** What is used of it in the window open now; null where nothing is counted. */
  readonly used: string | null;
}

/** Every member that changes, money first; never empty for a change that is one. */
export const describeChange = (
  { from, to, used }: Pick<ProposedChange, 'from' | 'to' | 'used'>,
  names: AccessNames,
): readonly ChangedMember[] => [
  ...from.limits.flatMap((limit, at) => changedLimit(limit, to.limits[at]!.amount, used[at] ?? 0)),
  ...REQUEST_CAP_MEMBERS.flatMap(({ name, field }) =>
    changed(`limits.${name}`, messages.cap(field), from[field], to[field], messages.count),
  ),
  ...addedNames('models', messages.models, from.models, to.models, names.model, messages.everyModel),
  ...addedNames(
    'capabilities',
    messages.capabilities,
    from.capabilities,
    to.capabilities,
    messages.capability,
  ),
  ...addedNames('tools', messages.tools, from.tools ?? CALLER_RUN_TOOLS, to.tools ?? CALLER_RUN_TOOLS),
  ...addedNames('locations', messages.locations, from.locations, to.locations),
  ...changed(
    'delegation.max_depth',
    messages.delegation,
    from.delegationMaxDepth,
    to.delegationMaxDepth,
    messages.levels,
  ),
  ...changedReceivers(from, to, names),
  ...changed('expires', messages.expires, from.expiresAtMs, to.expiresAtMs, messages.moment),
];

/** What an owner gave of a request, a line for each member; what is not named stayed as it was. */
export const describeGiven = (given: ModelAccess, names: AccessNames): readonly string[] => {
  const line = (label: string, value: string): string => `${label}: ${value}`;
  const list = (
    label: string,
    all: readonly string[] | null,
    say: (name: string) => string = (name) => name,
  ) => (all === null ? [] : [line(label, all.map(say).join(', '))]);
  return [
    ...given.limits.map(({ unit, per, amount }) =>
      line(messages.limit(unit, per), messages.amount(unit, amount)),
    ),
    ...REQUEST_CAP_MEMBERS.flatMap(({ field }) => {
      const most = given[field];
      return most === null ? [] : [line(messages.cap(field), messages.count(most))];
    }),
    ...list(messages.models, given.models, (name) =>
      name === '*' ? messages.everyModel : names.model(name),
    ),
    ...list(messages.capabilities, given.capabilities, messages.capability),
    ...list(messages.tools, given.tools),
    ...list(messages.locations, given.locations),
    ...(given.delegationMaxDepth > 0
      ? [line(messages.delegation, messages.levels(given.delegationMaxDepth))]
      : []),
    ...(given.expiresAtMs === null ? [] : [line(messages.expires, messages.moment(given.expiresAtMs))]),
  ];
};

function changedLimit({ unit, per, amount }: Limit, to: number, used: number): ChangedMember[] {
  if (amount === to) return [];
  const say = (value: number) => messages.amount(unit, value);
  const member = `limits.${windowLimitName(unit, per)}`;
  const usedWords = unit === 'usd' ? formatUsd(used) : say(used);
  return [{ member, label: messages.limit(unit, per), from: say(amount), to: say(to), used: usedWords }];
}

function changed(
  member: string,
  label: string,
  from: number | null,
  to: number | null,
  say: (value: number) => string,
): ChangedMember[] {
  if (from === to || from === null || to === null) return [];
  return [{ member, label, from: say(from), to: say(to), used: null }];
}

function addedNames(
  member: string,
  label: string,
  from: readonly string[] | null,
  to: readonly string[] | null,
  say: (name: string) => string = (name) => name,
  everything = '',
): ChangedMember[] {
  if (from === null) return [];
  if (to === null) return [{ member, label, from: null, to: everything, used: null }];
  const names = to.filter((name) => !from.includes(name)).map(say);
  return names.length === 0 ? [] : [{ member, label, from: null, to: messages.added(names), used: null }];
}

function changedReceivers(from: ModelAccess, to: ModelAccess, names: AccessNames): ChangedMember[] {
  const say = (one: string): string => describeRecipients([one], names, accessWords);
  const [before, after] = [from.delegationTo ?? null, to.delegationTo ?? null];
  const label = messages.receivers;
  // Whoever could not delegate at all gets the receivers with the levels.
  if (from.delegationMaxDepth === 0 && to.delegationMaxDepth > 0)
    return [
      {
        member: 'delegation.to',
        label,
        from: null,
        to: after?.map(say).join(', ') ?? messages.anyone,
        used: null,
      },
    ];
  return addedNames('delegation.to', label, before, after, say, messages.anyone);
}
