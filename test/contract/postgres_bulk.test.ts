import { after } from "node:test";
import { postgresFactory } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { bulkContract } from "./suite.ts";

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

bulkContract(postgresFactory(() => (server ??= startServer())));
