// The heads of a ledger's columns.

interface LedgerHeadProps {
  /** The title of each column, and the classes that it shares with its cells. */
  readonly columns: readonly (readonly [title: string, className?: string])[];
}

/** The head of a table of the class `ledger`. */
export const LedgerHead = ({ columns }: LedgerHeadProps) => (
  <thead>
    <tr>
      {columns.map(([title, className]) => (
        <th key={title} scope="col" className={className}>
          {title}
        </th>
      ))}
    </tr>
  </thead>
);
