// What stands in place of a page that is missing or broke while drawing.

import { Link } from '@tanstack/react-router';
import { t } from '../messages/messages.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { Page } from '../ui/page.tsx';

/** For addresses that lead nowhere. */
export const NotFound = () => (
  <Page title={t.errors.notFound} lead={t.errors.notFoundText}>
    <Link to="/" className={buttonClass('primary')}>
      {t.errors.goHome}
    </Link>
  </Page>
);

/** For a page that threw: a defect of the dashboard, so no detail of it helps the person. */
export const PageError = () => (
  <Page title={t.errors.crash} lead={<p role="alert">{t.errors.crashText}</p>}>
    <Button tone="primary" onClick={() => location.reload()}>
      {t.errors.reload}
    </Button>
  </Page>
);
