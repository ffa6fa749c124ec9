// The name with its mark: a key with a short bow.

import { t } from '../messages/messages.ts';

/** The mark and the word. */
export const Brand = () => (
  <span className="flex items-center gap-2.5">
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-8">
      <rect width="32" height="32" rx="8" fill="#14432f" />
      <g fill="none" stroke="#e2bf74" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="11.5" cy="16" r="4.7" />
        <path d="M16.2 16H26v4.2M21.6 16v3.2" />
      </g>
    </svg>
    <span className="text-lg font-semibold tracking-tight">{t.product}</span>
  </span>
);
