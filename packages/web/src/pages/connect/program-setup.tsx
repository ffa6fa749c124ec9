// What to write where for one program, with what it is known to trip over and whether anybody here has tried it.

import { t } from '../../messages/messages.ts';
import type { Program, ProgramValues } from '../../rules/programs.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { Section } from '../../ui/page.tsx';

interface ProgramSetupProps {
  readonly program: Program;
  readonly values: ProgramValues;
}

/** The section of one program. */
export function ProgramSetup({ program, values }: ProgramSetupProps) {
  const { how, trap } = t.programTips[program.id] ?? {};
  return (
    <Section title={t.programs.setup(program.name)}>
      <div className="max-w-3xl space-y-5">
        <p className="border-l-2 border-warn bg-warn-tint px-3 py-2.5 text-sm">
          <span className="text-warn">{t.programs.trap}: </span>
          <strong className="font-semibold">{trap}</strong>
        </p>
        {how && <p>{how}</p>}
        {program.steps?.(values).map(({ where, code }) => (
          <div key={where}>
            <h3 className="mb-2 text-sm font-medium">{placeOf(where)}</h3>
            <CodeBlock code={code} label={placeOf(where)} />
          </div>
        ))}
        <p className="text-sm text-muted">
          {program.tried ? t.programs.tried(...program.tried) : t.programs.untried}
        </p>
      </div>
    </Section>
  );
}

const placeOf = (where: string): string =>
  where === 'shell' ? t.programs.shell : where === 'code' ? t.programs.code : t.programs.file(where);
