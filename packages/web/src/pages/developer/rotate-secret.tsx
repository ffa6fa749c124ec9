// Makes a new client secret after asking, and shows it once.

import { useState } from 'react';
import { rotateClientSecret } from '../../api/endpoints.ts';
import type { Client } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { SecretDialog } from '../../ui/secret-dialog.tsx';

/** The button with its dialogs. */
export function RotateSecret({ client }: { readonly client: Client }) {
  const [isAsking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const rotate = useAction(
    () => rotateClientSecret(client.id),
    (made) => {
      setAsking(false);
      setSecret(made.client_secret);
    },
  );
  return (
    <>
      <Button onClick={() => setAsking(true)} aria-label={t.developer.rotateOf(client.name)}>
        {t.developer.rotate}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={t.developer.rotateTitle(client.name)}
          confirm={t.developer.rotateConfirm}
          busy={rotate.isPending}
          error={rotate.error}
          onConfirm={() => rotate.mutate(undefined)}
          onClose={() => setAsking(false)}
        >
          <p>{t.developer.rotateEffect}</p>
        </ConfirmDialog>
      )}
      {secret !== null && (
        <SecretDialog
          title={t.developer.rotated(client.name)}
          text={t.developer.secretOnce}
          values={[{ label: t.developer.secret, value: secret }]}
          onDone={() => setSecret(null)}
        />
      )}
    </>
  );
}
