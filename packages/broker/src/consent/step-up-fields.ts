// The fields of a request for more: one for each member that was asked for, read against it. A form is untrusted input: whatever it holds, the
// result lies within what was asked, or there is none.

import {
  type AccessNames,
  CALLER_RUN_TOOLS,
  fail,
  type Limit,
  MAX_COUNT,
  type ModelAccess,
  parseUsd,
  REQUEST_CAP_MEMBERS,
  type Result,
  succeed,
  usdWritten,
  windowLimitName,
} from '@valetkey/core';
import type { Proposal, RequestDecision } from '../access-requests/contract.ts';
import { describeChange } from '../access-requests/describe-change.ts';
import { changeMessages as words } from '../access-requests/messages.ts';
import type { FormErrors } from '../pages/form.ts';
import { stepUpMessages as messages } from './messages.ts';

/** The name of a field: of which entry, and which member of it. */
export const fieldName = (index: number, member: string): string => `p${index}-${member.replace('.', '-')}`;

/** The name of the box that raises a grant above the one that asks. */
export const raiseField = (grantId: string): string => `raise-${grantId}`;

/** A number that was asked for. */
export interface NumberField {
  readonly name: string;
  readonly member: string;
  readonly label: string;
  /** As it stands in the field at first: what was asked. */
  readonly value: string;
  readonly isUsd: boolean;
  readonly most: number;
}

/** The members that hold names. */
export const NAME_MEMBERS = ['models', 'capabilities', 'tools', 'locations'] as const;

const wire = (unit: Limit['unit'], amount: number): string =>
  unit === 'usd' ? usdWritten(amount) : String(amount);

const PLAIN_NAMES: AccessNames = { provider: (name) => name, model: (name) => name };

/** The numbers of an entry that would rise, here or above, in the order of the page. */
export const numberFields = ({ request, changes }: Proposal, index: number): readonly NumberField[] => {
  const asked = request.asked[index]!;
  const rising = changes
    .filter(({ provider }) => provider === asked.provider)
    .flatMap((change) => describeChange(change, PLAIN_NAMES).map(({ member }) => member));
  return allNumbers(asked, index).filter(({ member }) => rising.includes(member));
};

const allNumbers = (asked: ModelAccess, index: number): readonly NumberField[] => [
  ...asked.limits.map(({ unit, per, amount }) => {
    const member = `limits.${windowLimitName(unit, per)}`;
    return {
      name: fieldName(index, member),
      member,
      label: words.limit(unit, per),
      value: wire(unit, amount),
      isUsd: unit === 'usd',
      most: amount,
    };
  }),
  ...REQUEST_CAP_MEMBERS.flatMap(({ name, field }) => {
    const amount = asked[field];
    if (amount === null) return [];
    const member = `limits.${name}`;
    const label = words.cap(field);
    return [
      { name: fieldName(index, member), member, label, value: String(amount), isUsd: false, most: amount },
    ];
  }),
];

/** The names of an entry that its grant does not have yet, here or above. */
export const namesToAdd = (
  member: (typeof NAME_MEMBERS)[number],
  { request, changes }: Proposal,
  index: number,
): readonly string[] => {
  const asked = request.asked[index]!;
  const has = changes
    .filter(({ provider }) => provider === asked.provider)
    .map(({ from }) => (member === 'tools' ? (from.tools ?? CALLER_RUN_TOOLS) : from[member]));
  return (asked[member] ?? []).filter((name) =>
    has.some((names) => names !== null && !names.includes(name as never)),
  );
};

/** What the form gives, and which grants above stay as they are. */
export const readStepUp = (
  form: URLSearchParams,
  proposal: Proposal,
): Result<Pick<RequestDecision & { kind: 'allow' }, 'given' | 'unchangedGrantIds'>, FormErrors> => {
  const errors: Record<string, string> = {};
  const given = proposal.request.asked.map((asked, index) => readEntry(form, asked, proposal, index, errors));
  if (Object.keys(errors).length > 0) return fail(errors);
  const above = proposal.changes.filter(({ isAsker }) => !isAsker).map(({ hop }) => hop.grantId);
  return succeed({ given, unchangedGrantIds: above.filter((id) => form.get(raiseField(id)) !== 'on') });
};

function readEntry(
  form: URLSearchParams,
  asked: ModelAccess,
  proposal: Proposal,
  index: number,
  errors: Record<string, string>,
): ModelAccess {
  const numbers = new Map(
    numberFields(proposal, index).map((field) => [field.member, readNumber(form, field, errors)]),
  );
  const limits = asked.limits.flatMap((limit) => {
    const amount = numbers.get(`limits.${windowLimitName(limit.unit, limit.per)}`);
    return amount === undefined ? [] : [{ ...limit, amount }];
  });
  const caps = REQUEST_CAP_MEMBERS.map(({ name, field }) => [field, numbers.get(`limits.${name}`) ?? null]);
  const chosen = NAME_MEMBERS.map((member) => {
    const sent = form.getAll(fieldName(index, member));
    const names = namesToAdd(member, proposal, index).filter((name) => sent.includes(name));
    return [member, names.length === 0 ? null : names];
  });
  const isOn = (member: string) => form.get(fieldName(index, member)) === 'on';
  const isDeeper = isOn('delegation');
  return {
    ...asked,
    limits,
    ...(Object.fromEntries([...caps, ...chosen]) as Partial<ModelAccess>),
    delegationMaxDepth: isDeeper ? asked.delegationMaxDepth : 0,
    delegationTo: isDeeper ? (asked.delegationTo ?? null) : null,
    expiresAtMs: isOn('expires') ? asked.expiresAtMs : null,
  };
}

function readNumber(
  form: URLSearchParams,
  { name, isUsd, most }: NumberField,
  errors: Record<string, string>,
): number {
  const text = (form.get(name) ?? '').trim();
  const value = isUsd ? parseUsd(text.replace(/^\$/, '')) : readCount(text);
  const isWithin = value.ok && value.value > 0 && value.value <= most;
  const say = isUsd ? messages.errors.amount : messages.errors.count;
  if (!isWithin) errors[name] = say(words.amount(isUsd ? 'usd' : 'requests', most));
  return value.ok ? value.value : 0;
}

const readCount = (text: string): Result<number, string> => {
  const count = Number(text);
  return /^\d{1,13}$/.test(text) && count <= MAX_COUNT ? succeed(count) : fail('must be a whole number');
};
