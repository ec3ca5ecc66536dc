/** The schemas of both stores as they are, and the files that hold them as they were when somebody last looked. */
import pg from "pg";
import type { TestServer } from "../contract/postgres_server.ts";
import { migrateDatabase } from "./migrated.ts";
import { postgresSchema } from "./postgres_schema.ts";
import { sqliteSchema } from "./sqlite_schema.ts";

/** A file of the repository, and what it should hold. */
export type Snapshot = { path: string; text: string };

const HEAD =
  "-- What all migrations come to. Written by `npm run schema`, and compared with the migrations by the tests.\n";

/** Those of both stores. */
export async function schemaSnapshots(server: TestServer): Promise<Snapshot[]> {
  const { name, url } = await server.createDatabase();
  await migrateDatabase(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const postgres = await postgresSchema(client);
  await client.end();
  await server.dropDatabase(name);
  return [
    { path: "src/store/postgres/schema.txt", text: `${HEAD}\n${postgres}` },
    { path: "src/store/sqlite/schema.txt", text: `${HEAD}\n${sqliteSchema()}` },
  ];
}
