// What stands where nothing is yet: says so, and how to begin.

import type { ReactNode } from 'react';

interface EmptyProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

/** An empty state. */
export const Empty = ({ title, text, children }: EmptyProps) => (
  <div className="rounded-lg border border-dashed border-edge/60 px-5 py-6">
    <p className="font-medium">{title}</p>
    {text && <p className="mt-1 max-w-prose text-muted">{text}</p>}
    {children && <div className="mt-4 space-y-4">{children}</div>}
  </div>
);
