// One call: how it was allowed, or why not. The chain it drew on, with limits and spending as they stood, from the journal alone.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { callGraphQuery } from '../api/audit-queries.ts';
import type { CallGraph } from '../api/audit-types.ts';
import { formatUsdFine } from '../format/money.ts';
import { t } from '../messages/messages.ts';
import { Command } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { LocalTime } from '../ui/moment.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { CallStatusMark } from '../ui/status.tsx';
import { ChainTree } from './call/chain-tree.tsx';

const route = getRouteApi('/activity/$callId');

/** The page. */
export function CallPage() {
  const { callId } = route.useParams();
  const graph = useQuery(callGraphQuery(callId));
  const back = (
    <Link to="/activity" className="link mb-1 inline-block text-sm">
      {t.callGraph.back}
    </Link>
  );
  const isRefused = graph.data?.call.status === 'refused';
  const title = isRefused ? t.callGraph.titleRefused : t.callGraph.title;
  return (
    <Page title={title} lead={t.callGraph.lead} above={back}>
      <QueryView query={graph}>
        {(told) => (
          <>
            <Facts graph={told} />
            <Section title={t.callGraph.way} lead={t.callGraph.wayLead}>
              {told.trees.length === 0 ? (
                <Empty title={t.callGraph.unknown} />
              ) : (
                <ChainTree
                  nodes={told.trees}
                  names={told.names}
                  label={t.callGraph.tree}
                  through={isRefused ? t.callGraph.throughRefused : t.callGraph.through}
                />
              )}
            </Section>
            <Command code={t.callGraph.command(callId)} label={t.callGraph.commandLabel} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Facts({ graph: { call, entries, names } }: { readonly graph: CallGraph }) {
  const { facts } = t.callGraph;
  const device = call.device_id === null ? call.key_thumbprint : (names[call.device_id] ?? call.device_id);
  return (
    <Section title={t.callGraph.call}>
      <dl className="sheet divide-y divide-line">
        <Fact term={facts.status}>
          <CallStatusMark status={call.status} />{' '}
          {call.refusal && (
            <>
              {call.refusal} ·{' '}
              <a href={`/docs/errors/${call.refusal}`} className="link">
                {t.callGraph.meaning}
              </a>
            </>
          )}
        </Fact>
        <Fact term={facts.operation}>{call.operation}</Fact>
        <Fact term={facts.model}>{call.model}</Fact>
        <Fact term={facts.device}>{device}</Fact>
        <Fact term={facts.held}>{call.held_usd && formatUsdFine(call.held_usd)}</Fact>
        <Fact term={facts.cost}>{call.cost_usd && formatUsdFine(call.cost_usd)}</Fact>
        <Fact term={facts.prices}>{call.price_version}</Fact>
        <Fact term={facts.request}>{call.request_sha256 && <Hash value={call.request_sha256} />}</Fact>
        <Fact term={facts.response}>{call.response_sha256 && <Hash value={call.response_sha256} />}</Fact>
        {entries.map(({ seq, at, kind, hash }) => (
          <Fact key={seq} term={t.audit.entryOf(seq)}>
            {kind} · <LocalTime at={at} />
            <div>
              <Hash value={hash} />
            </div>
          </Fact>
        ))}
      </dl>
    </Section>
  );
}

const Hash = ({ value }: { readonly value: string }) => (
  <span className="font-mono text-xs text-muted select-all">{value}</span>
);

/** A line, unless there is nothing to say. */
const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) =>
  children === null || children === undefined ? null : (
    <div className="flex flex-wrap gap-x-6 px-4 py-2.5">
      <dt className="w-44 text-muted">{term}</dt>
      <dd className="min-w-0 grow basis-56 wrap-anywhere">{children}</dd>
    </div>
  );
