// What a grant allows at one provider: the plain lines that the owner agreed to, and each limit with its state.

import { useQuery } from '@tanstack/react-query';
import { providersQuery } from '../../api/queries.ts';
import type { Grant, GrantPart } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { splitLines } from '../../rules/access-lines.ts';
import { limitNumber } from '../../rules/limits.ts';
import { rowsOfLimit } from '../../rules/rows.ts';
import { LimitMeter } from '../../ui/limit-meter.tsx';
import { useNow } from '../../ui/moment.tsx';
import { ResetLimit } from './reset-limit.tsx';

interface GrantPartProps {
  readonly grant: Grant;
  readonly part: GrantPart;
  readonly isLive: boolean;
}

/** One provider of a grant. */
export function GrantPartView({ grant, part, isLive }: GrantPartProps) {
  const { data: providers } = useQuery(providersQuery);
  const provider = providers?.data.find((candidate) => candidate.name === part.provider);
  const nowMs = useNow();
  const key = part.provider_key;
  const access = grant.authorization_details.find((detail) => detail.provider === part.provider);
  const { may, mayNot } = splitLines(part.lines, access?.delegation?.max_depth ?? 0);
  return (
    <div className="sheet grid gap-x-12 gap-y-5 p-5 lg:grid-cols-2">
      <div>
        <h3 className="font-semibold">{provider?.label ?? part.provider}</h3>
        <p className="text-sm text-muted">
          {key?.last_four ? t.app.keyEnding(key.label, key.last_four) : t.app.noKey}
        </p>
        <Lines lines={may} />
        {mayNot.length > 0 && (
          <>
            <h4 className="eyebrow mt-4 -mb-2">{t.app.withheld}</h4>
            <Lines lines={mayNot} />
          </>
        )}
      </div>
      <div className="space-y-5 border-line max-lg:border-t max-lg:pt-5 lg:border-l lg:pl-12">
        {part.limits.map((limit) => (
          <LimitMeter
            key={`${limit.unit} ${limit.per}`}
            limit={limit}
            rows={rowsOfLimit(grant.id, part.provider, limit, nowMs)}
            action={
              isLive &&
              limitNumber(limit.unit, limit.settled) > 0 && (
                <ResetLimit grant={grant} provider={part.provider} limit={limit} />
              )
            }
          />
        ))}
        {part.limits.length === 0 && (
          <p className="text-sm">
            {grant.depth === 0 ? (
              <>
                <span className="font-semibold text-warn">{t.limits.none}.</span> {t.limits.noneText}
              </>
            ) : (
              <>
                <span className="font-semibold">{t.limits.noneOwn}.</span> {t.limits.noneOwnText}
              </>
            )}
          </p>
        )}
      </div>
    </div>
  );
}

const Lines = ({ lines }: { readonly lines: readonly string[] }) => (
  <ul className="mt-3 list-disc space-y-1 pl-4 text-sm marker:text-brass">
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);
