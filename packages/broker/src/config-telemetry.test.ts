// Variables of OpenTelemetry are set for whole machines and clusters: those that nobody meant for a broker MUST NOT keep it from starting.

import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const read = (env: Readonly<Record<string, string>>) => {
  const config = readConfig(env, []);
  return config.ok ? { telemetry: config.value.telemetry, problems: [] } : { problems: config.error };
};
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/' };
const FOREIGN = {
  OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://localhost:14250',
  OTEL_EXPORTER_OTLP_HEADERS: 'nothing of the kind',
};

describe('telemetry', () => {
  it.each([
    ['without an endpoint', FOREIGN],
    ['with an empty one', { ...FOREIGN, OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    ['disabled', { ...FOREIGN, OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317', OTEL_SDK_DISABLED: 'True' }],
  ])('%s is nothing, whatever else is set', (_, env) => {
    expect(read(env)).toEqual({ telemetry: null, problems: [] });
  });

  it('with empty variables is as if they were not set', () => {
    const empty = Object.fromEntries(
      [...Object.keys(FOREIGN), 'OTEL_SERVICE_NAME', 'OTEL_SDK_DISABLED'].map((name) => [name, '']),
    );
    const telemetry = { endpoint: 'http://127.0.0.1:4318', headers: {}, serviceName: 'valetkey', ratio: 1 };
    expect(read({ ...empty, ...ENDPOINT })).toEqual({ telemetry, problems: [] });
  });

  it('samples as its own sampler says, and not by an argument that is for another', () => {
    const samplerArg = { ...ENDPOINT, OTEL_TRACES_SAMPLER_ARG: '0.25' };
    expect(read(samplerArg).telemetry?.ratio).toBe(1);
    expect(read({ ...samplerArg, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }).telemetry?.ratio).toBe(
      0.25,
    );
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:secret@127.0.0.1:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'name=%0asecret'],
    ['OTEL_TRACES_SAMPLER', 'always_on'],
  ])('that is on refuses %s of %s, and says nothing of its value', (name, value) => {
    const { problems } = read({ ...ENDPOINT, [name]: value });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([name]);
    expect(problems.join()).not.toContain('secret');
  });
});
