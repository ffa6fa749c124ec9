// Form fields: a visible label, an optional hint and the error, all tied to the control.

import { type ComponentProps, type ReactNode, useId } from 'react';
import { t } from '../messages/messages.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly optional?: boolean;
}

interface FieldFrameProps extends FieldProps {
  readonly children: (control: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': boolean | undefined;
  }) => ReactNode;
}

/** The frame around one control; gives it what ties it to label, hint and error. */
export function Field({ label, hint, error, optional, children }: FieldFrameProps) {
  const id = useId();
  const isInvalid = Boolean(error);
  const described = [hint && `${id}-hint`, isInvalid && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
        {optional && <span className="font-normal text-muted"> ({t.common.optional})</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': isInvalid || undefined })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-muted">
          {hint}
        </p>
      )}
      {isInvalid && (
        <p id={`${id}-error`} className="mt-1 text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

/** A line of text. */
export function TextField({ label, hint, error, optional, ...input }: FieldProps & ComponentProps<'input'>) {
  const frame = { label, ...(hint && { hint }), ...(error && { error }), ...(optional && { optional }) };
  return (
    <Field {...frame}>{(control) => <input type="text" {...input} {...control} className="control" />}</Field>
  );
}

/** A choice from a list. */
export function SelectField({ label, hint, ...select }: FieldProps & ComponentProps<'select'>) {
  return (
    <Field label={label} {...(hint && { hint })}>
      {(control) => <select {...select} {...control} className="control" />}
    </Field>
  );
}

/** A named group of controls. */
export function FieldGroup({ legend, children }: { readonly legend: string; readonly children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-semibold">{legend}</legend>
      {children}
    </fieldset>
  );
}

interface ChoiceProps extends ComponentProps<'input'> {
  readonly title: string;
  readonly text?: ReactNode;
}

/** One radio button or checkbox as a whole row that can be pressed. */
export function Choice({ title, text, ...input }: ChoiceProps) {
  return (
    <label className="flex cursor-pointer items-start gap-3 rounded-md border border-edge/50 px-3 py-2.5 has-checked:border-accent has-checked:bg-tint has-disabled:cursor-not-allowed has-disabled:border-dashed">
      <input {...input} className="mt-0.5 size-4.5 shrink-0 accent-accent" />
      <span className="min-w-0">
        <span className="block text-sm font-medium">{title}</span>
        {text && <span className="block text-sm text-muted">{text}</span>}
      </span>
    </label>
  );
}
