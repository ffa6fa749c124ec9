// What needs a look, each line with the one link that acts on it.

import { Link } from '@tanstack/react-router';
import type { Call, Grant } from '../../api/types.ts';
import { relativeTime } from '../../format/time.ts';
import { t } from '../../messages/messages.ts';
import { type Attention, findAttention } from '../../rules/attention.ts';
import { useNow } from '../../ui/moment.tsx';

interface AttentionListProps {
  readonly grants: readonly Grant[];
  readonly calls: readonly Call[];
}

/** The list, or that all is well. */
export function AttentionList({ grants, calls }: AttentionListProps) {
  const nowMs = useNow();
  const items = findAttention(grants, calls, nowMs);
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
          className="flex flex-wrap items-baseline gap-x-6 gap-y-1 px-4 py-3"
        >
          <span
            aria-hidden="true"
            className={`-mr-3 size-2 self-center rounded-full ${item.serious ? 'bg-danger' : 'bg-brass'}`}
          />
          <span className="min-w-0 flex-1 basis-60">{words(item, nowMs)}</span>
          <Remedy item={item} />
        </li>
      ))}
    </ul>
  );
}

function words({ kind, name, count, at }: Attention, nowMs: number): string {
  const when = at === null ? null : relativeTime(at, nowMs);
  if (kind === 'exhausted') return t.attention.exhausted(name);
  if (kind === 'expiring') return t.attention.expiring(name, when ?? '');
  if (kind === 'idle') return t.attention.idle(name, when);
  return t.attention[kind](name, count);
}

function Remedy({ item: { kind, grantId } }: { readonly item: Attention }) {
  if (kind === 'refused' || kind === 'unconfirmed') {
    const status = kind === 'refused' ? 'refused' : 'ceiling';
    return (
      <Link to="/activity" search={{ grant_id: grantId, status }} className="link text-sm">
        {t.attention.seeCalls}
      </Link>
    );
  }
  if (kind === 'idle') {
    return (
      <Link to="/apps/$grantId" params={{ grantId }} className="link text-sm">
        {t.attention.review}
      </Link>
    );
  }
  return (
    <Link to="/apps/$grantId" params={{ grantId }} search={{ edit: 'limits' }} className="link text-sm">
      {kind === 'expiring' ? t.attention.extend : t.attention.raise}
    </Link>
  );
}
