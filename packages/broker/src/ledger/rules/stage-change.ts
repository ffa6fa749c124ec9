// Works out what a change makes of the links it names, without touching them: they are replaced only once the change is durable.

import { fail, limitIndex, type Result, succeed } from '@valetkey/core';
import type { Change, ChangeRefusal, Correction, Link, LinkChange } from '../contract.ts';
import { correctedResets, isSameLimit, resetsOf, withReset } from './limit-resets.ts';
import type { LinkShelf } from './resident-link.ts';

type Find = (linkId: string) => Link | null;
type Step<Kind extends LinkChange['kind']> = LinkChange & { readonly kind: Kind };

/** The new versions of the changed links, in the order of the change's parts: a link may be opened and then be the parent of the next. */
export function stageChange(
  change: Change,
  links: LinkShelf,
  atMs: number,
): Result<readonly Link[], ChangeRefusal> {
  const staged: Link[] = [];
  const find: Find = (linkId) =>
    staged.findLast((link) => link.id === linkId) ?? links.get(linkId)?.link ?? null;
  for (const { linkId, version } of change.expects ?? []) {
    if (find(linkId)?.version !== version) return fail({ reason: 'stale', detail: linkId });
  }
  for (const step of change.links) {
    const next = stageStep(step, find, links, atMs);
    if (!next.ok) return next;
    staged.push(next.value);
  }
  if (change.correction) staged.push(...corrected(change.correction, find, links, atMs));
  return succeed(staged);
}

function stageStep(
  step: LinkChange,
  find: Find,
  links: LinkShelf,
  atMs: number,
): Result<Link, ChangeRefusal> {
  switch (step.kind) {
    case 'open':
      return opened(step.link, find);
    case 'update':
      return updated(step, find);
    case 'reset':
      return reset(step, find, links, atMs);
  }
}

function opened(link: Step<'open'>['link'], find: Find): Result<Link, ChangeRefusal> {
  if (find(link.id)) return fail({ reason: 'duplicate_link', detail: link.id });
  if (link.parentId !== null) {
    const parent = find(link.parentId);
    if (!parent) return fail({ reason: 'unknown_link', detail: link.parentId });
    if (parent.ownerId !== link.ownerId) throw new Error(`link ${link.parentId} belongs to another owner`);
  }
  return succeed({ ...link, resets: [], version: 1 });
}

/** Revoked is for ever: whoever read the link before it was revoked MUST NOT bring it back to life. */
function updated(change: Step<'update'>, find: Find): Result<Link, ChangeRefusal> {
  const link = find(change.linkId);
  if (!link) return fail({ reason: 'unknown_link', detail: change.linkId });
  const status = link.status === 'revoked' ? 'revoked' : (change.set.status ?? link.status);
  const resets = resetsOf(link.resets, change.set.limits ?? link.limits);
  return succeed({ ...link, ...change.set, resets, status, version: link.version + 1 });
}

/** What is held is not reset: it counts once it is settled. */
function reset(
  { linkId, unit, per }: Step<'reset'>,
  find: Find,
  links: LinkShelf,
  atMs: number,
): Result<Link, ChangeRefusal> {
  const link = find(linkId);
  if (!link) return fail({ reason: 'unknown_link', detail: linkId });
  if (!link.limits.some((limit) => isSameLimit(limit, { unit, per })))
    return fail({ reason: 'unknown_limit', detail: `${linkId} has no limit of ${unit} per ${per}` });
  const counters = links.get(linkId)?.counters;
  counters?.rollTo(atMs);
  const settled = counters?.settled[limitIndex(unit, per)] ?? 0;
  const resets = withReset(link.resets, { unit, per }, settled, atMs);
  return succeed({ ...link, resets, version: link.version + 1 });
}

/** The links whose resets have let go of the call that is corrected. */
function corrected(correction: Correction, find: Find, links: LinkShelf, atMs: number): readonly Link[] {
  return (links.get(correction.linkId)?.path ?? []).flatMap(({ link: { id } }) => {
    const link = find(id)!;
    const resets = correctedResets(link.resets, correction, atMs);
    const isSame = resets.every((each, at) => each === link.resets[at]);
    return isSame ? [] : { ...link, resets, version: link.version + 1 };
  });
}
