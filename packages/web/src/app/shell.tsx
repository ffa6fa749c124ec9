// The frame around every page: who is signed in, where one can go, and the line that confirms what was done.

import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { meQuery } from '../api/queries.ts';
import { t } from '../messages/messages.ts';
import { EverythingStopped } from '../pages/stops/stops-in-force.tsx';
import { Brand } from '../ui/brand.tsx';
import { buttonClass } from '../ui/button.tsx';
import { NoticeProvider, useNotice } from '../ui/notice.tsx';
import { ConfirmIdentity } from './confirm-identity.tsx';
import { useLiveUpdates } from './use-live-updates.ts';

const GROUPS = [
  [
    { to: '/', label: t.nav.home },
    { to: '/apps', label: t.nav.apps },
    { to: '/delegation', label: t.nav.delegation },
    { to: '/activity', label: t.nav.activity },
    { to: '/alerts', label: t.nav.alerts },
    { to: '/audit', label: t.nav.audit },
  ],
  [
    { to: '/accounts', label: t.nav.accounts },
    { to: '/devices', label: t.nav.devices },
    { to: '/developer', label: t.nav.developer },
    { to: '/settings', label: t.nav.settings },
  ],
] as const;

/** The root of all pages. */
export const Shell = () => (
  <NoticeProvider>
    <Frame />
    <ConfirmIdentity />
  </NoticeProvider>
);

function Frame() {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  useAfterNavigation(() => setMenuOpen(false));
  useEffect(() => {
    if (!isMenuOpen) return;
    const closeOnEscape = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setMenuOpen(false);
      menuButton.current?.focus();
    };
    document.addEventListener('keydown', closeOnEscape);
    return () => document.removeEventListener('keydown', closeOnEscape);
  }, [isMenuOpen]);
  useLiveUpdates();
  return (
    <div className="mx-auto min-h-dvh max-w-[84rem] lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <a href="#main" className="button button-primary absolute top-2 left-2 z-30 not-focus:sr-only">
        {t.nav.skip}
      </a>
      <header className="border-line max-lg:border-b lg:border-r">
        <div className="flex flex-col gap-4 px-4 py-3 sm:px-6 lg:sticky lg:top-0 lg:h-dvh lg:gap-7 lg:px-5 lg:py-7">
          <div className="flex items-center justify-between">
            <Link to="/" aria-label={`${t.product} · ${t.nav.home}`} className="rounded-md">
              <Brand />
            </Link>
            <button
              ref={menuButton}
              type="button"
              className={`${buttonClass()} lg:hidden`}
              aria-expanded={isMenuOpen}
              aria-controls="menu"
              onClick={() => setMenuOpen(!isMenuOpen)}
            >
              {t.nav.menu}
            </button>
          </div>
          <div
            id="menu"
            className={`flex-1 flex-col gap-6 pb-3 lg:flex lg:pb-0 ${isMenuOpen ? 'flex' : 'hidden'}`}
          >
            <Navigation />
            <SignedInAs />
          </div>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="px-4 pt-8 pb-24 sm:px-6 lg:px-12 lg:pt-12">
        <div className="mb-8 empty:hidden">
          <EverythingStopped />
        </div>
        <Outlet />
      </main>
    </div>
  );
}

const Navigation = () => (
  <nav aria-label={t.nav.label} className="space-y-5">
    {GROUPS.map((group) => (
      <ul key={group[0].to} className="space-y-0.5 not-first:border-t not-first:border-line not-first:pt-5">
        {group.map(({ to, label }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === '/', includeSearch: false }}
              className="-mx-3 flex min-h-9 items-center rounded-md border-l-3 border-transparent px-3 text-muted hover:bg-sunken hover:text-ink aria-[current=page]:rounded-l-none aria-[current=page]:border-brass aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    ))}
    <Link to="/connect" className={`${buttonClass('primary')} w-full`}>
      {t.nav.connect}
    </Link>
  </nav>
);

function SignedInAs() {
  const { data: me } = useQuery(meQuery);
  if (me === undefined) return null;
  return (
    <p className="mt-auto text-sm text-muted">
      {t.nav.signedInAs}
      <br />
      <span className="font-medium text-ink wrap-anywhere">{me.owner.email}</span>
    </p>
  );
}

/** After each change of page: the heading takes the focus (so it is read out) and old confirmations go. */
function useAfterNavigation(onNavigated: () => void): void {
  const router = useRouter();
  const notice = useNotice();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return;
        notice(null);
        onNavigated();
        document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
      }),
    [router, notice, onNavigated],
  );
}
