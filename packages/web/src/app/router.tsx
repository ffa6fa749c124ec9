// Every page of the dashboard on one screen: its path, what its query may say, and the file that draws it. Pages load
// when they are first needed.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound, PageError } from './page-error.tsx';
import {
  parseAccountsSearch,
  parseActivitySearch,
  parseAlertsSearch,
  parseAppSearch,
  parseAppsSearch,
  parseAuditSearch,
  parseConnectSearch,
  parseDelegationSearch,
  parseHomeSearch,
} from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: parseHomeSearch,
  component: lazyRouteComponent(() => import('../pages/home.tsx'), 'HomePage'),
});

const apps = createRoute({
  getParentRoute: () => root,
  path: '/apps',
  validateSearch: parseAppsSearch,
  component: lazyRouteComponent(() => import('../pages/apps.tsx'), 'AppsPage'),
});

const app = createRoute({
  getParentRoute: () => root,
  path: '/apps/$grantId',
  validateSearch: parseAppSearch,
  component: lazyRouteComponent(() => import('../pages/app.tsx'), 'AppPage'),
});

const delegation = createRoute({
  getParentRoute: () => root,
  path: '/delegation',
  validateSearch: parseDelegationSearch,
  component: lazyRouteComponent(() => import('../pages/delegation.tsx'), 'DelegationPage'),
});

const activity = createRoute({
  getParentRoute: () => root,
  path: '/activity',
  validateSearch: parseActivitySearch,
  component: lazyRouteComponent(() => import('../pages/activity.tsx'), 'ActivityPage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: parseAlertsSearch,
  component: lazyRouteComponent(() => import('../pages/alerts.tsx'), 'AlertsPage'),
});

const call = createRoute({
  getParentRoute: () => root,
  path: '/activity/$callId',
  component: lazyRouteComponent(() => import('../pages/call.tsx'), 'CallPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('../pages/audit.tsx'), 'AuditPage'),
});

const connect = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  validateSearch: parseConnectSearch,
  component: lazyRouteComponent(() => import('../pages/connect.tsx'), 'ConnectPage'),
});

const accounts = createRoute({
  getParentRoute: () => root,
  path: '/accounts',
  validateSearch: parseAccountsSearch,
  component: lazyRouteComponent(() => import('../pages/accounts.tsx'), 'AccountsPage'),
});

const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  component: lazyRouteComponent(() => import('../pages/devices.tsx'), 'DevicesPage'),
});

const developer = createRoute({
  getParentRoute: () => root,
  path: '/developer',
  component: lazyRouteComponent(() => import('../pages/developer.tsx'), 'DeveloperPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings.tsx'), 'SettingsPage'),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/settings/people',
  component: lazyRouteComponent(() => import('../pages/people.tsx'), 'PeoplePage'),
});

/** The router of the dashboard. */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    apps,
    app,
    delegation,
    activity,
    call,
    alerts,
    audit,
    connect,
    accounts,
    devices,
    developer,
    settings,
    people,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
