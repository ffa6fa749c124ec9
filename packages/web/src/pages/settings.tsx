// Settings: who is signed in, to which broker, and the way out. Passkeys are managed on a server-rendered page.

import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { signOut } from '../api/client.ts';
import { meQuery } from '../api/queries.ts';
import type { Me } from '../api/types.ts';
import { t } from '../messages/messages.ts';
import { maximaWords } from '../rules/maxima.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { FormError } from '../ui/error-panel.tsx';
import { Page, Section } from '../ui/page.tsx';
import { QueryView } from '../ui/query-view.tsx';
import { LanguageChoice } from './settings/language-choice.tsx';

/** The page of settings. */
export function SettingsPage() {
  const me = useQuery(meQuery);
  return (
    <Page title={t.settings.title}>
      <QueryView query={me}>{(known) => <You me={known} />}</QueryView>
      {me.data?.role === 'operator' && (
        <Section title={t.people.title} lead={t.people.openText}>
          <Link to="/settings/people" className={buttonClass()}>
            {t.people.open}
          </Link>
        </Section>
      )}
      {me.data && me.data.maxima.length > 0 && (
        <Section title={t.people.yourMaxima} lead={t.people.yourMaximaText}>
          <p className="font-medium">{maximaWords(me.data.maxima)}</p>
        </Section>
      )}
      <Section title={t.settings.passkeys} lead={t.settings.passkeysText}>
        <a href="/settings/passkeys" className={buttonClass()}>
          {t.settings.passkeysLink}
        </a>
      </Section>
      <LanguageChoice />
      <Session />
      <QueryView query={me}>{(known) => <Broker me={known} />}</QueryView>
      <p className="text-sm text-muted">{t.settings.appearance}</p>
    </Page>
  );
}

const You = ({ me }: { readonly me: Me }) => (
  <Section title={t.settings.account}>
    <Facts>
      <Fact term={t.settings.name}>{me.owner.name}</Fact>
      <Fact term={t.settings.email}>{me.owner.email}</Fact>
    </Facts>
  </Section>
);

const Broker = ({ me }: { readonly me: Me }) => (
  <Section title={t.settings.broker}>
    <Facts>
      <Fact term={t.settings.address}>{me.issuer}</Fact>
      <Fact term={t.settings.version}>{me.version}</Fact>
    </Facts>
  </Section>
);

function Session() {
  const leave = useMutation({ mutationFn: signOut });
  return (
    <Section title={t.settings.session} lead={t.settings.sessionText}>
      <Button busy={leave.isPending} onClick={() => leave.mutate()}>
        {t.settings.signOut}
      </Button>
      <FormError error={leave.error} />
    </Section>
  );
}

const Facts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="sheet max-w-xl divide-y divide-line">{children}</dl>
);

const Fact = ({ term, children }: { readonly term: string; readonly children: ReactNode }) => (
  <div className="flex flex-wrap gap-x-6 px-4 py-3">
    <dt className="w-24 text-muted">{term}</dt>
    <dd className="min-w-0 font-medium wrap-anywhere">{children}</dd>
  </div>
);
