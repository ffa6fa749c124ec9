// What to write where for one program, with what it is known to trip over and whether anybody here has tried it.

import { t } from '../../messages/messages.ts';
import type { Program, ProgramValues, SetupStep } from '../../rules/programs.ts';
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
        {program.steps?.(values).map((step) => (
          <div key={step.code}>
            <h3 className="mb-2 text-sm font-medium">{placeOf(step)}</h3>
            <CodeBlock code={step.code} label={placeOf(step)} />
          </div>
        ))}
        <p className="text-sm text-muted">
          {triedOf(program)} {/* In a tab of its own: the token on this page is not shown again. */}
          <a href={`/docs/connect/${program.id}`} target="_blank" rel="noreferrer" className="link">
            {t.programs.more(program.name)}
          </a>
        </p>
      </div>
    </Section>
  );
}

function triedOf({ tried }: Program): string {
  if (!tried) return t.programs.untried;
  const [name, version, how] = tried;
  return t.programs.tried[how](name, version);
}

function placeOf({ where, isInstead }: SetupStep): string {
  const { shell, code, file, paste, pasteInstead } = t.programs;
  const place = where === 'shell' ? shell : where === 'code' ? code : file(where);
  return isInstead ? pasteInstead(place) : paste(place);
}
