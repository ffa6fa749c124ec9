// The key-shaped token of a grant: it cannot be shown again, only replaced.

import { useState } from 'react';
import { replaceToken } from '../../api/endpoints.ts';
import type { Grant } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { Section } from '../../ui/page.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';

/** Explains the token and offers a new one. */
export function TokenSection({ grant }: { readonly grant: Grant }) {
  const [isAsking, setAsking] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const replace = useAction(
    () => replaceToken(grant.id),
    (made) => {
      setAsking(false);
      setToken(made.token);
    },
  );
  return (
    <Section title={t.app.token} lead={t.app.tokenText}>
      <Button onClick={() => setAsking(true)}>{t.app.replaceToken}</Button>
      {isAsking && (
        <ConfirmDialog
          title={t.app.replaceTitle}
          confirm={t.app.replaceConfirm}
          busy={replace.isPending}
          error={replace.error}
          onConfirm={() => replace.mutate(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>{t.app.replaceEffect}</p>
        </ConfirmDialog>
      )}
      {token !== null && (
        <SecretDialog
          title={t.app.newToken}
          text={t.app.copyNow}
          values={[{ label: t.app.token, value: token }]}
          onDone={() => setToken(null)}
        />
      )}
    </Section>
  );
}
