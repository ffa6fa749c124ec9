// The field for a provider key: not shown, not remembered by the browser.

import { t } from '../../messages/messages.ts';
import { TextField } from '../../ui/field.tsx';

/** A password field named `key`; password managers are asked not to keep it. */
export const KeyField = ({ optional = false }: { readonly optional?: boolean }) => (
  <TextField
    label={t.accounts.key}
    hint={t.accounts.keyHint}
    name="key"
    type="password"
    required={!optional}
    optional={optional}
    autoComplete="off"
    spellCheck={false}
    data-1p-ignore=""
    data-lpignore="true"
  />
);
