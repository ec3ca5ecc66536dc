/** The resolver of this machine: its name servers, by c-ares (not the four threads of `dns.lookup`), and its hosts file. */
import { Resolver as CaresResolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import type { EgressPolicy } from "./address_policy.ts";
import { Resolver } from "./resolver.ts";

const TRY_MS = 1_000;
const TRIES = 2;
const HOSTS_FILE = "/etc/hosts";

/** A resolver under `policy` that asks the machine's own name servers. */
export function createSystemResolver(deps: { policy: EgressPolicy; clock: Clock }): Resolver {
  return new Resolver({
    ...deps,
    openLookup: () => new CaresResolver({ timeout: TRY_MS, tries: TRIES }),
    readHostsFile: async () => {
      try {
        return await readFile(HOSTS_FILE, "utf8");
      } catch {
        return ""; // a machine without one
      }
    },
  });
}
