// People: who has an account in this house, what they spend and may spend at most, and who is invited. For whoever runs the house.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Invitation,
  invitationsQuery,
  type Owner,
  ownersQuery,
  revokeInvitation,
} from '../api/people.ts';
import { useAction } from '../app/use-action.ts';
import { t } from '../messages/messages.ts';
import { maximaWords } from '../rules/maxima.ts';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { FormError } from '../ui/error-panel.tsx';
import { Facts } from '../ui/facts.tsx';
import { LocalTime } from '../ui/moment.tsx';
import { useNotice } from '../ui/notice.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { SecretDialog } from '../ui/secret-dialog.tsx';
import { InviteDialog } from './people/invite-dialog.tsx';
import { OwnerRow } from './people/owner-row.tsx';

/** The page. */
export function PeoplePage() {
  const [isInviting, setInviting] = useState(false);
  const [link, setLink] = useState<string | null>(null);
  const owners = useQuery(ownersQuery);
  const invitations = useQuery(invitationsQuery);
  const invite = (
    <Button tone="primary" onClick={() => setInviting(true)}>
      {t.people.invite}
    </Button>
  );
  const show = (made: { readonly link: string }) => {
    setInviting(false);
    setLink(made.link);
  };
  return (
    <Page title={t.people.title} lead={t.people.lead} actions={invite}>
      <Section title={t.people.owners}>
        <QueryView query={owners}>{({ data }) => <Owners owners={data} />}</QueryView>
      </Section>
      <Section title={t.people.invitations}>
        <QueryView query={invitations}>{({ data }) => <Invitations invitations={data} />}</QueryView>
      </Section>
      {isInviting && <InviteDialog onMade={show} onClose={() => setInviting(false)} />}
      {link !== null && (
        <SecretDialog
          title={t.people.linkTitle}
          text={t.people.linkText}
          values={[{ label: t.people.link, value: link }]}
          onDone={() => setLink(null)}
        />
      )}
    </Page>
  );
}

const Owners = ({ owners }: { readonly owners: readonly Owner[] }) => (
  <ul className="sheet divide-y divide-line">
    {owners.map((owner) => (
      <OwnerRow key={owner.id} owner={owner} />
    ))}
  </ul>
);

function Invitations({ invitations }: { readonly invitations: readonly Invitation[] }) {
  if (invitations.length === 0)
    return <Empty title={t.people.noInvitations} text={t.people.noInvitationsText} />;
  return (
    <ul className="sheet divide-y divide-line">
      {invitations.map((invitation) => (
        <InvitationRow key={invitation.id} invitation={invitation} />
      ))}
    </ul>
  );
}

function InvitationRow({
  invitation: { id, email, maxima, expires_at },
}: {
  readonly invitation: Invitation;
}) {
  const notice = useNotice();
  const revoke = useAction(
    () => revokeInvitation(id),
    () => notice(t.people.revoked),
  );
  const whom = email ?? t.people.anybody;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-8 gap-y-3 px-4 py-4 sm:px-5">
      <div className="min-w-0 flex-1 basis-72">
        <h3 className="font-semibold wrap-anywhere">{whom}</h3>
        <Facts>
          <span>
            {t.people.until} <LocalTime at={expires_at} />
          </span>
          {maxima.length === 0 ? t.people.noMaxima : maximaWords(maxima)}
        </Facts>
      </div>
      <Button
        tone="danger"
        busy={revoke.isPending}
        onClick={() => revoke.mutate(undefined)}
        aria-label={t.people.revokeOf(whom)}
      >
        {t.people.revoke}
      </Button>
      <FormError error={revoke.error} />
    </li>
  );
}
