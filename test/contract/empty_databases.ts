/**
 * Databases with the schema and nothing else. They are emptied and used again, since making a copy of one takes longer than
 * most tests.
 */
import pg from "pg";
import type { TestServer } from "./postgres_server.ts";

type EmptyDatabase = { name: string; url: string };

/** What a database of the template has: its partitions, and the rows of the tables that are not empty in it. */
type Template = { name: string; partitions: readonly string[]; settings: readonly { name: string; value: string }[] };

/** The latest first, so that rows go before those they refer to. */
const TABLES = `
  select relname as name from pg_class
  where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition
    and relname not in ('migrations', 'settings') order by oid desc`;
const PARTITIONS = `select relname as name from pg_class where relkind = 'r' and relispartition order by relname`;

/** Those of one server. */
export class EmptyDatabases {
  readonly #server: TestServer;
  readonly #free: EmptyDatabase[] = [];
  readonly #template: Promise<Template>;

  /** `migrate` brings a new database up to date. */
  constructor(server: TestServer, migrate: (url: string) => Promise<void>) {
    this.#server = server;
    this.#template = createTemplate(server, migrate);
  }

  async take(): Promise<EmptyDatabase> {
    const { name } = await this.#template;
    return this.#free.pop() ?? (await this.#server.createDatabase(name));
  }

  /** For the next one, whatever was done in it. Nobody may be connected any more. */
  async giveBack(database: EmptyDatabase): Promise<void> {
    await empty(database.url, await this.#template);
    this.#free.push(database);
  }
}

async function createTemplate(server: TestServer, migrate: (url: string) => Promise<void>): Promise<Template> {
  const { name, url } = await server.createDatabase();
  await migrate(url);
  return await connected(url, async (client) => {
    const { rows } = await client.query<{ name: string; value: string }>("select name, value from settings");
    return { name, partitions: await names(client, PARTITIONS), settings: rows };
  });
}

async function empty(url: string, { partitions, settings }: Template): Promise<void> {
  await connected(url, async (client) => {
    const added = (await names(client, PARTITIONS)).filter((name) => !partitions.includes(name));
    const tables = await names(client, TABLES);
    const statements = [
      "begin",
      ...added.map((name) => `drop table ${name}`),
      "alter table audit_log disable trigger user",
      ...tables.map((name) => `delete from ${name}`),
      "alter table audit_log enable trigger user",
      "delete from settings",
    ];
    await client.query(statements.join("; "));
    for (const { name, value } of settings) await client.query("insert into settings values ($1, $2)", [name, value]);
    await client.query("commit");
  });
}

async function names(client: pg.Client, query: string): Promise<string[]> {
  return (await client.query<{ name: string }>(query)).rows.map(({ name }) => name);
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
