// A download of the whole journal. A browser cannot ask a person in the middle of a download, so it is asked before.

import { type MouseEvent, type ReactNode, useRef } from 'react';
import { confirmPerson } from '../../api/client.ts';
import { buttonClass } from '../../ui/button.tsx';

interface ExportLinkProps {
  readonly href: string;
  /** Name of the file; without one, the server's. */
  readonly name?: string;
  readonly children: ReactNode;
}

/** A link that looks like a button. */
export function ExportLink({ href, name = '', children }: ExportLinkProps) {
  const isConfirmed = useRef(false);
  const confirm = async (event: MouseEvent<HTMLAnchorElement>) => {
    if (isConfirmed.current) return;
    event.preventDefault();
    const link = event.currentTarget;
    isConfirmed.current = await confirmPerson();
    if (isConfirmed.current) link.click();
    isConfirmed.current = false;
  };
  return (
    <a href={href} download={name} className={buttonClass()} onClick={(event) => void confirm(event)}>
      {children}
    </a>
  );
}
