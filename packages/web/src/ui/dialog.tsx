// Dialogs on the browser's own modal <dialog>: focus is kept inside and given back, Escape closes, and no library has to
// inject styles, which the Content-Security-Policy would refuse.

import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { t } from '../messages/messages.ts';
import { Button, type ButtonTone } from './button.tsx';
import { FormError } from './error-panel.tsx';

interface DialogProps {
  readonly title: string;
  /** Called on Escape as well; the parent then stops rendering the dialog. */
  readonly onClose: () => void;
  /** Whether Escape does nothing, because what is shown cannot be shown again. */
  readonly isSticky?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog that is open as long as it is rendered. */
export function Dialog({ title, onClose, isSticky = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    // Closing before removal is what makes the browser give focus back to where it was.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!isSticky) onClose();
      }}
      // A browser may close it all the same, on a second Escape: then the parent has to know.
      onClose={() => dialog.current?.open === false && onClose()}
      // The top layer is above everything anyway; the number says so to tools that go by styles, such as axe.
      className="z-40 w-[min(34rem,calc(100vw-1.5rem))] max-h-[calc(100dvh-1.5rem)] rounded-xl border border-line bg-surface p-5 wrap-anywhere shadow-xl sm:p-6"
    >
      <h2 id={titleId} className="mb-3 text-lg font-semibold text-balance">
        {title}
      </h2>
      {children}
    </dialog>
  );
}

/** The row of buttons that ends a dialog. */
export const DialogActions = ({ children }: { readonly children: ReactNode }) => (
  <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>
);

interface ConfirmDialogProps extends DialogProps {
  readonly confirm: string;
  /** Of the button that confirms; as for an end unless given. */
  readonly tone?: ButtonTone;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
}

/** Asks before what cannot be undone. `children` state the effect; Cancel comes first, so that Enter by itself does nothing. */
export function ConfirmDialog({
  confirm,
  tone = 'danger-solid',
  busy,
  error,
  onConfirm,
  children,
  ...dialog
}: ConfirmDialogProps) {
  return (
    <Dialog {...dialog}>
      <div className="space-y-2 text-muted">{children}</div>
      <FormError error={error} />
      <DialogActions>
        <Button onClick={dialog.onClose}>{t.common.cancel}</Button>
        <Button tone={tone} busy={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
