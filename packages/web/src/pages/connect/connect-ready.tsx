// The values to paste, shown once, the programs that use them, and the tick when the first call arrives.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { modelPriceQuery } from '../../api/queries.ts';
import { t } from '../../messages/messages.ts';
import { type Program, programUrl } from '../../rules/programs.ts';
import { snippetsFor } from '../../rules/snippets.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { CodeBlock, CopyField } from '../../ui/copy.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { useStartAtHeading } from '../../ui/start-at-heading.ts';
import type { Connected } from '../connect.tsx';
import { FirstCall } from './first-call.tsx';
import { ProgramSetup } from './program-setup.tsx';

interface ConnectReadyProps extends Connected {
  readonly program: Program | undefined;
  readonly onAnother: () => void;
}

/** The page after the form. It starts at its top, with the focus on its heading, as after navigation. */
export function ConnectReady({ grant, model, program, onAnother }: ConnectReadyProps) {
  useStartAtHeading();
  const url = program && programUrl(program, grant);
  return (
    <Page title={t.connect.readyTitle(grant.name)} lead={t.connect.readyLead}>
      <div className="max-w-3xl space-y-5">
        <CopyField label={t.connect.baseUrl} value={url?.baseUrl ?? grant.base_url} />
        <CopyField label={t.connect.token} value={grant.token} />
        {model !== null && <CopyField label={t.connect.model} value={model} />}
        <p className="border-l-2 border-brass pl-3 text-sm">{t.connect.once}</p>
      </div>
      {program && url && (
        <ProgramSetup
          program={program}
          values={{ ...url, token: grant.token, model: model ?? t.connect.yourModel }}
        />
      )}
      <FirstCall grantId={grant.id} />
      {!program && <Snippets grant={grant} model={model} />}
      <div className="flex flex-wrap gap-2">
        <Link to="/apps/$grantId" params={{ grantId: grant.id }} className={buttonClass()}>
          {t.connect.open}
        </Link>
        <Button onClick={onAnother}>{t.connect.another}</Button>
      </div>
    </Page>
  );
}

/** Programs that chat; nothing for a grant whose models cannot. */
function Snippets({ grant, model }: Connected) {
  const provider = grant.authorization_details[0]?.provider ?? '';
  const price = useQuery({ ...modelPriceQuery(provider, model ?? ''), enabled: model !== null });
  if (model !== null && price.data?.rates.output_tokens === undefined) return null;
  const snippets = snippetsFor({ ...grant, model: model ?? t.connect.yourModel });
  return (
    <Section title={t.connect.snippets}>
      <Tabs.Root defaultValue={snippets[0]?.id ?? ''} className="max-w-3xl">
        <Tabs.List
          aria-label={t.connect.snippets}
          className="mb-3 flex flex-wrap gap-x-1 border-b border-line"
        >
          {snippets.map(({ id, label }) => (
            <Tabs.Trigger
              key={id}
              value={id}
              className="-mb-px min-h-9 border-b-2 border-transparent px-3 text-sm text-muted hover:text-ink data-[state=active]:border-brass data-[state=active]:font-semibold data-[state=active]:text-ink"
            >
              {label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {snippets.map(({ id, label, code }) => (
          <Tabs.Content key={id} value={id} tabIndex={-1}>
            <CodeBlock code={code} label={label} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </Section>
  );
}
