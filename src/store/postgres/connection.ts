/**
 * One connection within a transaction: statements with parameters by number. Statements that are sent without waiting for
 * each other share a round trip (the client pipelines): whatever depends on no other's rows is awaited together.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { ClientBase, QueryConfig, QueryResult } from "pg";
import type { ElementType } from "./array_parameter.ts";
import { elementTypes } from "./array_parameter.ts";
import { sqlState } from "./failure.ts";
import type { Plans } from "./plans.ts";
import { cacheModeSetting, scanSettings } from "./plans.ts";
import type { SqlValue } from "./values.ts";
import { boundValues } from "./values.ts";

/** What must be known of a statement to send it. */
type Statement = { name: string | null; elementTypes: readonly (ElementType | undefined)[] };

/** The statements of a process by their texts, with the names under which sessions keep them prepared. */
export class Statements {
  readonly #usesPrepared: boolean;
  readonly #statements = new Map<string, Statement>();

  constructor({ usesPrepared }: { usesPrepared: boolean }) {
    this.#usesPrepared = usesPrepared;
  }

  /** The name is the same for the same text in every process; null where nothing is prepared. */
  of(text: string): Statement {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      const hash = createHash("sha256").update(text).digest("base64url");
      statement = { name: this.#usesPrepared ? `w${hash.slice(0, 20)}` : null, elementTypes: elementTypes(text) };
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

const IN_FAILED_TRANSACTION = "25P02";

/** What the client writes to, to be broken off or held back for a moment. */
export function streamOf(client: ClientBase): Socket {
  const { connection } = client as unknown as { connection: { stream: Socket } }; // every client of pg has it
  return connection.stream;
}

/** Runs statements on a client. Every method throws what the server says. */
export class Connection {
  readonly #client: ClientBase;
  readonly #statements: Statements;
  readonly #plans: Plans;
  #isGathering = false;
  /** What ended the transaction: the statements behind it are refused for no reason of their own. */
  #fault: unknown = null;

  /** `plans`: what the transaction has begun with. */
  constructor({ client, statements, plans }: { client: ClientBase; statements: Statements; plans: Plans }) {
    this.#client = client;
    this.#statements = statements;
    this.#plans = plans;
  }

  /** The first row, or undefined. `Row` must name the columns of the statement with what they hold. */
  async get<Row>(text: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(text, ...values))[0];
  }

  /** Every row; see {@link get}. */
  async all<Row>(text: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.#query(text, values)).rows as Row[]; // true by the column list and the types of the columns
  }

  /**
   * Every row of a statement over partitions of many days. Its plan is for all of them, made once and kept, since planning
   * for dozens of partitions takes many times longer than running; those of other days are left out when it begins to run.
   * It goes by indexes even where a table is empty now: the plan is the same when the day has filled it. Where nothing is
   * prepared, it is planned for the days of the call.
   */
  async everyDay<Row>(text: string, ...values: SqlValue[]): Promise<Row[]> {
    if (this.#statements.of(text).name === null) return await this.byIndexes<Row>(text, ...values);
    return await this.#withCacheMode("force_generic_plan", () => this.byIndexes<Row>(text, ...values));
  }

  /**
   * Every row of a statement that is planned for the values of the call, also where plans are kept: a plan that was made when
   * its tables were empty could read them whole later, and one over partitions would be for those of all days.
   */
  async forItsValues<Row>(text: string, ...values: SqlValue[]): Promise<Row[]> {
    const isPlanned = this.#plans.cacheMode === "force_custom_plan" || this.#statements.of(text).name === null;
    if (isPlanned) return await this.all<Row>(text, ...values);
    return await this.#withCacheMode("force_custom_plan", () => this.all<Row>(text, ...values));
  }

  /**
   * Every row of a statement that is to find row after row by indexes, however large the planner takes its tables to be: it
   * does not know that a claim ends after a few rows, and would read all messages of a day for them.
   */
  async byIndexes<Row>(text: string, ...values: SqlValue[]): Promise<Row[]> {
    if (this.#plans.scans === "off") return await this.all<Row>(text, ...values);
    const [, rows] = await Promise.all([
      this.exec(scanSettings("off")),
      this.all<Row>(text, ...values),
      this.exec(scanSettings(this.#plans.scans)),
    ]);
    return rows;
  }

  /** How many rows the statement changed. */
  async run(text: string, ...values: SqlValue[]): Promise<number> {
    return (await this.#query(text, values)).rowCount ?? 0;
  }

  /** Every row of a statement that was put together for this one call, and is not worth being kept prepared. */
  async once<Row>(text: string, values: readonly SqlValue[]): Promise<Row[]> {
    const { rows } = await this.#send({ text, values: boundValues(values, elementTypes(text)) });
    return rows as Row[]; // as above
  }

  /** Every row of a statement without parameters that may take as long as `msMax`, whatever others may. */
  async long<Row>(text: string, msMax: number): Promise<Row[]> {
    const statement = { text, query_timeout: msMax }; // which `pg` heeds, though its types do not tell
    const { rows } = await this.#send(statement);
    return rows as Row[]; // as above
  }

  /** Runs statements without parameters or rows. */
  async exec(text: string): Promise<void> {
    await this.#send({ text });
  }

  #query(text: string, values: readonly SqlValue[]): Promise<QueryResult> {
    const { name, elementTypes: types } = this.#statements.of(text);
    const sent = { text, values: boundValues(values, types) };
    return this.#send(name === null ? sent : { name, ...sent });
  }

  /** Of several statements that fail together, whoever is heard first tells of the one that failed. */
  #send(statement: QueryConfig): Promise<QueryResult> {
    this.#gather();
    return this.#client.query(statement).catch((error: unknown) => {
      if (this.#fault === null || sqlState(error) !== IN_FAILED_TRANSACTION) this.#fault = error;
      throw this.#fault;
    });
  }

  /** Sends what `send` does between two settings, of which the second is the transaction's own. */
  async #withCacheMode<Result>(cacheMode: Plans["cacheMode"], send: () => Promise<Result>): Promise<Result> {
    const set = this.exec(cacheModeSetting(cacheMode));
    const [result] = await Promise.all([send(), set, this.exec(cacheModeSetting(this.#plans.cacheMode))]);
    return result;
  }

  /** What is sent in one turn of the event loop goes in one write to the socket, which costs as much as a statement's work. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const stream = streamOf(this.#client);
    stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }
}
