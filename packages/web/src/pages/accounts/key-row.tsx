// One provider key: its identity, its use, and test, replace, remove.

import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { testProviderKey } from '../../api/endpoints.ts';
import type { ProviderKey } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LastUsed, LocalTime } from '../../ui/moment.tsx';
import { StopControl } from '../stops/stop-control.tsx';
import { RemoveKeyDialog } from './remove-key-dialog.tsx';
import { ReplaceKeyDialog } from './replace-key-dialog.tsx';

interface KeyRowProps {
  readonly held: ProviderKey;
  /** The provider's name for people. */
  readonly provider: string;
}

/** A list item. */
export function KeyRow({ held, provider }: KeyRowProps) {
  const [open, setOpen] = useState<'replace' | 'remove' | null>(null);
  const test = useAction(() => testProviderKey(held.id));
  const name = `${provider} ${held.label}`;
  const close = () => setOpen(null);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="font-semibold wrap-anywhere">
          {provider} <span className="font-normal text-muted">{held.label}</span>
        </h2>
        <KeyFacts held={held} />
        <div role="status">
          {test.data && (
            <p className={`mt-1 text-sm font-medium ${test.data.ok ? 'text-accent' : 'text-danger'}`}>
              {test.data.ok ? t.accounts.testOk(test.data.message) : t.accounts.testFailed(test.data.message)}
            </p>
          )}
        </div>
        <FormError error={test.error} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          busy={test.isPending}
          onClick={() => test.mutate(undefined)}
          aria-label={t.accounts.testOf(name)}
        >
          {t.accounts.test}
        </Button>
        <Button onClick={() => setOpen('replace')} aria-label={t.accounts.replaceOf(name)}>
          {t.accounts.replace}
        </Button>
        <StopControl
          what={{ scope: 'provider_key', provider_key_id: held.id }}
          name={name}
          label={t.stops.key}
          spoken={t.stops.keyOf(name)}
        />
        <Button tone="danger" onClick={() => setOpen('remove')} aria-label={t.accounts.removeOf(name)}>
          {t.accounts.remove}
        </Button>
      </div>
      {open === 'replace' && <ReplaceKeyDialog held={held} name={name} onClose={close} />}
      {open === 'remove' && <RemoveKeyDialog held={held} name={name} onClose={close} />}
    </li>
  );
}

const KeyFacts = ({ held }: { readonly held: ProviderKey }) => (
  <Facts isSentence={held.last_four === ''}>
    {held.last_four !== '' && <span className="figures font-mono text-ink">…{held.last_four}</span>}
    <span>
      {held.replaced_at ? t.accounts.replaced : t.accounts.added}{' '}
      <LocalTime at={held.replaced_at ?? held.created_at} />
    </span>
    <LastUsed at={held.last_used_at} />
    {held.grants === 0 ? (
      t.accounts.unused
    ) : (
      <Link to="/apps" className="link">
        {t.accounts.usedBy(held.grants)}
      </Link>
    )}
  </Facts>
);
