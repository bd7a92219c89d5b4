/** Asks a Prometheus, or anything that speaks its HTTP API, about the past. What it answers is bounded and checked. */
import { Complaint } from '../model/errors.ts';
import type { Axis } from './report.ts';

/** Far more than any report needs (some 40,000 values of 30 characters a query), and little enough for a small computer. */
const mostBytes = 32 * 1024 * 1024;
const timeoutMs = 60_000;
/** Labels come from probes and from whoever can write there. */
const longestLabel = 60;

export interface Series {
  labels: Readonly<Record<string, string>>;
  /** One entry a time of the axis. */
  values: (number | undefined)[];
}

export interface Prometheus {
  /** The address without what must not be shown. */
  name: string;
  range(query: string, axis: Axis): Promise<Series[]>;
  /** Values of a label on series that match, between two times. */
  labelValues(label: string, match: string, axis: Axis): Promise<string[]>;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Complaint('usage', '--prometheus: in a user or password write % as %25');
  }
}

/** Throws a `Complaint` for an address that is none. A user and password in it are sent as basic authentication. */
export function createPrometheus(address: string, signal: AbortSignal): Prometheus {
  const url = parseAddress(address);
  const headers: Record<string, string> = {};
  if (url.username !== '') {
    const pair = `${plain(url.username)}:${plain(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  url.username = '';
  url.password = '';
  const base = url.href.replace(/\/$/, '');
  const ask = (path: string, params: URLSearchParams) => request(base, path, params, headers, signal);
  return {
    name: base,
    async range(query, axis) {
      const { since_ms, step_ms, length } = axis;
      const end = since_ms + (length - 1) * step_ms;
      const data = await ask(
        'query_range',
        new URLSearchParams({ query, start: `${since_ms / 1000}`, end: `${end / 1000}`, step: `${step_ms / 1000}` }),
      );
      return seriesOf(data, axis) ?? unlike(base);
    },
    async labelValues(label, match, { since_ms, until_ms }) {
      const params = new URLSearchParams({
        'match[]': match,
        start: `${since_ms / 1000}`,
        end: `${until_ms / 1000}`,
      });
      const data = await ask(`label/${label}/values`, params);
      if (!Array.isArray(data)) return unlike(base);
      return data.filter((one): one is string => typeof one === 'string').map(shortened);
    },
  };
}

function parseAddress(address: string): URL {
  const url = URL.parse(address);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new Complaint(
    'usage',
    `--prometheus: expected an address such as "http://127.0.0.1:9090", got ${JSON.stringify(address)}`,
  );
}

async function request(
  base: string,
  path: string,
  params: URLSearchParams,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<unknown> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // A label's values can only be asked for by GET in older versions; a query may be long.
  const isQuery = path.startsWith('query');
  let text: string;
  let status: number;
  try {
    const response = await fetch(`${base}/api/v1/${path}${isQuery ? '' : `?${params}`}`, {
      ...(isQuery ? { method: 'POST', body: params } : {}),
      headers,
      signal: deadline,
    });
    status = response.status;
    text = await bounded(response, base);
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint('not_running', `cannot ask Prometheus at ${base}: ${why(error, signal, deadline)}`, {
      cause: error,
    });
  }
  const answer = parsed(text);
  if (answer?.status === 'success') return answer.data;
  if (typeof answer?.error === 'string') {
    throw new Complaint('not_found', `Prometheus at ${base} refuses the question: ${printable(answer.error)}`);
  }
  if (status === 401 || status === 403) {
    throw new Complaint('not_found', `${base} asks for a password: write http://USER:PASSWORD@… (status ${status})`);
  }
  return unlike(base, status);
}

async function bounded(response: Response, base: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) {
      throw new Complaint('not_found', `the answer of ${base} is larger than 32 MiB: ask for a shorter time`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

interface Answer {
  status?: unknown;
  error?: unknown;
  data?: unknown;
}

function parsed(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function unlike(base: string, status?: number): never {
  const how = status === undefined ? '' : ` (status ${status})`;
  throw new Complaint('not_found', `${base} does not answer as Prometheus does${how}`);
}

/** The series of a matrix, brought onto the axis; undefined for what is no matrix. Values that are no numbers are left out. */
function seriesOf(data: unknown, { since_ms, step_ms, length }: Axis): Series[] | undefined {
  const result = (data as { result?: unknown } | null)?.result;
  if (!Array.isArray(result)) return undefined;
  return result.flatMap((one: { metric?: unknown; values?: unknown }) => {
    if (!Array.isArray(one?.values) || typeof one.metric !== 'object' || one.metric === null) return [];
    const labels = Object.fromEntries(
      Object.entries(one.metric).map(([name, value]) => [name, shortened(String(value))]),
    );
    const values: (number | undefined)[] = new Array(length).fill(undefined);
    for (const pair of one.values as unknown[]) {
      if (!Array.isArray(pair)) continue;
      const at = Math.round((Number(pair[0]) * 1000 - since_ms) / step_ms);
      const value = Number(pair[1]);
      if (at >= 0 && at < length && Number.isFinite(value)) values[at] = value;
    }
    return [{ labels, values }];
  });
}

const shortened = (text: string): string => (text.length > longestLabel ? `${text.slice(0, longestLabel)}…` : text);

/** One line that a terminal can be shown. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, 300);

function why(error: unknown, stopped: AbortSignal, deadline: AbortSignal): string {
  if (stopped.aborted) return 'stopped';
  if (deadline.aborted) return 'no answer within a minute';
  const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause;
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no such name',
    EHOSTUNREACH: 'the host cannot be reached',
    ETIMEDOUT: 'no answer',
    ECONNRESET: 'the connection was cut',
  };
  return reasons[String(cause?.code)] ?? printable(String(cause?.message ?? (error as Error).message));
}
