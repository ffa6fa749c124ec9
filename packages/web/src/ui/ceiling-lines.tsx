// What stands below typed limits where a ceiling above them leaves less: said beforehand, and nothing is kept from being saved.

import { useQuery } from '@tanstack/react-query';
import { ceilingsQuery } from '../api/alerts.ts';
import { type TypedSet, typedCeilingLines } from '../rules/ceilings.ts';

/** The sentences; nothing where there is enough, or while it is not known. */
export function CeilingLines({ sets }: { readonly sets: readonly TypedSet[] }) {
  const { data: ceilings } = useQuery(ceilingsQuery);
  if (!ceilings) return null;
  return typedCeilingLines(ceilings, sets).map((line) => (
    <p key={line} role="note" className="text-sm text-warn">
      {line}
    </p>
  ));
}
