/** As behind a pooler that gives each transaction another session: without prepared statements, and without notices. */
import { after } from "node:test";
import { postgresFactory } from "./postgres_factory.ts";
import type { TestServer } from "./postgres_server.ts";
import { startServer } from "./postgres_server.ts";
import { deliveryContract } from "./suite.ts";

let server: Promise<TestServer> | null = null;

after(async () => {
  await (await server)?.stop();
});

const options = { name: "postgres behind a pooler", parameters: "?prepare=false&listen=false" };
deliveryContract(postgresFactory(() => (server ??= startServer()), options));
