// Shows a secret once: a token or a client secret. MUST NOT be closed by accident: Escape does nothing here, only Done.

import { t } from '../messages/messages.ts';
import { Button } from './button.tsx';
import { CopyField } from './copy.tsx';
import { Dialog, DialogActions } from './dialog.tsx';

interface SecretDialogProps {
  readonly title: string;
  readonly text: string;
  readonly values: readonly { readonly label: string; readonly value: string }[];
  readonly onDone: () => void;
}

/** The dialog with the values to copy. */
export function SecretDialog({ title, text, values, onDone }: SecretDialogProps) {
  return (
    <Dialog title={title} onClose={onDone} isSticky>
      <p className="mb-4 text-muted">{text}</p>
      <div className="space-y-4">
        {values.map(({ label, value }) => (
          <CopyField key={label} label={label} value={value} />
        ))}
      </div>
      <DialogActions>
        <Button tone="primary" onClick={onDone}>
          {t.common.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
