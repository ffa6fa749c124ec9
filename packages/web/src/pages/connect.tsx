// Connect an app: choose what it may do, get an address and a token once, see the first call arrive. The token lives in
// this page's memory only; MUST NOT reach the URL or the browser's storage.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { providerKeysQuery, providersQuery } from '../api/queries.ts';
import type { CreatedGrant } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { buttonClass } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { ConnectForm } from './connect/connect-form.tsx';
import { ConnectReady } from './connect/connect-ready.tsx';

/** What was created, and the model to try it with; null if none is known. */
export interface Connected {
  readonly grant: CreatedGrant;
  readonly model: string | null;
}

/** The form, and after it the values to paste. */
export function ConnectPage() {
  const [connected, setConnected] = useState<Connected | null>(null);
  const providers = useQuery(providersQuery);
  const keys = useQuery(providerKeysQuery);
  if (connected) return <ConnectReady {...connected} onAnother={() => setConnected(null)} />;
  return (
    <Page title={t.connect.title} lead={t.connect.lead}>
      <QueryView query={providers}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={t.connect.noProvider}>
              <Link to="/accounts" className={buttonClass('primary')}>
                {t.connect.addKey}
              </Link>
            </Empty>
          ) : (
            <QueryView query={keys}>
              {(held) => <ConnectForm providers={data} keys={held.data} onConnected={setConnected} />}
            </QueryView>
          )
        }
      </QueryView>
    </Page>
  );
}
