/**
 * One connection within a transaction: statements with parameters by number. Statements that are sent without waiting for
 * each other share a round trip (the client pipelines): whatever depends on no other's rows is awaited together.
 */
import { createHash } from "node:crypto";
import type { ClientBase, QueryConfig, QueryResult } from "pg";
import { sqlState } from "./failure.ts";
import type { SqlValue } from "./values.ts";
import { boundValue } from "./values.ts";

/** Names for the texts of statements, under which sessions keep them prepared. */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** The same for the same text in every process. */
  of(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `w${createHash("sha256").update(text).digest("base64url").slice(0, 20)}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

const IN_FAILED_TRANSACTION = "25P02";

/** Runs statements on a client. Every method throws what the server says. */
export class Connection {
  readonly #client: ClientBase;
  readonly #names: StatementNames | null;
  /** What ended the transaction: the statements behind it are refused for no reason of their own. */
  #fault: unknown = null;

  /** Without `names`, nothing is prepared. */
  constructor(client: ClientBase, names: StatementNames | null) {
    this.#client = client;
    this.#names = names;
  }

  /** The first row, or undefined. `Row` must name the columns of the statement with what they hold. */
  async get<Row>(text: string, ...values: SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(text, ...values))[0];
  }

  /** Every row; see {@link get}. */
  async all<Row>(text: string, ...values: SqlValue[]): Promise<Row[]> {
    return (await this.#query(text, values)).rows as Row[]; // true by the column list and the types of the columns
  }

  /** How many rows the statement changed. */
  async run(text: string, ...values: SqlValue[]): Promise<number> {
    return (await this.#query(text, values)).rowCount ?? 0;
  }

  /** Every row of a statement that was put together for this one call, and is not worth being kept prepared. */
  async once<Row>(text: string, values: readonly SqlValue[]): Promise<Row[]> {
    const { rows } = await this.#send({ text, values: values.map(boundValue) });
    return rows as Row[]; // as above
  }

  /** Runs statements without parameters or rows. */
  async exec(text: string): Promise<void> {
    await this.#send({ text });
  }

  #query(text: string, values: readonly SqlValue[]): Promise<QueryResult> {
    const bound = values.map(boundValue);
    return this.#send(
      this.#names === null ? { text, values: bound } : { name: this.#names.of(text), text, values: bound },
    );
  }

  /** Of several statements that fail together, whoever is heard first tells of the one that failed. */
  #send(statement: QueryConfig): Promise<QueryResult> {
    return this.#client.query(statement).catch((error: unknown) => {
      if (this.#fault === null || sqlState(error) !== IN_FAILED_TRANSACTION) this.#fault = error;
      throw this.#fault;
    });
  }
}
