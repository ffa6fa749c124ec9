// Home before anything is connected: three steps, written with the person's own address.

import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { providersQuery } from '../../api/queries.ts';
import type { Me } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { curlCode } from '../../rules/snippets.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CodeBlock, Command } from '../../ui/copy.tsx';
import { Page } from '../../ui/page.tsx';

/** The way from nothing to the first call. */
export function Quickstart({ me }: { readonly me: Me }) {
  const { steps } = t.quickstart;
  const { data: providers } = useQuery(providersQuery);
  const trial = providers?.data.find((provider) => provider.simulated);
  const curl =
    trial &&
    curlCode({
      base_url: `${me.issuer}/${trial.name}/v1`,
      token: t.quickstart.yourToken,
      model: trial.models[0]?.id ?? '',
    });
  return (
    <Page title={t.quickstart.title(me.owner.name)} lead={t.quickstart.lead}>
      <ol className="space-y-8">
        <Step number={1} title={steps.account} text={steps.accountText}>
          <Link to="/accounts" className={buttonClass()}>
            {steps.accountAction}
          </Link>
        </Step>
        <Step number={2} title={steps.connect} text={steps.connectText}>
          <Link to="/connect" search={{ provider: trial?.name }} className={buttonClass('primary')}>
            {steps.connectAction}
          </Link>
        </Step>
        <Step number={3} title={steps.call} text={steps.callText}>
          {curl && <CodeBlock code={curl} label={steps.call} />}
        </Step>
      </ol>
      <Command code={`npx valetkey login --url ${me.issuer}`} label={t.quickstart.cli} />
    </Page>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}

const Step = ({ number, title, text, children }: StepProps) => (
  <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-4">
    <span
      aria-hidden="true"
      className="figures flex size-8 items-center justify-center rounded-full border border-brass font-semibold"
    >
      {number}
    </span>
    <div className="max-w-2xl">
      <h2 className="pt-1 text-base font-semibold">{title}</h2>
      <p className="mt-1 mb-3 text-muted">{text}</p>
      {children}
    </div>
  </li>
);
