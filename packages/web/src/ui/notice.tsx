// The line that confirms what was done, in the server's figures. It stays until dismissed or until the next page
// (WCAG 2.2.1: nothing disappears by time).

import { createContext, type ReactNode, useContext, useState } from 'react';
import { t } from '../messages/messages.ts';

const NoticeContext = createContext<(text: string | null) => void>(() => {});

/** Shows a confirmation, or with null takes it away. */
export const useNotice = () => useContext(NoticeContext);

/** Holds the confirmation line for everything inside. */
export function NoticeProvider({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState<string | null>(null);
  return (
    <NoticeContext value={setText}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex justify-center p-3"
      >
        {text !== null && (
          <div className="pointer-events-auto flex max-w-xl items-center gap-3 rounded-lg bg-ink py-2 pr-2 pl-4 text-paper shadow-lg">
            <p className="text-sm">{text}</p>
            <button
              type="button"
              onClick={() => setText(null)}
              className="min-h-8 shrink-0 rounded-md px-2.5 text-sm font-medium underline underline-offset-3 focus-visible:outline-paper"
            >
              {t.common.dismiss}
            </button>
          </div>
        )}
      </div>
    </NoticeContext>
  );
}
