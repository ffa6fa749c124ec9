// The programs to choose from, each a link, so that the choice stands in the URL.

import { Link } from '@tanstack/react-router';
import { t } from '../../messages/messages.ts';
import { PROGRAMS } from '../../rules/programs.ts';
import { Page, Section } from '../../ui/page.tsx';
import { useStartAtHeading } from '../../ui/start-at-heading.ts';

const GROUPS = ['agents', 'apps', 'code'] as const;

/** The first step of "Connect an app". */
export function ProgramList() {
  useStartAtHeading();
  return (
    <Page title={t.connect.title} lead={t.programs.lead}>
      {GROUPS.map((group) => (
        <Section key={group} title={t.programs.groups[group]}>
          <ul className="grid max-w-4xl grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-4">
            {PROGRAMS.filter((program) => program.group === group).map(({ id, name }) => (
              <li key={id}>
                <ProgramLink id={id} name={name} />
              </li>
            ))}
          </ul>
        </Section>
      ))}
      <div className="max-w-4xl">
        <ProgramLink id="other" name={t.programs.other} text={t.programs.otherText} />
      </div>
    </Page>
  );
}

interface ProgramLinkProps {
  readonly id: string;
  readonly name: string;
  readonly text?: string;
}

const ProgramLink = ({ id, name, text }: ProgramLinkProps) => (
  <Link
    to="/connect"
    search={{ app: id }}
    className="flex min-h-12 flex-wrap items-center gap-x-3 rounded-md border border-edge/50 bg-surface px-3.5 py-2.5 text-sm hover:border-accent hover:bg-tint"
  >
    <span className="font-medium">{name}</span>
    {text && <span className="text-muted">{text}</span>}
  </Link>
);
