// Calls as a ledger: what was asked, what it cost, how it ended. On a phone the same facts stand in two columns.

import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Call } from '../api/types.ts';
import { formatCount } from '../format/limit.ts';
import { formatUsdFine } from '../format/money.ts';
import { duration } from '../format/time.ts';
import { t } from '../messages/messages.ts';
import { callersAbove } from '../rules/delegation.ts';
import { LedgerHead } from './ledger-head.tsx';
import { LocalTime } from './moment.tsx';
import { CallStatusMark } from './status.tsx';

/** What the table takes. */
export interface CallsTableProps {
  readonly calls: readonly Call[];
  /** The names of grants by id, for the app of each row and those it came through; null on an app's own page, which needs no name. */
  readonly names: ReadonlyMap<string, string> | null;
}

/** The table of calls, newest first as given. */
export function CallsTable({ calls, names }: CallsTableProps) {
  return (
    <table className="ledger">
      <caption className="sr-only">{t.call.table}</caption>
      <LedgerHead
        columns={[
          [names ? t.call.app : t.call.model],
          [t.call.time, 'max-md:hidden'],
          [t.call.tokens, 'text-right max-sm:hidden'],
          [t.call.cost, 'text-right max-sm:pr-0'],
          [t.call.status, 'pl-4 max-sm:hidden'],
          [t.call.request, 'max-lg:hidden'],
        ]}
      />
      <tbody>
        {calls.map((call) => (
          <CallRow key={call.id} call={call} names={names} />
        ))}
      </tbody>
    </table>
  );
}

interface CallRowProps extends Pick<CallsTableProps, 'names'> {
  readonly call: Call;
}

/** Drawn again only when its call or a name has changed: a longer list draws its new rows alone. */
const CallRow = memo(({ call, names }: CallRowProps) => {
  const model = <span className="wrap-anywhere">{call.model ?? t.call.noModel}</span>;
  return (
    <tr>
      <td className="max-sm:w-full">
        {names ? (
          <>
            {callersAbove(call, names).map(({ id, name }) => (
              <span key={id}>
                <GrantLink id={id} name={name} /> ›{' '}
              </span>
            ))}
            <span className="font-medium">
              <GrantLink id={call.grant_id} name={call.client_name ?? call.grant_name} />
            </span>
            <div className="text-muted">{model}</div>
          </>
        ) : (
          <span className="font-medium">{model}</span>
        )}
        {call.device && (
          <div className="text-muted wrap-anywhere">
            {t.devices.from} {call.device.name}
          </div>
        )}
        <div className="text-muted md:hidden">
          <LocalTime at={call.at} />
        </div>
        <div className="sm:hidden">
          <Reasons call={call} />
        </div>
        <RequestId call={call} className="lg:hidden" />
      </td>
      <td className="max-md:hidden">
        <LocalTime at={call.at} />
        <div className="figures text-muted">{timing(call)}</div>
      </td>
      <td className="figures text-right max-sm:hidden">
        <Tokens call={call} />
      </td>
      <td className="figures text-right max-sm:min-w-34 max-sm:pr-0">
        <Cost call={call} />
        <div className="mt-1 sm:hidden">
          <CallStatusMark status={call.status} />
        </div>
      </td>
      <td className="pl-4 max-sm:hidden">
        <CallStatusMark status={call.status} />
        <Reasons call={call} />
      </td>
      <td className="max-lg:hidden">
        <RequestId call={call} />
      </td>
    </tr>
  );
});

const Reasons = ({ call: { refusal, anomalies } }: { readonly call: Call }) => (
  <>
    {refusal && <div className="font-mono text-xs text-muted wrap-anywhere">{refusal}</div>}
    {anomalies.length > 0 && (
      <div className="font-mono text-xs text-warn wrap-anywhere">{anomalies.join(' ')}</div>
    )}
  </>
);

const GrantLink = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <Link to="/apps/$grantId" params={{ grantId: id }} className="link wrap-anywhere">
    {name}
  </Link>
);

function timing(call: Call): string {
  const words = [call.duration_ms !== null && duration(call.duration_ms), call.stream && t.call.streamed];
  return words.filter(Boolean).join(' · ');
}

function RequestId({ call, className = '' }: { readonly call: Call; readonly className?: string }) {
  const link = call.status === 'refused' ? t.callGraph.linkRefused : t.callGraph.link;
  return (
    <div className={className}>
      <div className="font-mono text-xs text-muted wrap-anywhere select-all">{call.request_id}</div>
      <Link
        to="/activity/$callId"
        params={{ callId: call.id }}
        aria-label={t.callGraph.linkOf(link, call.request_id)}
        className="link inline-flex min-h-6 items-center text-sm"
      >
        {link}
      </Link>
    </div>
  );
}

function Tokens({ call }: { readonly call: Call }) {
  if (call.tokens === null) return '–';
  return (
    <>
      <span className="whitespace-nowrap">
        {t.call.tokenCounts(formatCount(call.tokens.input), formatCount(call.tokens.output))}
      </span>
      {call.tokens.cached > 0 && (
        <div className="text-muted">{t.call.cached(formatCount(call.tokens.cached))}</div>
      )}
    </>
  );
}

function Cost({ call }: { readonly call: Call }) {
  if (call.status === 'refused') return '–';
  if (call.cost_usd === null)
    return <span className="text-warn">{t.call.held(formatUsdFine(call.held_usd))}</span>;
  return (
    <>
      <span className="font-medium">{formatUsdFine(call.cost_usd)}</span>
      <div className="text-muted">
        {call.unconfirmed ? t.call.unconfirmed : t.call.heldWas(formatUsdFine(call.held_usd))}
      </div>
    </>
  );
}
