// Where a grant stands among those that were delegated: by whom, and what hangs below it.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { grantQuery } from '../../api/queries.ts';
import type { Grant } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import type { Branch } from '../../rules/delegation.ts';
import { grantName, identityOf, isNamedByParent, mayDelegate } from '../../rules/grants.ts';
import { Section } from '../../ui/page.tsx';
import { GrantTree } from '../delegation/grant-tree.tsx';

/** Who delegated the grant, and whether its name is more than that one's word. */
export function DelegatedBy({ grant, parentId }: { readonly grant: Grant; readonly parentId: string }) {
  const { data: parent } = useQuery(grantQuery(parentId));
  return (
    <>
      <span>
        {t.delegation.by}{' '}
        <Link to="/apps/$grantId" params={{ grantId: parentId }} className="link wrap-anywhere">
          {parent ? grantName(parent) : parentId}
        </Link>
        , {t.delegation[identityOf(grant)]}
      </span>
      {!isNamedByParent(grant) && grant.client?.url && (
        <span className="wrap-anywhere">{grant.client.url}</span>
      )}
    </>
  );
}

/** The grants below, with the way to the whole tree; nothing for a grant that may not delegate and never did. */
export function DelegatedSection({ branch }: { readonly branch: Branch }) {
  const { grant, children } = branch;
  if (children.length === 0 && !mayDelegate(grant)) return null;
  const whole = (children.length > 0 || grant.depth > 0) && (
    <Link to="/delegation" search={{ grant_id: grant.id }} className="link text-sm">
      {t.delegation.whole}
    </Link>
  );
  return (
    <Section title={t.delegation.section} aside={whole}>
      {children.length === 0 ? (
        <p className="text-sm text-muted">{t.delegation.emptyOf(grantName(grant))}</p>
      ) : (
        <GrantTree label={t.delegation.section} branches={children} />
      )}
    </Section>
  );
}
