// Buttons. A button that is working stays focusable and says so, so that focus is never lost to a disabled control.

import type { ComponentProps } from 'react';
import { t } from '../messages/messages.ts';

/** How much a button weighs: one primary on a page, danger where something ends. */
export type ButtonTone = 'primary' | 'quiet' | 'danger' | 'danger-solid';

/** The classes of a button, for links that look like one. */
export const buttonClass = (tone: ButtonTone = 'quiet'): string => `button button-${tone}`;

interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: ButtonTone;
  /** While true the button ignores presses and shows that it is working. */
  readonly busy?: boolean;
}

/** A button; `type` is `button` unless given. */
export function Button({ tone, busy = false, className = '', children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${buttonClass(tone)} ${className}`}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy ? t.common.working : children}
    </button>
  );
}
