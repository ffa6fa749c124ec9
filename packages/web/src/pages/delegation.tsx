// Delegation: the tree below what the owner gave, for one app or for all, with the means to cut any branch.

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { grantsQuery } from '../api/queries.ts';
import { t } from '../messages/messages.ts';
import { type Branch, findBranch, growTrees } from '../rules/delegation.ts';
import { grantName, isLive, mayDelegate } from '../rules/grants.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { Empty } from '../ui/empty.tsx';
import { Page } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { Segments, segmentClass } from '../ui/segments.tsx';
import { GrantTree } from './delegation/grant-tree.tsx';

const route = getRouteApi('/delegation');

/** The page. `?grant_id=` shows the one tree that the grant is in. */
export function DelegationPage() {
  const { grant_id: grantId, show } = route.useSearch();
  const grants = useQuery(grantsQuery(show ?? 'active'));
  const trees = growTrees(grants.data?.data ?? []);
  const tree = trees.find((root) => grantId !== undefined && findBranch([root], grantId));
  const choice = (
    <Segments label={t.apps.filter}>
      <Link to="/delegation" search={{ grant_id: grantId }} className={segmentClass(show === undefined)}>
        {t.apps.live}
      </Link>
      <Link
        to="/delegation"
        search={{ grant_id: grantId, show: 'all' }}
        className={segmentClass(show === 'all')}
      >
        {t.apps.all}
      </Link>
    </Segments>
  );
  const back = grantId !== undefined && (
    <Link to="/delegation" className="link mb-1 inline-block text-sm">
      {t.delegation.back}
    </Link>
  );
  return (
    <Page
      title={tree ? t.delegation.titleOf(grantName(tree.grant)) : t.delegation.title}
      lead={t.delegation.lead}
      above={back}
      actions={choice}
    >
      <QueryView query={grants}>
        {() => {
          if (tree) return <OneTree tree={tree} currentId={grantId} />;
          return (
            <>
              {grantId !== undefined && (
                <p role="status">{show === 'all' ? t.errors.notFound : t.delegation.notLive}</p>
              )}
              <AllTrees trees={trees} />
            </>
          );
        }}
      </QueryView>
    </Page>
  );
}

function AllTrees({ trees }: { readonly trees: readonly Branch[] }) {
  const delegating = trees.filter(({ children }) => children.length > 0);
  const others = trees.filter(({ grant, children }) => children.length === 0 && isLive(grant)).length;
  if (delegating.length === 0) return <NothingDelegated title={t.delegation.empty} />;
  return (
    <div className="space-y-5">
      {delegating.map((tree) => (
        <GrantTree key={tree.grant.id} label={t.delegation.tree(grantName(tree.grant))} branches={[tree]} />
      ))}
      {others > 0 && (
        <p className="text-sm text-muted">
          {t.delegation.others(others)}{' '}
          <Link to="/apps" className="link">
            {t.nav.apps}
          </Link>
        </p>
      )}
    </div>
  );
}

function OneTree({ tree, currentId }: { readonly tree: Branch; readonly currentId: string | undefined }) {
  const name = grantName(tree.grant);
  return (
    <div className="space-y-5">
      <GrantTree label={t.delegation.tree(name)} branches={[tree]} currentId={currentId} />
      {tree.children.length === 0 &&
        (mayDelegate(tree.grant) ? (
          <NothingDelegated title={t.delegation.emptyOf(name)} />
        ) : (
          <Empty title={t.delegation.emptyOf(name)} text={t.delegation.mayNot} />
        ))}
    </div>
  );
}

const NothingDelegated = ({ title }: { readonly title: string }) => (
  <Empty title={title} text={t.delegation.emptyText}>
    <CodeBlock code={t.delegation.command} label={t.delegation.commandLabel} />
  </Empty>
);
