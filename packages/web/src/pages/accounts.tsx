// AI accounts: the provider keys in the vault, of which only the last four characters are ever shown.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { providerKeysQuery, providersQuery } from '../api/queries.ts';
import type { Provider, ProviderKey } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { keylessProviders, lacksKey, ownKeys } from '../rules/accounts.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { AddKeyDialog, type AddKeyDialogProps } from './accounts/add-key-dialog.tsx';
import { KeyRow } from './accounts/key-row.tsx';

const route = getRouteApi('/accounts');

/** The list of keys, and the providers that need none. `?add=` opens the form unless there is a key already. */
export function AccountsPage() {
  const { add: wanted, return_to: returnTo } = route.useSearch();
  const navigate = useNavigate();
  const [isAdding, setAdding] = useState(false);
  const closeForm = () => {
    setAdding(false);
    void navigate({ to: '/accounts', search: { return_to: returnTo }, replace: true, resetScroll: false });
  };
  const providers = useQuery(providersQuery);
  const keys = useQuery(providerKeysQuery);
  const add = (
    <Button tone="primary" onClick={() => setAdding(true)}>
      {t.accounts.add}
    </Button>
  );
  return (
    <Page title={t.accounts.title} lead={t.accounts.lead} actions={add}>
      {returnTo && <WaitingApp consentPath={returnTo} />}
      <QueryView query={providers}>
        {({ data }) => (
          <>
            <QueryView query={keys}>
              {(held) => <Keys keys={ownKeys(held.data, data)} providers={data} />}
            </QueryView>
            <Keyless providers={keylessProviders(data)} />
            {isAdding ? (
              <AddKeyDialog providers={data} wanted={wanted} onClose={closeForm} />
            ) : (
              <WantedKey key={wanted} providers={data} wanted={wanted} onClose={closeForm} />
            )}
          </>
        )}
      </QueryView>
    </Page>
  );
}

/** The form that `?add=` asks for. Whether it opens is decided once: a key that arrives later takes it from nobody who types. */
function WantedKey(form: AddKeyDialogProps) {
  const [isLacking] = useState(() => lacksKey(form.providers, form.wanted));
  return isLacking && <AddKeyDialog {...form} />;
}

/** The way back for an owner whom a consent page sent here. That page is the server's: a plain link, not one of the router. */
const WaitingApp = ({ consentPath }: { readonly consentPath: string }) => (
  <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 rounded-lg border border-brass bg-tint px-4 py-3.5">
    <p className="min-w-0 flex-1 basis-72">
      <span className="font-semibold">{t.accounts.waiting}</span> {t.accounts.waitingText}
    </p>
    <a href={consentPath} className={buttonClass('primary')}>
      {t.accounts.goBack}
    </a>
  </div>
);

interface KeysProps {
  readonly keys: readonly ProviderKey[];
  readonly providers: readonly Provider[];
}

function Keys({ keys, providers }: KeysProps) {
  if (keys.length === 0) return <Empty title={t.accounts.emptyTitle} text={t.accounts.emptyText} />;
  return (
    <ul className="sheet divide-y divide-line">
      {keys.map((held) => (
        <KeyRow
          key={held.id}
          held={held}
          provider={providers.find((provider) => provider.name === held.provider)?.label ?? held.provider}
        />
      ))}
    </ul>
  );
}

const Keyless = ({ providers }: { readonly providers: readonly Provider[] }) => (
  <ul className="sheet divide-y divide-line empty:hidden">
    {providers.map((provider) => (
      <li
        key={provider.name}
        className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5"
      >
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="font-semibold">{provider.label}</h2>
          <p className="max-w-prose text-sm text-muted">
            {provider.simulated ? t.accounts.simulatedText : t.accounts.keyless}
          </p>
        </div>
        <Link to="/connect" search={{ provider: provider.name }} className={buttonClass()}>
          {t.accounts.tryIt}
        </Link>
      </li>
    ))}
  </ul>
);
