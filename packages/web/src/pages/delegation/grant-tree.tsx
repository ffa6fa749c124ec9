// The tree of grants as nested lists: each grant with what it may use, what is left and the one button that stops its branch. Lists
// with disclosure buttons are read and operated as they are by every browser; a tree widget would need keys that nobody knows.

import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { Grant } from '../../api/types.ts';
import { formatUsd } from '../../format/money.ts';
import { untilTime } from '../../format/time.ts';
import { t } from '../../messages/messages.ts';
import { type Branch, grantsBelow, modelsInShort } from '../../rules/delegation.ts';
import { grantName, identityOf, isLive } from '../../rules/grants.ts';
import { tightestLimit } from '../../rules/limits.ts';
import { rowsOfGrant, rowsOfOwnLimit } from '../../rules/rows.ts';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LimitMeter } from '../../ui/limit-meter.tsx';
import { useNow } from '../../ui/moment.tsx';
import { GrantStatusMark, HeldUpMark } from '../../ui/status.tsx';
import { RevokeDialog } from '../app/revoke-dialog.tsx';

/** A grant with more children than this shows them when asked. */
const CHILDREN_SHOWN = 10;

interface GrantTreeProps {
  readonly label: string;
  readonly branches: readonly Branch[];
  /** The grant that the page is about, if it is about one. */
  readonly currentId?: string | undefined;
}

/** The list of branches, each with those below it. */
export const GrantTree = ({ label, branches, currentId }: GrantTreeProps) => (
  <ul aria-label={label} className="sheet px-4 sm:px-5">
    {branches.map((branch) => (
      <BranchItem key={branch.grant.id} branch={branch} currentId={currentId} />
    ))}
  </ul>
);

interface BranchItemProps {
  readonly branch: Branch;
  readonly currentId: string | undefined;
}

function BranchItem({ branch, currentId }: BranchItemProps) {
  const { grant, children } = branch;
  const [isOpen, setOpen] = useState(children.length <= CHILDREN_SHOWN);
  const listId = useId();
  const isCurrent = grant.id === currentId;
  const count = grantsBelow(branch).length;
  return (
    <li className="border-line not-first:border-t" aria-current={isCurrent || undefined}>
      <div
        className={`grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-2 py-4 md:grid-cols-[minmax(0,1fr)_16rem_4.5rem] md:gap-x-8 xl:grid-cols-[minmax(0,1fr)_20rem_4.5rem] ${isCurrent ? '-mx-2.5 my-1 rounded-md bg-tint px-2.5' : ''}`}
      >
        <div className="min-w-0">
          <Title branch={branch} />
          <BranchFacts branch={branch} />
          {count > 0 && (
            <button
              type="button"
              aria-expanded={isOpen}
              aria-controls={listId}
              aria-label={t.delegation.belowOf(count, grantName(grant))}
              onClick={() => setOpen(!isOpen)}
              className="mt-1 -ml-1.5 inline-flex min-h-7 items-center gap-1.5 rounded-md px-1.5 text-sm text-muted hover:bg-sunken hover:text-ink"
            >
              <Chevron isOpen={isOpen} />
              {t.delegation.below(count)}
            </button>
          )}
        </div>
        <Revoke branch={branch} />
        <div className="col-span-full md:col-span-1 md:col-start-2 md:row-start-1">
          <Spent branch={branch} />
        </div>
      </div>
      {count > 0 && (
        <ul id={listId} hidden={!isOpen} className="mb-4 ml-1 border-l-2 border-brass/60 pl-3 sm:pl-5">
          {children.map((child) => (
            <BranchItem key={child.grant.id} branch={child} currentId={currentId} />
          ))}
        </ul>
      )}
    </li>
  );
}

const Chevron = ({ isOpen }: { readonly isOpen: boolean }) => (
  <svg aria-hidden="true" viewBox="0 0 10 10" className={`size-2.5 ${isOpen ? 'rotate-90' : ''}`}>
    <path d="M3 1l4 4-4 4" fill="none" stroke="currentColor" strokeWidth="1.6" />
  </svg>
);

const Title = ({ branch: { grant, isHeldUp } }: { readonly branch: Branch }) => (
  <div className="flex flex-wrap items-baseline gap-x-3">
    <Link to="/apps/$grantId" params={{ grantId: grant.id }} className="title-link">
      {grantName(grant)}
    </Link>
    {isHeldUp && !grant.stopped_by ? <HeldUpMark /> : <GrantStatusMark grant={grant} />}
  </div>
);

function BranchFacts({ branch }: { readonly branch: Branch }) {
  const { grant, endsAt } = branch;
  const nowMs = useNow();
  const models = modelsInShort(grant);
  const anyModel = grant.depth === 0 ? t.delegation.anyModel : t.delegation.sameModels;
  return (
    <Facts isSentence>
      {identityWords(grant)}
      {models === null ? anyModel : t.delegation.models(models.named, models.more)}
      {isLive(grant) &&
        (endsAt === null ? t.delegation.endsNever : t.delegation.ends(untilTime(endsAt, nowMs)))}
    </Facts>
  );
}

function identityWords(grant: Grant): string {
  if (grant.depth > 0) return t.delegation[identityOf(grant)];
  return grant.client ? t.home.app : t.apps.ownTool;
}

function Spent({ branch: { grant } }: { readonly branch: Branch }) {
  const nowMs = useNow();
  const limit = tightestLimit(grant);
  if (limit && isLive(grant))
    return <LimitMeter limit={limit} rows={rowsOfOwnLimit(grant, limit, nowMs)} brief />;
  return (
    <p className="figures text-sm text-muted">
      {isLive(grant) && `${grant.depth === 0 ? t.limits.none : t.limits.noneOwn} · `}
      <Link to="/activity" search={rowsOfGrant(grant.id)} className="link">
        {t.delegation.spent(formatUsd(grant.spent.total_usd))}
      </Link>
    </p>
  );
}

function Revoke({ branch: { grant } }: { readonly branch: Branch }) {
  const [isAsking, setAsking] = useState(false);
  const name = grantName(grant);
  if (!isLive(grant)) return null;
  return (
    <div className="md:col-start-3 md:row-start-1 md:justify-self-end">
      <Button tone="danger" onClick={() => setAsking(true)} aria-label={t.apps.revokeOf(name)}>
        {t.apps.revoke}
      </Button>
      {isAsking && (
        <RevokeDialog grant={grant} title={t.revoke.title(name)} onClose={() => setAsking(false)} />
      )}
    </div>
  );
}
