// From where a grant works, on its own page, with the means to change it.

import { Link } from '@tanstack/react-router';
import type { Grant } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { Section } from '../../ui/page.tsx';
import { PinControl } from './pin-control.tsx';
import { PinnedTo } from './pinned-to.tsx';

/** The section of a live grant. */
export const WhereSection = ({ grant }: { readonly grant: Grant }) => (
  <Section title={t.devices.whereTitle} aside={<PinControl grant={grant} />}>
    <p>
      {t.devices.worksWords} <PinnedTo devices={grant.devices} />.{' '}
      <Link to="/devices" className="link text-sm">
        {t.devices.title}
      </Link>
    </p>
  </Section>
);
