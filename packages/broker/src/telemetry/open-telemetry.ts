// Sends traces and metrics of calls to an OpenTelemetry collector, in the background: in batches, from a queue that is bounded and drops
// what does not fit. What goes wrong there is a line in the log, and never anything of a call.

import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BatchSpanProcessor,
  type IdGenerator,
  ParentBasedSampler,
  RandomIdGenerator,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TelemetryConfig } from '../config-telemetry.ts';
import { CallTelemetry, type SpanIds } from './call-telemetry.ts';

/** Telemetry that is being sent. */
export interface Telemetry {
  readonly tell: CallTelemetry['tell'];
  /** Sends what is left, for as long as `CLOSE_MS` at most. */
  close(): Promise<void>;
}

/** What is told of the process. */
export interface TelemetryParts {
  readonly version: string;
  /** Tells replicas apart. */
  readonly instance: string;
  readonly log: { warn(fields: object, message: string): void };
  readonly now: () => number;
}

const BATCH_MS = 1000;
const METRICS_MS = 15_000;
const EXPORT_MS = 10_000;
const CLOSE_MS = 3000;
/** A collector that is away is told of once in this time. */
const WARNING_MS = 60_000;
/** Names of models are callers' words. */
const LONGEST_VALUE = 256;

class GivenIds extends RandomIdGenerator implements IdGenerator, SpanIds {
  next: string | null = null;

  constructor() {
    super();
    const random = this.generateSpanId;
    this.generateSpanId = () => this.next ?? random();
  }
}

/** The library tells of failures in one place for the whole process. */
const warnOfFailures = ({ log, now }: TelemetryParts): void => {
  let quietUntilMs = 0;
  const warn = (message: string): void => {
    if (now() < quietUntilMs) return;
    quietUntilMs = now() + WARNING_MS;
    log.warn({ what: message.slice(0, 300) }, 'telemetry could not be sent');
  };
  const quiet = () => {};
  diag.setLogger(
    { error: warn, warn, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
};

/** Opens both; nothing is sent before there is something to tell. */
export const openTelemetry = (config: TelemetryConfig, parts: TelemetryParts): Telemetry => {
  warnOfFailures(parts);
  const resource = resourceFromAttributes({
    'service.name': config.serviceName,
    'service.version': parts.version,
    'service.instance.id': parts.instance,
  });
  const to = (signal: string) => ({
    url: `${config.endpoint}/v1/${signal}`,
    headers: { ...config.headers },
    timeoutMillis: EXPORT_MS,
  });
  const ids = new GivenIds();
  const tracers = new TracerProvider({
    resource,
    idGenerator: ids,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(config.ratio) }),
    spanLimits: { attributeValueLengthLimit: LONGEST_VALUE },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(to('traces')),
        scheduledDelayMillis: BATCH_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  const meters = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter(to('metrics')),
        exportIntervalMillis: METRICS_MS,
        exportTimeoutMillis: EXPORT_MS,
      }),
    ],
  });
  const scope = 'valetkey';
  const calls = new CallTelemetry(
    tracers.getTracer(scope, parts.version),
    ids,
    meters.getMeter(scope, parts.version),
  );
  return {
    tell(call, details, atMs) {
      try {
        calls.tell(call, details, atMs);
      } catch (err) {
        // The books of the call come after it.
        parts.log.warn({ err }, 'telemetry of a call could not be told');
      }
    },
    async close() {
      const sent = Promise.allSettled([tracers.shutdown(), meters.shutdown({ timeoutMillis: CLOSE_MS })]);
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    },
  };
};
