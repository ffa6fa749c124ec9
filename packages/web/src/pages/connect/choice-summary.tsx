// What the form is about to allow, in the plain words in which it will later stand on the app's page.

import type { Provider } from '../../api/types.ts';
import { listNames } from '../../format/list.ts';
import { formatUsd, typedUsd } from '../../format/money.ts';
import { DAY_MS, localDate } from '../../format/time.ts';
import { t } from '../../messages/messages.ts';
import type { GrantChoice } from '../../rules/new-grant.ts';
import { useNow } from '../../ui/moment.tsx';

interface ChoiceSummaryProps {
  readonly choice: GrantChoice;
  readonly provider: Provider;
}

/** The lines beside the form. */
export function ChoiceSummary({ choice, provider }: ChoiceSummaryProps) {
  const nowMs = useNow();
  const amount = typedUsd(choice.amount);
  const names = choice.models?.map((id) => provider.models.find((model) => model.id === id)?.name ?? id);
  const ends = localDate(new Date(nowMs + choice.days * DAY_MS).toISOString());
  return (
    <div className="border-l-2 border-brass pl-5">
      <h2 className="text-sm font-semibold">{t.connect.summary}</h2>
      <ul className="mt-2 space-y-1.5 text-sm">
        {amount !== null && (
          <li>
            {t.connect.summarySpend(formatUsd(amount), t.connect.perOptions[choice.per], provider.label)}
          </li>
        )}
        {names === undefined && <li>{t.connect.summaryAnyModel}</li>}
        {names !== undefined && names.length > 0 && <li>{t.connect.summaryModels(listNames(names))}</li>}
        <li>{t.connect.summaryEnds(ends)}</li>
        {choice.sharedLevels > 0 && <li>{t.sharing.own(choice.sharedLevels)}</li>}
        <li className="text-muted">{t.connect.summaryNever}</li>
      </ul>
    </div>
  );
}
