// The settings of traces and metrics for OpenTelemetry, by the names that its own specification gives them. What they name of it that is
// not done here is refused, not ignored. https://opentelemetry.io/docs/specs/otel/protocol/exporter/

import { z } from 'zod';

/** Where traces and metrics are sent. */
export interface TelemetryConfig {
  /** Without a slash at its end; `/v1/traces` and `/v1/metrics` are below it. */
  readonly endpoint: string;
  /** May hold a secret: MUST NOT be logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Which part of the traces that begin here is sent, 0 to 1. A caller's trace follows its own flag. */
  readonly ratio: number;
}

const SAMPLERS = ['parentbased_always_on', 'parentbased_traceidratio'] as const;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Their variables. What they may say is looked at only where telemetry is on: they are set for whole machines, for other programs, too. */
export const telemetryVariables = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional(),
  OTEL_TRACES_SAMPLER: z.string().optional(),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
};

type Variables = z.infer<z.ZodObject<typeof telemetryVariables>>;

const HTTP = 'must be an http or https address, such as http://127.0.0.1:4318';
const FRACTION = 'must be a number from 0 to 1';

const rules = z.object({
  OTEL_SERVICE_NAME: z.string().max(200).default('valetkey'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: HTTP }),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .literal('http/json', { error: 'only http/json is spoken here; OTEL_SDK_DISABLED=true sends nothing' })
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().default(''),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `must be ${SAMPLERS.join(' or ')}` })
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: FRACTION })
    .min(0, { error: FRACTION })
    .max(1, { error: FRACTION })
    .default(1),
});

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** `name=value,name=value`, values percent-encoded; null if it is not that. */
const readHeaders = (text: string): Record<string, string> | null => {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const [name = '', ...rest] = pair.split('=');
    if (rest.length === 0 || !HEADER_NAME.test(name.trim())) return null;
    try {
      headers[name.trim().toLowerCase()] = decodeURIComponent(rest.join('=').trim());
    } catch {
      return null;
    }
  }
  return Object.values(headers).every((value) => HEADER_VALUE.test(value)) ? headers : null;
};

/** Reads them; null for nothing to be sent. An empty one is as good as none. What is wrong is added to `problems`, without its value. */
export const readTelemetryConfig = (variables: Variables, problems: string[]): TelemetryConfig | null => {
  const set = Object.fromEntries(Object.entries(variables).filter(([, text]) => text !== ''));
  const isOff = set.OTEL_SDK_DISABLED?.toLowerCase() === 'true';
  if (isOff || set.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return null;
  // An argument is for the sampler that is named with it.
  const isRatio = set.OTEL_TRACES_SAMPLER === 'parentbased_traceidratio';
  const read = rules.safeParse(isRatio ? set : { ...set, OTEL_TRACES_SAMPLER_ARG: undefined });
  if (!read.success) {
    problems.push(...read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
    return null;
  }
  const { OTEL_EXPORTER_OTLP_ENDPOINT: text, OTEL_EXPORTER_OTLP_HEADERS: headerText } = read.data;
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash)
    problems.push('OTEL_EXPORTER_OTLP_ENDPOINT: must be an address without user name, query and fragment');
  const headers = readHeaders(headerText);
  if (headers === null)
    problems.push('OTEL_EXPORTER_OTLP_HEADERS: must be name=value with commas, percent-encoded');
  else if (headerText !== '' && url.protocol === 'http:' && !LOOPBACK.has(url.hostname))
    problems.push(
      'OTEL_EXPORTER_OTLP_ENDPOINT: must use https where headers are set, unless it is a loopback address',
    );
  return {
    endpoint: text.replace(/\/+$/, ''),
    headers: headers ?? {},
    serviceName: read.data.OTEL_SERVICE_NAME,
    ratio: read.data.OTEL_TRACES_SAMPLER_ARG,
  };
};
