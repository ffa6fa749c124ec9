// What needs a look, each line with the one link that acts on it.

import { Link } from '@tanstack/react-router';
import type { Call, Grant } from '../../api/types.ts';
import { relativeTime, untilTime } from '../../format/time.ts';
import { t } from '../../messages/messages.ts';
import { type Attention, findAttention } from '../../rules/attention.ts';
import { sinceYesterday } from '../../rules/rows.ts';
import { useNow } from '../../ui/moment.tsx';

interface AttentionListProps {
  readonly grants: readonly Grant[];
  /** Those that were refused or posted at their ceiling since yesterday. */
  readonly calls: readonly Call[];
  /** Whether more were refused. */
  readonly isMore: boolean;
}

/** The list, or that all is well. */
export function AttentionList({ grants, calls, isMore }: AttentionListProps) {
  const nowMs = useNow();
  const items = findAttention(grants, calls, nowMs, isMore);
  if (items.length === 0) {
    return (
      <p>
        {t.home.allWell} <span className="text-muted">{t.home.allWellText}</span>
      </p>
    );
  }
  return (
    <ul className="sheet divide-y divide-line">
      {items.map((item) => (
        <li
          key={`${item.kind} ${item.grantId}`}
          className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-0.5 px-4 py-3 sm:grid-cols-[auto_minmax(0,1fr)_auto] sm:gap-x-4"
        >
          <span
            aria-hidden="true"
            className={`size-[8px] -translate-y-px rounded-full ${item.serious ? 'bg-danger' : 'bg-brass'}`}
          />
          <span className="wrap-anywhere">{words(item, nowMs)}</span>
          <Remedy item={item} />
        </li>
      ))}
    </ul>
  );
}

function words({ kind, name, count, at, isMore }: Attention, nowMs: number): string {
  if (kind === 'exhausted') return t.attention.exhausted(name);
  if (kind === 'expiring') return t.attention.expiring(name, at === null ? '' : untilTime(at, nowMs));
  if (kind === 'ending_unused')
    return t.attention.endingUnused(name, at === null ? '' : untilTime(at, nowMs));
  if (kind === 'idle') return t.attention.idle(name, at === null ? null : relativeTime(at, nowMs));
  if (kind === 'refused' && isMore) return t.attention.refusedMore(name, count);
  return t.attention[kind](name, count);
}

function Remedy({ item: { kind, grantId } }: { readonly item: Attention }) {
  const nowMs = useNow();
  const className = 'link text-sm max-sm:col-start-2 max-sm:justify-self-start';
  if (kind === 'refused' || kind === 'unconfirmed' || grantId === null) {
    const status = kind === 'refused' ? 'refused' : 'ceiling';
    return (
      <Link
        to="/activity"
        search={{ grant_id: grantId ?? undefined, status, ...sinceYesterday(nowMs) }}
        className={className}
      >
        {t.attention.seeCalls}
      </Link>
    );
  }
  const isUnused = kind === 'idle' || kind === 'ending_unused';
  const remedies = {
    exhausted: t.attention.raise,
    nearly_used: t.attention.raise,
    expiring: t.attention.extend,
  };
  return (
    <Link
      to="/apps/$grantId"
      params={{ grantId }}
      search={isUnused ? {} : { edit: 'limits' }}
      className={className}
    >
      {isUnused ? t.attention.review : remedies[kind]}
    </Link>
  );
}
