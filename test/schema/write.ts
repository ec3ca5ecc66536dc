/** `npm run schema`: writes what the migrations come to, for the tests to compare and for people to read. */
import { writeFileSync } from "node:fs";
import { startServer } from "../contract/postgres_server.ts";
import { schemaSnapshots } from "./snapshot.ts";

const server = await startServer();
try {
  for (const { path, text } of await schemaSnapshots(server)) {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
} finally {
  await server.stop();
}
