// In which language the dashboard and the broker's own pages speak in this browser, and what is sent to the owner.

import type { Language } from '@valetkey/core';
import { saveLanguage } from '../../api/endpoints.ts';
import { useAction } from '../../app/use-action.ts';
import { chooseLanguage, LANGUAGE_NAMES, language, t } from '../../messages/messages.ts';
import { FormError } from '../../ui/error-panel.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';

const NAMES = Object.entries(LANGUAGE_NAMES) as readonly [Language, string][];

/** Chosen, it counts at once: the page is loaded anew. */
export const LanguageChoice = () => {
  const save = useAction(saveLanguage, (_me, chosen) => {
    chooseLanguage(chosen);
    location.reload();
  });
  return (
    <Section title={t.settings.language} lead={t.settings.languageText}>
      <div className="max-w-xs">
        <SelectField
          label={t.settings.language}
          value={save.isPending ? save.variables : language}
          onChange={({ target }) => save.mutate(target.value as Language)}
        >
          {NAMES.map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </SelectField>
        <FormError error={save.error} />
      </div>
    </Section>
  );
};
