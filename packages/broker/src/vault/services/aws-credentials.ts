// Credentials for AWS, from where its own libraries find them first: the environment, the container's endpoint (ECS, EKS Pod Identity), the
// machine's (EC2, IMDSv2). MUST NOT be kept: they are asked for when they are needed, which is at a start.

import { readFileSync } from 'node:fs';
import { askService, refusal, type ServiceAnswer, textOf } from './service-fetch.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What signs a request. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const CONTAINER = 'http://169.254.170.2';
const MACHINE = 'http://169.254.169.254';

/** Over plain http only to the machine itself and to where AWS has these endpoints; credentials come back. */
const PLAIN_HOSTS = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;

const fromAnswer = (service: string, { status, body }: ServiceAnswer): AwsCredentials => {
  if (status !== 200) throw refusal(service, status, body.code ?? body.Code);
  return {
    accessKeyId: textOf(service, body.AccessKeyId),
    secretAccessKey: textOf(service, body.SecretAccessKey),
    sessionToken: textOf(service, body.Token),
  };
};

const fromContainer = async (uri: string, env: Environment): Promise<AwsCredentials> => {
  const service = 'the container’s credential endpoint';
  const url = new URL(uri);
  if (url.protocol !== 'https:' && !PLAIN_HOSTS.test(url.hostname))
    throw new Error(
      'AWS_CONTAINER_CREDENTIALS_FULL_URI must use https, or name this machine or an address of AWS',
    );
  const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file ? readFileSync(file, 'utf8').trim() : env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  return fromAnswer(
    service,
    await askService(service, { url, method: 'GET', ...(token && { headers: { authorization: token } }) }),
  );
};

const fromMachine = async (env: Environment): Promise<AwsCredentials> => {
  const service = 'the machine’s metadata service';
  const base = env.AWS_EC2_METADATA_SERVICE_ENDPOINT || MACHINE;
  const session = await askService(service, {
    url: new URL('/latest/api/token', base),
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  });
  if (session.status !== 200) throw refusal(service, session.status, null);
  const headers = { 'x-aws-ec2-metadata-token': session.text };
  const roles = new URL('/latest/meta-data/iam/security-credentials/', base);
  const role = await askService(service, { url: roles, method: 'GET', headers });
  const name = role.text.trim();
  if (role.status !== 200 || !/^[\w+=,.@-]+$/.test(name)) throw new Error('this machine has no role in AWS');
  return fromAnswer(
    service,
    await askService(service, { url: new URL(name, roles), method: 'GET', headers }),
  );
};

/** The first that there are; rejects with a sentence if there are none. */
export const findAwsCredentials = async (env: Environment): Promise<AwsCredentials> => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  const relative = env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const uri = relative ? new URL(relative, CONTAINER).href : env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  return uri ? fromContainer(uri, env) : fromMachine(env);
};
