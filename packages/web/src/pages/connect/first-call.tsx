// Waits for the first call of a new grant and says so when it arrives.

import { useQuery } from '@tanstack/react-query';
import { latestCallsQuery } from '../../api/queries.ts';
import { formatUsdFine } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';

const POLL_MS = 2_000;

/** The live line. Announced when it changes. */
export function FirstCall({ grantId }: { readonly grantId: string }) {
  const { data } = useQuery(latestCallsQuery({ grant_id: grantId, limit: 1 }, POLL_MS));
  const call = data?.data[0];
  return (
    <div
      role="status"
      className={`flex max-w-3xl items-center gap-4 rounded-lg border px-4 py-3.5 ${call ? 'border-accent bg-tint' : 'border-dashed border-edge/60'}`}
    >
      {call ? <Tick /> : <Waiting />}
      <p>
        <span className="font-semibold">{call ? t.connect.arrived : t.connect.waiting}</span>{' '}
        <span className="text-muted">
          {call
            ? t.connect.arrivedText(
                call.model ?? t.call.noModel,
                call.cost_usd === null ? t.connect.running : formatUsdFine(call.cost_usd),
              )
            : t.connect.waitingText}
        </span>
      </p>
    </div>
  );
}

const Tick = () => (
  <svg aria-hidden="true" viewBox="0 0 20 20" className="size-6 shrink-0 text-accent">
    <circle cx="10" cy="10" r="10" fill="currentColor" />
    <path d="m5.8 10.4 2.9 2.9 5.6-6" fill="none" className="stroke-on-accent" strokeWidth="2" />
  </svg>
);

const Waiting = () => (
  <span
    aria-hidden="true"
    className="size-5 shrink-0 rounded-full border-2 border-edge/50 border-t-accent motion-safe:animate-spin"
  />
);
