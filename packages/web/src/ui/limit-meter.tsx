// One limit as a bar: what is spent, what is held for running calls, what is left; the same in words beside it.

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LimitState } from '../api/types.ts';
import type { ActivitySearch } from '../app/search.ts';
import { formatLimit, formatLimitNumber, formatPeriod } from '../format/limit.ts';
import { untilTime } from '../format/time.ts';
import { t } from '../messages/messages.ts';
import { limitNumber, limitShares } from '../rules/limits.ts';
import { useNow } from './moment.tsx';

interface LimitMeterProps {
  readonly limit: LimitState;
  /** Leaves out the line about holds and the next window, for lists. */
  readonly brief?: boolean;
  /** The calls that the limit counts; null where days cannot tell them. */
  readonly rows: ActivitySearch | null;
  /** Stands at the end of that line. */
  readonly action?: ReactNode;
}

/** The bar of a limit with its figures. */
export function LimitMeter({ limit, rows, brief = false, action }: LimitMeterProps) {
  const amountOf = (amount: string | number) => formatLimit(limit.unit, amount);
  const spent = t.limits.spentOf(
    formatLimitNumber(limit.unit, limit.settled),
    amountOf(limit.amount),
    formatPeriod(limit.per),
  );
  const left = t.limits.left(amountOf(limit.remaining));
  const isUsedUp = limitNumber(limit.unit, limit.remaining) <= 0;
  return (
    <div>
      <div className="figures flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
        <span className={isUsedUp ? 'font-semibold text-danger' : 'font-semibold'}>{left}</span>
        {rows ? (
          <Link to="/activity" search={rows} className="link text-muted">
            {spent}
          </Link>
        ) : (
          <span className="text-muted">{spent}</span>
        )}
      </div>
      <Bar limit={limit} label={spent} />
      {!brief && (
        <div className="mt-1 flex items-baseline justify-between gap-x-4">
          <Details limit={limit} />
          {action}
        </div>
      )}
    </div>
  );
}

function Bar({ limit, label }: { readonly limit: LimitState; readonly label: string }) {
  const { settled, held } = limitShares(limit);
  const used = settled + held;
  const fill = used >= 1 ? 'bg-danger' : used >= 0.8 ? 'bg-brass' : 'bg-accent';
  const [spentText, heldText, leftText] = [limit.settled, limit.held, limit.remaining].map((amount) =>
    formatLimit(limit.unit, amount),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a native meter cannot show spent and held side by side
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(used * 100)}
      aria-valuetext={t.limits.meter(spentText ?? '', heldText ?? '', leftText ?? '')}
      className="mt-1.5 flex h-2 overflow-hidden rounded-full bg-line"
    >
      <div className={fill} style={{ width: `${settled * 100}%` }} />
      <div className="held-pattern" style={{ width: `${held * 100}%` }} />
    </div>
  );
}

function Details({ limit }: { readonly limit: LimitState }) {
  const nowMs = useNow();
  const words = [
    limitNumber(limit.unit, limit.held) > 0 && t.limits.held(formatLimit(limit.unit, limit.held)),
    limit.reset && t.limits.reset(formatLimit(limit.unit, limit.reset.amount)),
    limit.window_ends_at && t.limits.startsAgain(untilTime(limit.window_ends_at, nowMs)),
  ].filter(Boolean);
  return <p className="figures text-sm text-muted">{words.join(' · ')}</p>;
}
