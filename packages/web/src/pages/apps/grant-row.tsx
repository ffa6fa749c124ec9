// One grant in the list of connected apps, with the two things an owner may need at once: pause and revoke.

import { Link } from '@tanstack/react-router';
import { formatUsd } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { type Branch, countLiveBelow } from '../../rules/delegation.ts';
import { grantName, isLive } from '../../rules/grants.ts';
import { tightestLimit } from '../../rules/limits.ts';
import { quickPeriods, rowsOfGrant, rowsOfOwnLimit } from '../../rules/rows.ts';
import { DelegatedCount } from '../../ui/delegated-count.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LimitMeter } from '../../ui/limit-meter.tsx';
import { LastUsed, RelativeTime, useNow } from '../../ui/moment.tsx';
import { GrantStatusMark } from '../../ui/status.tsx';
import { GrantActions } from '../app/grant-actions.tsx';

/** A list item. */
export function GrantRow({ app }: { readonly app: Branch }) {
  const { grant, lastUsedAt } = app;
  const limit = tightestLimit(grant);
  const live = isLive(grant);
  const nowMs = useNow();
  return (
    <li className="grid items-center gap-x-8 gap-y-3 px-4 py-4 sm:px-5 md:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] xl:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)_11.5rem]">
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <Link to="/apps/$grantId" params={{ grantId: grant.id }} className="title-link">
            {grantName(grant)}
          </Link>
          {(grant.status !== 'active' || grant.stopped_by) && <GrantStatusMark grant={grant} />}
          <DelegatedCount count={countLiveBelow(app)} grantId={grant.id} />
        </div>
        <Facts>
          {grant.client ? hostOf(grant.client.url) : t.apps.ownTool}
          {lastUsedAt ? (
            <LastUsed at={lastUsedAt} />
          ) : (
            <span>
              {t.apps.connected} <RelativeTime at={grant.created_at} />, {t.apps.notUsed}
            </span>
          )}
        </Facts>
      </div>
      {live && limit ? (
        <LimitMeter limit={limit} rows={rowsOfOwnLimit(grant, limit, nowMs)} brief />
      ) : (
        <p className="figures text-sm text-muted">
          {live && `${t.limits.none} · `}
          <Link to="/activity" search={rowsOfGrant(grant.id, quickPeriods(nowMs).month)} className="link">
            {t.apps.spentMonth} {formatUsd(grant.spent.month_usd)}
          </Link>
        </p>
      )}
      {live && <GrantActions grant={grant} />}
    </li>
  );
}

function hostOf(url: string | null): string {
  return url !== null && URL.canParse(url) ? new URL(url).host : t.app.unverified;
}
