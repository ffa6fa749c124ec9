// The frame of a page: title (also of the document), one line of purpose, its actions; and the sections below.

import { type ReactNode, useId } from 'react';
import { t } from '../messages/messages.ts';

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** What stands above the title, such as the way back. */
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page. Its heading takes the focus after navigation, so that the new page is read out. */
export function Page({ title, lead, above, actions, children }: PageProps) {
  return (
    <>
      <title>{t.pageTitle(title)}</title>
      <header className="mb-8 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          {above}
          <h1 tabIndex={-1} className="text-2xl font-semibold tracking-tight text-balance wrap-anywhere">
            {title}
          </h1>
          {lead && <div className="mt-1 max-w-prose text-muted">{lead}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      <div className="space-y-10">{children}</div>
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page. */
export function Section({ title, lead, aside, children }: SectionProps) {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId}>
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id={titleId} className="text-base font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {lead && <p className="-mt-2 mb-3 max-w-prose text-sm text-muted">{lead}</p>}
      {children}
    </section>
  );
}
