// In which language the dashboard and the broker's own pages speak, in this browser.

import type { Language } from '@valetkey/core';
import { chooseLanguage, LANGUAGE_NAMES, language, t } from '../../messages/messages.ts';
import { SelectField } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';

const NAMES = Object.entries(LANGUAGE_NAMES) as readonly [Language, string][];

/** Chosen, it counts at once: the page is loaded anew. */
export const LanguageChoice = () => (
  <Section title={t.settings.language} lead={t.settings.languageText}>
    <div className="max-w-xs">
      <SelectField
        label={t.settings.language}
        defaultValue={language}
        onChange={({ target }) => {
          chooseLanguage(target.value as Language);
          location.reload();
        }}
      >
        {NAMES.map(([tag, name]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </SelectField>
    </div>
  </Section>
);
