// At which shares of a limit the owner is told. A choice is saved as it is made.

import { useQuery } from '@tanstack/react-query';
import { alertSettingsQuery, changeAlertSettings } from '../../api/alerts.ts';
import { useAction } from '../../app/use-action.ts';
import { t } from '../../messages/messages.ts';
import { FormError } from '../../ui/error-panel.tsx';
import { Choice, FieldGroup } from '../../ui/field.tsx';
import { useNotice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { QueryView } from '../../ui/query-view.tsx';

const THRESHOLDS = [50, 80, 100];

/** The section. */
export function AlertThresholds() {
  const query = useQuery(alertSettingsQuery);
  return (
    <Section title={t.alerts.settings} lead={t.alerts.settingsLead}>
      <QueryView query={query}>{({ thresholds }) => <Choices chosen={thresholds} />}</QueryView>
      <p className="mt-3 max-w-prose text-sm text-muted">{t.alerts.alsoTold}</p>
    </Section>
  );
}

function Choices({ chosen }: { readonly chosen: readonly number[] }) {
  const notice = useNotice();
  const save = useAction(changeAlertSettings, () => notice(t.alerts.settingsSaved));
  // While it is being saved the choice stands as it was made.
  const shown = save.isPending ? save.variables : chosen;
  const toggle = (share: number) =>
    save.mutate(chosen.includes(share) ? chosen.filter((each) => each !== share) : [...chosen, share]);
  return (
    <FieldGroup legend={t.alerts.used}>
      <div className="grid max-w-xl gap-2 sm:grid-cols-3">
        {THRESHOLDS.map((share) => (
          <Choice
            key={share}
            type="checkbox"
            title={t.alerts.threshold(share)}
            checked={shown.includes(share)}
            onChange={() => !save.isPending && toggle(share)}
          />
        ))}
      </div>
      <FormError error={save.error} />
    </FieldGroup>
  );
}
