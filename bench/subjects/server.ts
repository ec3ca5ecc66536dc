/** The real server as its users run it, with tenants and webhooks set up through its API. */
import { randomBytes } from "node:crypto";
import { ApiClient } from "../../test/e2e/support/api_client.ts";
import { ServerProcess, freePort } from "../../test/e2e/support/server_process.ts";
import type { Target } from "../programs/publisher.ts";
import type { Subject } from "./subject.ts";

/** How a server is set up. */
export type ServerOptions = {
  name: string;
  /** Where its webhooks lead to. */
  receiverPort: number;
  /** A database that is shared by `processes` of them; null: a SQLite file of its own. */
  databaseUrl?: string | null;
  /** A SQLite file that is there already, with its master key beside it. */
  databaseFile?: string;
  /** Default 1. */
  processes?: number;
  /** More settings. */
  env?: Readonly<Record<string, string>>;
  /** Default 1. */
  tenants?: number;
  /** Paths at the receiver, a webhook of each tenant for each. Default one, `/hook`. */
  paths?: readonly string[];
  /** Of each webhook. Default 64, as many as the relay has connections. */
  maxConcurrency?: number;
};

/** One tenant of the server, and what it is used with. */
export type BenchTenant = { appId: string; appEnv: string; base: string; tenantKey: string };

/** A server with its tenants. */
export type ServerSubject = Subject & {
  ports: readonly number[];
  tenants: readonly BenchTenant[];
  operator: ApiClient;
  processes: readonly ServerProcess[];
};

/** Starts it, and makes its tenants and webhooks. */
export async function startServer(options: ServerOptions): Promise<ServerSubject> {
  const { name, databaseUrl = null } = options;
  const database = databaseSettings(databaseUrl, options.databaseFile ?? null);
  const processes: ServerProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const each of processes) await each.remove();
  };
  try {
    for (let number = 0; number < (options.processes ?? 1); number++) {
      const started = new ServerProcess({ port: await freePort(), env: { ...database, ...options.env } });
      processes.push(started);
      await started.start();
    }
    const operator = new ApiClient({ url: processes[0]?.url ?? "" });
    const platform = await operator.must(201, "POST", "/v4/api-keys", { name: "bench" });
    const tenants: BenchTenant[] = [];
    for (let number = 0; number < (options.tenants ?? 1); number++) tenants.push(await makeTenant(operator, options));
    const key = String(platform.json["apiKey"]);
    const target: Target = {
      ports: processes.map(({ port }) => port),
      destinations: tenants.map(({ base }) => ({ path: `${base}/messages`, key })),
    };
    const isOne = processes.length === 1;
    const pids = new Map(processes.map(({ pid }, at) => [isOne ? "server" : `server ${at + 1}`, pid]));
    const deliveriesPerMessage = options.paths?.length ?? 1;
    return { name, target, deliveriesPerMessage, pids, stop, ports: target.ports, tenants, operator, processes };
  } catch (error) {
    await stop();
    throw error;
  }
}

function databaseSettings(url: string | null, file: string | null): Record<string, string> {
  if (file !== null) return { DATABASE_URL: file };
  return url === null ? {} : { DATABASE_URL: url, MASTER_KEY: randomBytes(32).toString("base64") };
}

/** An application environment with its webhooks. */
export async function makeTenant(
  operator: ApiClient,
  options: Pick<ServerOptions, "receiverPort" | "paths" | "maxConcurrency">,
): Promise<BenchTenant> {
  const { appId, base, tenant, tenantKey } = await operator.newTenant();
  const { receiverPort, paths = ["/hook"], maxConcurrency = 64 } = options;
  for (const path of paths) {
    const url = `http://127.0.0.1:${receiverPort}${path}`;
    await tenant.must(201, "POST", `${base}/webhooks`, { url, maxConcurrency });
  }
  return { appId, appEnv: "DEVELOPMENT", base, tenantKey };
}
