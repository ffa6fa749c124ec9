// To how many levels and to whom a grant may be delegated, as the dashboard shows and narrows it. The server decides; nothing here grants
// anything.

import { OWN_AGENTS } from '@valetkey/core';
import type { AccessDetail } from '../api/types.ts';

/** How an entry may be delegated; `to` null is anyone, and a depth of 0 is not at all. */
export interface Sharing {
  readonly depth: number;
  readonly to: readonly string[] | null;
}

/** How an entry may be delegated now. */
export const sharingOf = ({ delegation }: AccessDetail): Sharing => ({
  depth: delegation?.max_depth ?? 0,
  to: delegation?.to ?? null,
});

/** What stands for anyone among the choices of whom; no `client_id` has a space. */
export const ANYONE = 'any one';

/** Whom an entry can be narrowed to: one of two where it goes to anyone, any of them where it names some. */
export const recipientChoices = ({ to }: Sharing): readonly string[] => to ?? [ANYONE, OWN_AGENTS];

/** Whether one of the choices is on. */
export const isRecipient = (choice: string, { to }: Sharing): boolean =>
  choice === ANYONE ? to === null : (to?.includes(choice) ?? false);

/** The sharing with a choice turned on or off; `before` says which choices there are. */
export function chooseRecipient(now: Sharing, before: Sharing, choice: string, isOn: boolean): Sharing {
  if (before.to === null) return { ...now, to: choice === ANYONE ? null : [choice] };
  return { ...now, to: before.to.filter((each) => (each === choice ? isOn : isRecipient(each, now))) };
}

/** Whether it names nobody although it is on, which the form MUST NOT send. */
export const isToNobody = ({ depth, to }: Sharing): boolean => depth > 0 && to?.length === 0;

/** The entry, delegated so. */
export function withSharing(
  { delegation: _replaced, ...rest }: AccessDetail,
  { depth, to }: Sharing,
): AccessDetail {
  if (depth === 0) return rest;
  return { ...rest, delegation: { max_depth: depth, ...(to && { to }) } };
}
