// Short facts in one line. Each wraps as a whole while there is room, and no dot between them begins or ends a line.

import { Children, isValidElement, type ReactNode } from 'react';

interface FactsProps {
  readonly children: ReactNode;
  /** In place of small and muted. */
  readonly className?: string;
  /** Whether the first fact begins large. MUST NOT be where it is an address or a secret's end: those stand as they are. */
  readonly isSentence?: boolean;
}

/** The line; each child is a fact, and what renders nothing is none. */
export const Facts = ({ children, className = 'text-sm text-muted', isSentence }: FactsProps) => (
  <p className={`facts ${className} ${isSentence ? '*:first:first-letter:uppercase' : ''}`}>
    {Children.toArray(children).map((fact, at) => (
      <span key={isValidElement(fact) ? fact.key : String(fact)}>
        {at > 0 && <span className="fact-dot"> · </span>}
        {fact}
      </span>
    ))}
  </p>
);
