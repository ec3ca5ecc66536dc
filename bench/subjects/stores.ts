/** The server on each database that is measured: SQLite in one process, PostgreSQL in one and in two. */
import type { World } from "../world.ts";
import type { ServerOptions, ServerSubject } from "./server.ts";
import { startServer } from "./server.ts";

/** How each is to be set up, besides its database. */
type Setup = Omit<ServerOptions, "name" | "receiverPort" | "databaseUrl" | "processes">;

/** Starts the server once for each form that the options name. */
export async function startOnEachStore(world: World, setup: Setup = {}): Promise<ServerSubject[]> {
  const { stores } = world.options;
  const subjects: ServerSubject[] = [];
  const start = async (name: string, databaseUrl: string | null, processes: number): Promise<void> => {
    subjects.push(await startServer({ ...setup, name, databaseUrl, processes, receiverPort: world.receiverPort }));
  };
  try {
    if (stores.includes("sqlite")) await start("sqlite", null, 1);
    if (stores.includes("postgres")) {
      await start("postgres", await world.newPostgresDatabase(), 1);
      await start("postgres, 2 processes", await world.newPostgresDatabase(), 2);
    }
  } catch (error) {
    for (const subject of subjects) await subject.stop();
    throw error;
  }
  return subjects;
}
