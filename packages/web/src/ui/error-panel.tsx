// How failures look: what kind it is in the reader's language, the server's own sentence, its code and the request id to quote. Never a stack trace.

import { ApiError } from '../api/client.ts';
import { t } from '../messages/messages.ts';
import { Button } from './button.tsx';

/** In place of something that could not be loaded. */
export function ErrorPanel({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  return (
    <div role="alert" className="sheet border-danger/40 p-5">
      <p className="font-medium text-danger">{t.errors.heading}</p>
      <p className="mt-1">
        <Sentence error={error} />
      </p>
      <ErrorReference error={error} />
      <Button className="mt-4" onClick={onRetry}>
        {t.common.retry}
      </Button>
    </div>
  );
}

/** Below the fields of a form that was refused; nothing without an error. */
export function FormError({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <div role="alert" className="mt-4 rounded-md bg-danger-tint px-3 py-2 text-sm text-danger">
      <p>
        <Sentence error={error} />
      </p>
      <ErrorReference error={error} />
    </div>
  );
}

function Sentence({ error }: { readonly error: Error }) {
  const kind = error instanceof ApiError ? t.errors.codes[error.code] : undefined;
  if (kind === undefined) return error.message;
  return (
    <>
      {kind} <span lang="en">{error.message}</span>
    </>
  );
}

function ErrorReference({ error }: { readonly error: Error }) {
  if (!(error instanceof ApiError) || error.requestId === null) return null;
  return (
    <p className="mt-1 font-mono text-xs opacity-90">
      {error.code} · {t.errors.request(error.requestId)}
    </p>
  );
}
