// A form made of a grant as it was when it opened. It MUST NOT be saved over what was changed since: then it says so and begins again.

import { Fragment, type ReactNode, useState } from 'react';
import type { Grant } from '../../api/types.ts';
import { t } from '../../messages/messages.ts';
import { Button } from '../../ui/button.tsx';

interface AsSeenProps {
  /** As it is now. */
  readonly grant: Grant;
  /** The form, of the grant as it was seen. */
  readonly children: (seen: Grant) => ReactNode;
}

/** The form, under a note when the grant is another by now. */
export function AsSeen({ grant, children }: AsSeenProps) {
  const [seen, setSeen] = useState(grant);
  return (
    <>
      {seen.version !== grant.version && (
        <div role="alert" className="mb-6 rounded-md bg-danger-tint px-3 py-2 text-sm text-danger">
          <p>{t.edit.changedMeanwhile}</p>
          <Button className="mt-2" onClick={() => setSeen(grant)}>
            {t.edit.showNow}
          </Button>
        </div>
      )}
      <Fragment key={seen.version}>{children(seen)}</Fragment>
    </>
  );
}
