// Budgets and alerts: what was raised, what may be spent in all and how much of it is gone, and where alerts go.

import { getRouteApi } from '@tanstack/react-router';
import { t } from '../messages/messages.ts';
import { Page } from '../ui/page.tsx';
import { AlertList } from './alerts/alert-list.tsx';
import { AlertThresholds } from './alerts/alert-thresholds.tsx';
import { AppLimits } from './alerts/app-limits.tsx';
import { Deliveries } from './alerts/deliveries.tsx';
import { Destinations } from './alerts/destinations.tsx';
import { KeyCeilings } from './alerts/key-ceilings.tsx';
import { RequestsForMore } from './requests/requests-for-more.tsx';

/** The page. */
export function AlertsPage() {
  const { show = 'open' } = getRouteApi('/alerts').useSearch();
  return (
    <Page title={t.alerts.title} lead={t.alerts.lead}>
      <AlertList show={show} />
      <RequestsForMore />
      <KeyCeilings />
      <AppLimits />
      <AlertThresholds />
      <Destinations />
      <Deliveries />
    </Page>
  );
}
