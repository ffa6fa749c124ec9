// One registered app with what it needs to be built, and edit, new secret, delete.

import { useState } from 'react';
import type { Client } from '../../api/types.ts';
import { known } from '../../format/known.ts';
import { t } from '../../messages/messages.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Facts } from '../../ui/facts.tsx';
import { LocalTime } from '../../ui/moment.tsx';
import { DeleteClientDialog } from './delete-client-dialog.tsx';
import { EditClientDialog } from './edit-client-dialog.tsx';
import { RotateSecret } from './rotate-secret.tsx';

/** A list item. A client known by its metadata document is changed there, not here. */
export function ClientRow({ client }: { readonly client: Client }) {
  const [open, setOpen] = useState<'edit' | 'delete' | null>(null);
  const isOurs = client.origin === 'registered';
  const close = () => setOpen(null);
  return (
    <li className="sheet p-4 sm:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-8 gap-y-3">
        <div className="min-w-0">
          <h2 className="font-semibold wrap-anywhere">{client.name}</h2>
          <p className="text-sm text-muted wrap-anywhere">{client.url}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {isOurs && (
            <a
              href={`/consent/preview/${encodeURIComponent(client.id)}`}
              className={buttonClass()}
              aria-label={t.developer.previewOf(client.name)}
            >
              {t.developer.preview}
            </a>
          )}
          {isOurs && (
            <Button onClick={() => setOpen('edit')} aria-label={t.developer.editOf(client.name)}>
              {t.developer.edit}
            </Button>
          )}
          {isOurs && client.type === 'confidential' && <RotateSecret client={client} />}
          <Button
            tone="danger"
            onClick={() => setOpen('delete')}
            aria-label={t.developer.removeOf(client.name)}
          >
            {t.developer.remove}
          </Button>
        </div>
      </div>
      <ClientFacts client={client} />
      {open === 'edit' && <EditClientDialog client={client} onClose={close} />}
      {open === 'delete' && <DeleteClientDialog client={client} onClose={close} />}
    </li>
  );
}

function ClientFacts({ client }: { readonly client: Client }) {
  return (
    <dl className="mt-4 grid gap-x-8 gap-y-4 border-t border-line pt-4 text-sm md:grid-cols-2">
      <div className="min-w-0">
        <dt className="eyebrow">{t.developer.clientId}</dt>
        <dd className="mt-1 flex items-center gap-2">
          <code className="min-w-0 font-mono text-xs wrap-anywhere">{client.id}</code>
          <CopyButton text={client.id} what={`${t.developer.clientId}: ${client.name}`} />
        </dd>
      </div>
      <div className="min-w-0">
        <dt className="eyebrow">{t.developer.redirects}</dt>
        {client.redirect_uris.map((uri) => (
          <dd key={uri} className="mt-1 font-mono text-xs wrap-anywhere">
            {uri}
          </dd>
        ))}
      </div>
      <div className="text-muted md:col-span-2">
        <dt className="sr-only">{t.developer.type}</dt>
        <dd>
          <Facts className="">
            {known(t.developer.typeName, client.type) ?? client.type}
            {client.dpop_bound && t.developer.bound}
            {client.origin === 'metadata_document' && t.developer.byDocument}
            {t.developer.grants(client.grants)}
            <span>
              {t.developer.created} <LocalTime at={client.created_at} />
            </span>
          </Facts>
        </dd>
      </div>
    </dl>
  );
}
