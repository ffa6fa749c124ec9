// Developer apps: the OAuth clients that this owner registered. A client secret is shown once, when it is made.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { clientsQuery, meQuery } from '../api/queries.ts';
import type { RegisteredClient } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { SecretDialog } from '../ui/secret-dialog.tsx';
import { ClientRow } from './developer/client-row.tsx';
import { RegisterDialog } from './developer/register-dialog.tsx';

/** The list of clients. */
export function DeveloperPage() {
  const [isRegistering, setRegistering] = useState(false);
  const [registered, setRegistered] = useState<RegisteredClient | null>(null);
  const clients = useQuery(clientsQuery);
  const register = (
    <Button tone="primary" onClick={() => setRegistering(true)}>
      {t.developer.register}
    </Button>
  );
  const show = (client: RegisteredClient) => {
    setRegistering(false);
    setRegistered(client);
  };
  return (
    <Page title={t.developer.title} lead={t.developer.lead} actions={register}>
      <QueryView query={clients}>
        {({ data }) =>
          data.length === 0 ? (
            <NoClients />
          ) : (
            <ul className="space-y-4">
              {data.map((client) => (
                <ClientRow key={client.id} client={client} />
              ))}
            </ul>
          )
        }
      </QueryView>
      {isRegistering && <RegisterDialog onRegistered={show} onClose={() => setRegistering(false)} />}
      {registered && <Credentials client={registered} onDone={() => setRegistered(null)} />}
    </Page>
  );
}

function Credentials({ client, onDone }: { readonly client: RegisteredClient; readonly onDone: () => void }) {
  const secret = client.client_secret;
  return (
    <SecretDialog
      title={t.developer.registered(client.name)}
      text={secret ? t.developer.secretOnce : t.developer.publicText}
      values={[
        { label: t.developer.clientId, value: client.id },
        ...(secret ? [{ label: t.developer.secret, value: secret }] : []),
      ]}
      onDone={onDone}
    />
  );
}

function NoClients() {
  const { data: me } = useQuery(meQuery);
  return (
    <Empty title={t.developer.empty} text={t.developer.emptyText}>
      {me && (
        <CopyField
          label={t.developer.discovery}
          value={`${me.issuer}/.well-known/oauth-authorization-server`}
        />
      )}
    </Empty>
  );
}
