/**
 * The fuzzer: requests made from the server's own OpenAPI document, sent to a real server, and the rules that every answer
 * has to keep. Operations take turns; what it finds is made as small as it gets, and can be repeated from its seed.
 */
import fc from "fast-check";
import { readConfig } from "../../src/config.ts";
import type { Receiver } from "../e2e/support/receiver.ts";
import { ResponseChecker } from "../e2e/support/response_checker.ts";
import { ADMIN_API_KEY } from "../e2e/support/server_process.ts";
import { checkAnswer } from "./answer_rules.ts";
import { FieldValues, fillIn } from "./field_values.ts";
import { RawClient } from "./raw_client.ts";
import type { Operation } from "./reference.ts";
import { operationsOf } from "./reference.ts";
import type { FuzzRequest } from "./requests.ts";
import { requestsOf } from "./requests.ts";
import { World } from "./world.ts";

/** So many requests of one operation follow each other before the next has its turn. */
const TURN_REQUESTS = 5;
const RECEIVED_MAX = 200;

/** What to do: `requests` in all, of all operations or of those named. */
export type FuzzPlan = { seed: number; requests: number; operations?: readonly string[] };

/** What came of it; `succeeded` and `refused` are counts by operation. */
export type FuzzReport = {
  requests: number;
  succeeded: Map<string, number>;
  refused: Map<string, number>;
  /** Status and error code of each refusal, with their counts. */
  codes: Map<string, number>;
  /** In words, with the smallest request that shows it; each problem once. */
  findings: string[];
};

/** Fuzzes the server, whose receiver gets what its webhooks are sent. */
export class Fuzzing {
  readonly #checker: ResponseChecker;
  readonly #receiver: Receiver;
  readonly #world: World;
  readonly #client: RawClient;
  readonly #fields = new FieldValues(readConfig({}).catalog);
  readonly #operations: readonly Operation[];
  readonly #requests = new Map<Operation, fc.Arbitrary<FuzzRequest>>();
  readonly #problems = new Set<string>();
  readonly #report: FuzzReport = {
    requests: 0,
    succeeded: new Map(),
    refused: new Map(),
    codes: new Map(),
    findings: [],
  };

  /** The server at `url` believes everybody's `X-Forwarded-For`; `reference` is its OpenAPI document. */
  constructor(of: { url: string; receiver: Receiver; reference: unknown }) {
    this.#checker = new ResponseChecker(of.reference);
    this.#receiver = of.receiver;
    this.#world = new World({ url: of.url, adminKey: ADMIN_API_KEY, receiver: of.receiver });
    this.#client = new RawClient(of.url);
    this.#operations = operationsOf(of.reference);
  }

  async run(plan: FuzzPlan): Promise<FuzzReport> {
    const chosen = this.#operations.filter(({ id }) => plan.operations?.includes(id) ?? true);
    await this.#world.make();
    for (let turn = 0; this.#report.requests < plan.requests; turn++) {
      for (const [at, operation] of chosen.entries()) {
        await this.#turn(operation, plan.seed + turn * this.#operations.length + at);
      }
    }
    this.#client.close();
    return this.#report;
  }

  /** The operations that were to be fuzzed. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  async #turn(operation: Operation, seed: number): Promise<void> {
    const requests = this.#requests.get(operation) ?? requestsOf(operation, this.#fields);
    this.#requests.set(operation, requests);
    const property = fc.asyncProperty(requests, (request) => this.#send(operation, request));
    const details = await fc.check(property, { seed, numRuns: TURN_REQUESTS, endOnFailure: false });
    if (!details.failed) return;
    const { errorInstance, counterexample } = details;
    const problem = String(errorInstance);
    const kind = `${operation.id} ${problem.replaceAll(/req_[\w-]+|[\w-]{20,}|\d+/g, "…").slice(0, 200)}`;
    if (this.#problems.has(kind)) return;
    this.#problems.add(kind);
    const request = JSON.stringify(counterexample?.[0]);
    this.#report.findings.push(`${operation.id}, seed ${seed}: ${problem}\n  ${request.slice(0, 1_500)}`);
  }

  async #send(operation: Operation, request: FuzzRequest): Promise<void> {
    const fill = (text: string): string => fillIn(text, (name) => this.#world.valueOf(name));
    const { method, caller, body } = request;
    const target = asPath(fill(request.target));
    const typed = body === null ? [] : [["content-type", "application/json"] as const];
    const headers = [...this.#world.credentialsOf(caller), ...typed, ["x-forwarded-for", anyAddress()] as const];
    const own = new Set(request.headers.map(([name]) => name));
    const sent = [...headers.filter(([name]) => !own.has(name)), ...request.headers];
    const bytes =
      body === null ? null : body.kind === "text" ? Buffer.from(fill(body.text)) : Buffer.from(body.text, "base64");
    const answer = await this.#client.call({ method, target, headers: sent, body: bytes });
    this.#report.requests += 1;
    this.#count(operation, { method, status: answer.status, text: answer.text });
    checkAnswer({ method, target }, answer, this.#checker);
    this.#receiver.received.splice(0, this.#receiver.received.length - RECEIVED_MAX);
    const done = this.#operations.find((one) => one.method === method && one.path === operation.path);
    if (done === undefined || (answer.text !== "" && !answer.text.startsWith("{"))) return;
    const json = JSON.parse(answer.text === "" ? "{}" : answer.text) as Record<string, unknown>; // it is an object
    await this.#world.repair(done.id, { status: answer.status, json });
  }

  #count(operation: Operation, { method, status, text }: { method: string; status: number; text: string }): void {
    const { succeeded, refused, codes } = this.#report;
    const counts = status < 300 && method === operation.method ? succeeded : refused;
    counts.set(operation.id, (counts.get(operation.id) ?? 0) + 1);
    if (status < 400) return;
    const code = `${status} ${/"code":"([A-Z_]+)"/.exec(text)?.[1] ?? ""}`;
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
}

/** Everybody is somebody else: what is refused to one caller must not shut out the next. */
let addresses = 0;
function anyAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/** Node's client refuses to send what is no visible ASCII in a path; the server never sees more than its encoding. */
function asPath(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]/g, (char) => encodeURIComponent(char.toWellFormed()));
}
