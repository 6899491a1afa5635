// The API as this program uses it: where it is, who calls, and what becomes of problems.

import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated.ts";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export const url = process.env["API_URL"] ?? "http://127.0.0.1:8080";

/** The API for whoever has this access token, or for everybody. */
export function api(token?: string) {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return createClient<paths>({ baseUrl: url, headers });
}

/** An answer of 400 or above: `problem.code` says which, `problem.remedies` what can be done. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail} (request ${problem.request_id})`);
    this.problem = problem;
  }
}

interface Answer<T> {
  data?: T;
  error?: Problem;
  response: Response;
}

/** What was asked for; throws what was refused. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  const { data, error, response } = await call;
  if (error !== undefined) throw new Refused(error);
  if (data === undefined) throw new Error(`${response.url} answers ${response.status} without a body`);
  return { data, response };
}

/** The problem that is expected to be in the way. */
export async function refused(call: Promise<Answer<unknown>>, code: Problem["code"]): Promise<Problem> {
  const { error, response } = await call;
  if (error?.code !== code) throw new Error(`expected ${code}, not ${error?.code ?? response.status}`);
  return error;
}

/** For one change: new for each, and the same when it is sent again. */
export function newKey() {
  return { "Idempotency-Key": randomUUID() };
}

/** The version that a change is based on. */
export function version(response: Response) {
  const etag = response.headers.get("ETag");
  if (etag === null) throw new Error(`${response.url} has no ETag`);
  return { "If-Match": etag };
}

/** Ends the program if something is not as its next step needs it. */
export function check(isSo: boolean, what: string): asserts isSo {
  if (!isSo) throw new Error(what);
  console.log(`ok  ${what}`);
}
