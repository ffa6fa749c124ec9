// The chain of a call as nested lists: provider key, grants on the way with all their children. What the call drew on is marked in words,
// not by colour alone.

import { Link } from '@tanstack/react-router';
import type { GraphNode } from '../../api/audit-types.ts';
import { known } from '../../format/known.ts';
import { formatLimit, formatLimitNumber, formatPeriod } from '../../format/limit.ts';
import { formatUsdFine } from '../../format/money.ts';
import { t } from '../../messages/messages.ts';
import { Facts } from '../../ui/facts.tsx';

interface ChainTreeProps {
  readonly nodes: readonly GraphNode[];
  readonly names: Readonly<Record<string, string>>;
  readonly label: string;
  /** What is said of the links of the call. */
  readonly through: string;
}

/** The lists. */
export const ChainTree = ({ nodes, names, label, through }: ChainTreeProps) => (
  <ul aria-label={label} className="sheet px-4 sm:px-5">
    {nodes.map((node) => (
      <ChainItem key={node.link_id} node={node} names={names} through={through} />
    ))}
  </ul>
);

interface ChainItemProps extends Pick<ChainTreeProps, 'names' | 'through'> {
  readonly node: GraphNode;
}

function ChainItem({ node, names, through }: ChainItemProps) {
  const { is_on_path: isOnPath, children, limits } = node;
  return (
    <li className="border-line not-first:border-t">
      <div className={`my-1 rounded-md py-2.5 ${isOnPath ? '-mx-2.5 bg-tint px-2.5' : ''}`}>
        <div className="flex flex-wrap items-baseline gap-x-3">
          <Name node={node} names={names} />
          {isOnPath && <span className="text-sm text-accent">{through}</span>}
          {node.status !== 'active' && (
            <span className="text-sm text-warn">{known(t.callGraph.status, node.status) ?? node.status}</span>
          )}
        </div>
        <Facts>{factsOf(node)}</Facts>
        {limits.length > 0 && (
          <ul className="figures text-sm">
            {limits.map((limit) => (
              <li key={`${limit.unit} ${limit.per}`}>{limitWords(limit)}</li>
            ))}
          </ul>
        )}
      </div>
      {children.length > 0 && (
        <ul className="mb-2 ml-1 border-l-2 border-brass/60 pl-3 sm:pl-5">
          {children.map((child) => (
            <ChainItem key={child.link_id} node={child} names={names} through={through} />
          ))}
        </ul>
      )}
    </li>
  );
}

function Name({ node, names }: { readonly node: GraphNode; readonly names: ChainTreeProps['names'] }) {
  const { grant_id: grantId, link_id: linkId, key_version: version } = node;
  if (grantId === null)
    return (
      <span className="font-semibold wrap-anywhere">{t.callGraph.key(names[linkId] ?? linkId, version)}</span>
    );
  return (
    <Link to="/apps/$grantId" params={{ grantId }} className="title-link">
      {names[grantId] ?? grantId}
    </Link>
  );
}

const factsOf = (node: GraphNode): readonly (string | false | null)[] => [
  node.actor ? t.callGraph.actsAs(node.actor) : node.client_id,
  node.key_thumbprint && t.callGraph.boundTo(node.key_thumbprint),
  node.settled_usd === null || node.held_usd === null
    ? t.callGraph.spentPruned
    : t.callGraph.spent(formatUsdFine(node.settled_usd), formatUsdFine(node.held_usd)),
  !node.is_on_path && node.below > 0 && t.callGraph.below(node.below),
  t.callGraph.entries(node.created_seq, node.changed_seq),
];

const limitWords = ({ unit, per, amount, settled, held }: GraphNode['limits'][number]): string => {
  const words = (value: string | number | null) => {
    if (value === null) return t.callGraph.pruned;
    return unit === 'usd' ? formatUsdFine(String(value)) : formatLimitNumber(unit, value);
  };
  return t.callGraph.limit(formatLimit(unit, amount), formatPeriod(per), words(settled), words(held));
};
