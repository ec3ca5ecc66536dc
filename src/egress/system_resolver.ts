/** The resolver of this machine: its name servers, by c-ares (not the four threads of `dns.lookup`), and its hosts file. */
import { Resolver as CaresResolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import type { Clock } from "../clock.ts";
import type { EgressPolicy } from "./address_policy.ts";
import { Resolver } from "./resolver.ts";

const TRY_MS = 1_000;
const TRIES = 2;
const HOSTS_FILE = "/etc/hosts";

/** A resolver under `policy` that asks `nameServers` (`127.0.0.1:5353` each); null: the machine's own. */
export function createSystemResolver(deps: {
  policy: EgressPolicy;
  clock: Clock;
  lookupsMax: number;
  nameServers: readonly string[] | null;
}): Resolver {
  const { nameServers } = deps;
  return new Resolver({
    ...deps,
    openLookup: () => {
      const lookup = new CaresResolver({ timeout: TRY_MS, tries: TRIES });
      if (nameServers !== null) lookup.setServers(nameServers);
      return lookup;
    },
    readHostsFile: async () => {
      try {
        return await readFile(HOSTS_FILE, "utf8");
      } catch {
        return ""; // a machine without one
      }
    },
  });
}
