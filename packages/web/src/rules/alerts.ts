// What an alert says on a page, and where its owner can do something about it. Pure.

import type { Alert } from '../api/alerts.ts';
import { known } from '../format/known.ts';
import { formatLimit, formatLimitNumber, formatPeriod } from '../format/limit.ts';
import { t } from '../messages/messages.ts';

/** The name of what the alert is about; null where that is gone, or is everything. */
const nameOf = ({ grant, provider_key: key }: Alert): string | null =>
  grant?.name ?? (key && t.alerts.key(key.provider, key.label));

/** Of an alert that only a newer broker raises. */
const otherWords = (alert: Alert) => ({ title: t.alerts.other(nameOf(alert)), text: t.alerts.otherText });

/** What happened, in a line; and what to know of it, or null. */
export function alertWords(alert: Alert): { readonly title: string; readonly text: string | null } {
  const name = nameOf(alert) ?? (alert.kind === 'limit' ? t.alerts.everything : t.alerts.somebody);
  switch (alert.kind) {
    case 'limit': {
      const { unit, per, settled, limit } = alert.details;
      const spent = t.limits.spentOf(
        formatLimitNumber(unit, settled),
        formatLimit(unit, limit),
        formatPeriod(per),
      );
      return { title: t.alerts.limit(name, spent), text: null };
    }
    case 'refusals':
      return { title: t.alerts.refusals(name), text: null };
    case 'device':
      return {
        title: t.alerts.device(alert.device_name ?? t.alerts.unknownDevice),
        text: t.alerts.deviceText,
      };
    case 'sign_in':
      return { title: t.alerts.signIn, text: t.alerts.signInText };
    case 'idle':
      return { title: t.alerts.idle(name), text: t.alerts.idleText };
    case 'anomaly': {
      const title = known(t.alerts.anomaly, alert.details.what)?.(name);
      return title ? { title, text: t.alerts.anomalyText[alert.details.what] } : otherWords(alert);
    }
    case 'request':
      return { title: t.alerts.request(name), text: null };
    default:
      return otherWords(alert);
  }
}

/** The page that it leads to, as an address; null where there is nothing more to see. */
export function alertPath({ kind, details, grant, raised_at: from, last_at: to }: Alert): string | null {
  if (kind === 'request') return `/consent/requests/${encodeURIComponent(details.request_id)}`;
  if (kind === 'device' || kind === 'sign_in') return '/devices';
  if (kind === 'anomaly') return `/activity/${encodeURIComponent(details.call_id)}`;
  if (grant === null) return null;
  const id = encodeURIComponent(grant.id);
  if (kind !== 'refusals') return `/apps/${id}`;
  return `/activity?grant_id=${id}&status=refused&from=${from.slice(0, 10)}&to=${to.slice(0, 10)}`;
}
