// Values to take elsewhere: shown whole, copied with one press, the success announced.

import { useState } from 'react';
import { t } from '../messages/messages.ts';
import { Button } from './button.tsx';

/** A button that copies `text`; `what` completes its accessible name ("Copy base URL"). */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [copied, setCopied] = useState<{ readonly text: string; readonly isDone: boolean } | null>(null);
  const state = copied?.text !== text ? null : copied.isDone ? t.common.copied : t.common.copyFailed;
  const copy = async () => {
    // A browser may refuse it, and has no clipboard at all where the page is not secure.
    const isDone = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setCopied({ text, isDone: isDone ?? false });
  };
  return (
    <>
      <Button onClick={() => void copy()} aria-label={t.common.copyOf(what)} className="shrink-0">
        {state ?? t.common.copy}
      </Button>
      <span role="status" className="sr-only">
        {state}
      </span>
    </>
  );
}

/** A labelled value with its copy button. */
export function CopyField({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div>
      <div className="mb-1 text-sm font-medium">{label}</div>
      <div className="flex items-stretch gap-2">
        <code className="flex min-h-10 min-w-0 flex-1 items-center rounded-md border border-line bg-sunken px-3 py-2 font-mono text-sm wrap-anywhere select-all">
          {value}
        </code>
        <CopyButton text={value} what={label} />
      </div>
    </div>
  );
}

/** A command under what it does. */
export const Command = ({ code, label }: CodeProps) => (
  <div>
    <p className="mb-2 text-sm text-muted">{label}</p>
    <CodeBlock code={code} label={label} />
  </div>
);

interface CodeProps {
  readonly code: string;
  readonly label: string;
}

/** A program or command with its copy button. Scrolls sideways by keyboard, too. */
export function CodeBlock({ code, label }: CodeProps) {
  return (
    <div className="relative rounded-lg border border-line bg-sunken">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        className="overflow-x-auto rounded-lg p-4 pb-14 sm:pr-28 sm:pb-4"
      >
        <pre className="font-mono text-[0.8125rem] leading-relaxed">
          <code>{code}</code>
        </pre>
      </section>
      <div className="absolute right-2 bottom-2 sm:top-2 sm:bottom-auto">
        <CopyButton text={code} what={label} />
      </div>
    </div>
  );
}
