// Puts a key into the vault. The key lives in this form only until it is sent; it is never stored in the browser.

import { type FormEvent, useState } from 'react';
import { addProviderKey } from '../../api/endpoints.ts';
import type { Provider } from '../../api/types.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { FormError } from '../../ui/error-panel.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { KeyField } from './key-field.tsx';

/** What the dialog takes. */
export interface AddKeyDialogProps {
  /** All; a simulated one takes no key. */
  readonly providers: readonly Provider[];
  /** Name of the provider that is chosen at first; without one, the first that has no key. */
  readonly wanted: string | undefined;
  readonly onClose: () => void;
}

/** The dialog. */
export function AddKeyDialog({ providers: all, wanted, onClose }: AddKeyDialogProps) {
  const providers = all.filter(({ simulated }) => !simulated);
  const first =
    providers.find(({ name }) => name === wanted) ?? providers.find((one) => !one.has_key) ?? providers[0];
  const [provider, setProvider] = useState(first?.name);
  const notice = useNotice();
  const add = useAction(addProviderKey, (added) => {
    onClose();
    notice(
      t.accounts.addedNotice(providers.find((one) => one.name === added.provider)?.label ?? added.provider),
    );
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const label = String(form.get('label')).trim();
    add.mutate({
      provider: provider ?? '',
      key: String(form.get('key')).trim(),
      ...(label !== '' && { label }),
    });
  };
  return (
    <Dialog title={t.accounts.addTitle} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <SelectField
          label={t.accounts.provider}
          value={provider}
          onChange={(event) => setProvider(event.target.value)}
        >
          {providers.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </SelectField>
        <KeyField optional={providers.some(({ name, key_required }) => name === provider && !key_required)} />
        <TextField
          label={t.accounts.label}
          hint={t.accounts.labelHint}
          name="label"
          optional
          maxLength={60}
        />
        <FormError error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" tone="primary" busy={add.isPending}>
            {t.accounts.add}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
