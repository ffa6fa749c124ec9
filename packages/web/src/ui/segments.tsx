// A choice between views of one page, each a link, so that the URL carries it.

import type { ReactNode } from 'react';

interface SegmentsProps {
  readonly label: string;
  /** Links with the class from `segmentClass`. */
  readonly children: ReactNode;
}

/** The row of links. */
export const Segments = ({ label, children }: SegmentsProps) => (
  <nav aria-label={label} className="inline-flex rounded-md border border-edge/50 bg-surface p-0.5 text-sm">
    {children}
  </nav>
);

/** The class of one link, chosen or not. */
export const segmentClass = (isCurrent: boolean): string =>
  `inline-flex min-h-7 items-center rounded-[5px] px-2.5 ${isCurrent ? 'bg-tint font-medium' : 'text-muted hover:text-ink'}`;
