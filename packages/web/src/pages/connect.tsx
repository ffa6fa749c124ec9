// Connect an app: choose the program and what it may do, get an address and a token once, see the first call arrive. What was chosen
// stands in the URL. The token lives in this page's memory only; it MUST NOT reach the URL or the browser's storage.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { meQuery, providerKeysQuery, providersQuery } from '../api/queries.ts';
import type { CreatedGrant, Provider } from '../api/types.ts';
import { listNames } from '../format/list.ts';
import { t } from '../messages/messages.ts';
import { isReady } from '../rules/new-grant.ts';
import { findProgram, type Program, providersFor } from '../rules/programs.ts';
import { buttonClass } from '../ui/button.tsx';
import { CodeBlock } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { useStartAtHeading } from '../ui/start-at-heading.ts';
import { ConnectForm } from './connect/connect-form.tsx';
import { ConnectReady } from './connect/connect-ready.tsx';
import { ProgramList } from './connect/program-list.tsx';

/** What was created, and the model to try it with; null if none is known. */
export interface Connected {
  readonly grant: CreatedGrant;
  readonly model: string | null;
}

/** The list of programs; once one is chosen (or a provider, for a program that is not in the list), what it may do. */
export function ConnectPage() {
  const { app, provider } = getRouteApi('/connect').useSearch();
  const program = findProgram(app);
  if (!program && app !== 'other' && !provider) return <ProgramList />;
  return <ConnectProgram key={program?.id} program={program} />;
}

interface ConnectProgramProps {
  /** None: one that is not in the list. */
  readonly program: Program | undefined;
}

/** The form, and after it the values to paste. */
function ConnectProgram({ program }: ConnectProgramProps) {
  const [connected, setConnected] = useState<Connected | null>(null);
  if (!connected) return <ConnectStart program={program} onConnected={setConnected} />;
  return <ConnectReady {...connected} program={program} onAnother={() => setConnected(null)} />;
}

interface ConnectStartProps extends ConnectProgramProps {
  readonly onConnected: (connected: Connected) => void;
}

function ConnectStart({ program, onConnected }: ConnectStartProps) {
  const providers = useQuery(providersQuery);
  const keys = useQuery(providerKeysQuery);
  useStartAtHeading();
  const form = (fitting: readonly Provider[]) => (
    <QueryView query={keys}>
      {({ data }) => (
        <ConnectForm name={program?.name ?? ''} providers={fitting} keys={data} onConnected={onConnected} />
      )}
    </QueryView>
  );
  return (
    <Page
      title={program ? t.programs.title(program.name) : t.connect.title}
      lead={program ? t.programs.formLead : t.connect.lead}
      above={
        <Link to="/connect" className="link mb-1 inline-block text-sm">
          {t.programs.all}
        </Link>
      }
    >
      <QueryView query={providers}>
        {({ data }) => {
          const fitting = providersFor(program, data);
          if (!fitting.some(isReady)) return <NoAccount program={program} fitting={fitting} />;
          return (
            <>
              <SetupTool program={program} />
              {form(fitting)}
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}

/** The same from a terminal, for programs whose settings our own tool writes. */
function SetupTool({ program }: ConnectProgramProps) {
  const { data: me } = useQuery(meQuery);
  if (!program?.setup || !me) return null;
  const command = `npx valetkey setup ${program.setup}`;
  return (
    <div className="max-w-2xl">
      <p className="mb-2 text-sm text-muted">{t.programs.setupTool(program.name)}</p>
      <CodeBlock code={`npx valetkey login --url ${me.issuer}\n${command}`} label={command} />
    </div>
  );
}

interface NoAccountProps extends ConnectProgramProps {
  readonly fitting: readonly Provider[];
}

/** What stands in place of the form while there is no account that it could draw on. */
function NoAccount({ program, fitting }: NoAccountProps) {
  const labels = listNames(fitting.map(({ label }) => label));
  const title = program && labels ? t.programs.needsAccount(program.name, labels) : t.connect.noProvider;
  return (
    <Empty title={title}>
      <Link to="/accounts" search={{ add: fitting[0]?.name }} className={buttonClass('primary')}>
        {t.connect.addKey}
      </Link>
    </Empty>
  );
}
