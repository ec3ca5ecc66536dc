import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import type { DnsAnswer, DnsQuery, NameServer } from "../../test/egress/name_server.ts";
import { NXDOMAIN, REFUSED, SERVFAIL, startNameServer } from "../../test/egress/name_server.ts";
import type { Clock } from "../clock.ts";
import { systemClock } from "../clock.ts";
import type { EgressPolicyOptions } from "./address_policy.ts";
import { EgressPolicy } from "./address_policy.ts";
import { parseCidrList } from "./ip_address.ts";
import type { Resolution, ResolverDeps } from "./resolver.ts";
import { Resolver } from "./resolver.ts";
import { createSystemResolver } from "./system_resolver.ts";

const PUBLIC = "93.184.216.34";

type Setup = { resolver: Resolver; asked: string[]; cancelled: string[]; clock: { nowMs: number } };

/** `answers` gives the next answer for a name: addresses, or an error code. */
function setUp(
  answers: (hostname: string, family: 4 | 6) => readonly string[] | string | Promise<string[]>,
  options: { policy?: Partial<EgressPolicyOptions>; hosts?: string; deps?: Partial<ResolverDeps> } = {},
): Setup {
  const clock = { nowMs: 0 };
  const fake: Clock = { ...systemClock, monotonicMs: () => clock.nowMs };
  const asked: string[] = [];
  const cancelled: string[] = [];
  const ask = async (hostname: string, family: 4 | 6): Promise<string[]> => {
    asked.push(`${hostname} ${family}`);
    const answer = await answers(hostname, family);
    if (typeof answer === "string") throw Object.assign(new Error(answer), { code: answer });
    return [...answer];
  };
  const resolver = new Resolver({
    policy: new EgressPolicy({ allow: [], isDevelopment: false, ...options.policy }),
    clock: fake,
    openLookup: () => ({
      resolve4: (hostname) => ask(hostname, 4),
      resolve6: (hostname) => ask(hostname, 6),
      cancel: () => cancelled.push("lookup"),
    }),
    readHostsFile: async () => options.hosts ?? "",
    lookupsMax: 100,
    ...options.deps,
  });
  return { resolver, asked, cancelled, clock };
}

function addressesOf(resolution: Resolution): string[] | null {
  return resolution.kind === "addresses" ? resolution.addresses.map(({ address }) => address) : null;
}

function failureOf(resolution: Resolution): [code: string, isOurs: boolean] | string {
  return resolution.kind === "failed" ? [resolution.failure.code, resolution.isOurs] : resolution.kind;
}

test("a name leads to the addresses of both families", async () => {
  const { resolver } = setUp((_, family) => (family === 4 ? [PUBLIC] : ["2606:4700::1111"]));

  assert.deepEqual(await resolver.resolve("a.test"), {
    kind: "addresses",
    isFresh: true,
    addresses: [
      { address: PUBLIC, family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ],
  });
});

test("one forbidden address among public ones refuses the name", async () => {
  for (const forbidden of ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:1.2.3.4", "fe80::1%eth0"]) {
    const { resolver } = setUp((_, family) =>
      forbidden.includes(":") === (family === 6) ? [PUBLIC, forbidden] : [PUBLIC],
    );

    assert.deepEqual(await resolver.resolve("a.test"), { kind: "refused" }, forbidden);
  }
});

test("a name that flips from public to private is refused as soon as it is looked up again", async () => {
  const answers = [[PUBLIC], ["10.0.0.1"]];
  const { resolver, clock } = setUp((_, family) => (family === 4 ? (answers.shift() ?? []) : []));

  assert.deepEqual(addressesOf(await resolver.resolve("a.test")), [PUBLIC]);
  clock.nowMs += 5_001;
  assert.deepEqual(await resolver.resolve("a.test"), { kind: "refused" });
});

test("an answer is used for 5 s without another lookup, and vetted at each use", async () => {
  const { resolver, asked, clock } = setUp((_, family) => (family === 4 ? [PUBLIC] : []));

  await resolver.resolve("a.test");
  clock.nowMs += 4_999;
  const cached = await resolver.resolve("a.test");
  assert.equal(cached.kind === "addresses" && cached.isFresh, false);
  assert.equal(asked.length, 2);
  clock.nowMs += 1;
  await resolver.resolve("a.test");
  assert.equal(asked.length, 4);
});

test("failures are not remembered", async () => {
  const answers: (string | string[])[] = ["ESERVFAIL", [PUBLIC]];
  const { resolver } = setUp((_, family) => (family === 4 ? (answers.shift() ?? []) : "ESERVFAIL"));

  assert.deepEqual(failureOf(await resolver.resolve("a.test")), ["DNS_FAILED", false]);
  assert.deepEqual(addressesOf(await resolver.resolve("a.test")), [PUBLIC]);
});

test("lookups of one name at the same time are one lookup", async () => {
  const { resolver, asked } = setUp((_, family) => (family === 4 ? [PUBLIC] : []));

  await Promise.all(Array.from({ length: 50 }, () => resolver.resolve("a.test")));

  assert.deepEqual(asked, ["a.test 4", "a.test 6"]);
});

test("16 addresses are fine, 17 are refused as a fault of the name", async () => {
  const some = (count: number): string[] => Array.from({ length: count }, (_, at) => `93.184.216.${at}`);

  const { resolver } = setUp((name, family) =>
    family === 4 ? some(name === "more.test" ? 9 : 8) : Array(8).fill("2606:4700::1"),
  );

  assert.equal(addressesOf(await resolver.resolve("many.test"))?.length, 16);
  const more = await resolver.resolve("more.test");
  assert.deepEqual(failureOf(more), ["DNS_FAILED", false]);
  assert.match(more.kind === "failed" ? more.failure.message : "", /\(more than 16 addresses\)$/);
});

test("a name of more than 16 addresses with a private one among them reads as any refused name", async () => {
  const inside = Array.from({ length: 17 }, (_, at) => `10.0.0.${at}`);
  const outside = Array.from({ length: 17 }, (_, at) => `93.184.216.${at}`);
  const { resolver } = setUp((name, family) => {
    if (family === 6) return [];
    return name === "inside.test" ? inside : [...outside, "10.0.0.1"];
  });

  assert.deepEqual(await resolver.resolve("inside.test"), { kind: "refused" });
  assert.deepEqual(await resolver.resolve("mixed.test"), { kind: "refused" });
});

describe("error codes", () => {
  for (const [ipv4, ipv6, failure] of [
    ["ENOTFOUND", "ENOTFOUND", ["DNS_NOT_FOUND", false]],
    ["ENODATA", "ENODATA", ["DNS_NOT_FOUND", false]],
    ["ESERVFAIL", "ENODATA", ["DNS_FAILED", false]],
    ["ENODATA", "ETIMEOUT", ["TIMEOUT_DNS", true]],
    ["ETIMEOUT", "ETIMEOUT", ["TIMEOUT_DNS", true]],
    ["ECONNREFUSED", "ECONNREFUSED", ["DNS_FAILED", true]],
    ["EREFUSED", "EREFUSED", ["DNS_FAILED", true]],
    ["ENOMEM", "ENODATA", ["DNS_FAILED", true]],
  ] as const) {
    test(`${ipv4} and ${ipv6} are ${failure.join(", ours: ")}`, async () => {
      const { resolver } = setUp((_, family) => (family === 4 ? ipv4 : ipv6));

      assert.deepEqual(failureOf(await resolver.resolve("a.test")), failure);
    });
  }
});

test("one family with addresses is enough, whatever becomes of the other", async () => {
  const { resolver } = setUp((_, family) => (family === 4 ? [PUBLIC] : "ESERVFAIL"));

  assert.deepEqual(addressesOf(await resolver.resolve("a.test")), [PUBLIC]);
});

test("a lookup that takes too long is given up and cancelled", async () => {
  const setup = setUp(() => new Promise(() => {}), { deps: { dnsMs: 20 } });
  const keepAlive = setInterval(() => {}, 1_000); // the product's timers do not keep a process running

  assert.deepEqual(failureOf(await setup.resolver.resolve("a.test")), ["TIMEOUT_DNS", true]);
  clearInterval(keepAlive);
  assert.equal(setup.cancelled.length, 1);
});

test("so many names are asked for at a time, and one more is our outage until one is answered", async () => {
  const answered = Promise.withResolvers<string[]>();
  const { resolver, asked } = setUp((name) => (name === "a.test" ? answered.promise : [PUBLIC]), {
    deps: { lookupsMax: 1 },
  });

  const first = resolver.resolve("a.test");
  const same = resolver.resolve("a.test");
  assert.deepEqual(failureOf(await resolver.resolve("b.test")), ["DNS_FAILED", true]);
  answered.resolve([PUBLIC]);
  assert.deepEqual(
    [addressesOf(await first), addressesOf(await same)],
    [
      [PUBLIC, PUBLIC],
      [PUBLIC, PUBLIC],
    ],
  );
  assert.notEqual(addressesOf(await resolver.resolve("b.test")), null);
  assert.equal(asked.length, 4);
});

test("which names a private network has is not told: one that does not resolve reads as a refused one", async () => {
  const answers = (name: string) => (name.startsWith("down") ? "ECONNREFUSED" : "ENOTFOUND");
  const allowing = setUp(answers, { policy: { allow: parseCidrList("10.0.0.0/8").cidrs } });
  const development = setUp(answers, { policy: { isDevelopment: true } });

  for (const name of ["postgres", "wiki.corp", "service.cluster.local"]) {
    assert.deepEqual(await allowing.resolver.resolve(name), { kind: "refused" }, name);
    assert.deepEqual(failureOf(await development.resolver.resolve(name)), ["DNS_NOT_FOUND", false], name);
  }
  assert.deepEqual(failureOf(await allowing.resolver.resolve("wiki.example")), ["DNS_NOT_FOUND", false]);
  assert.deepEqual(failureOf(await allowing.resolver.resolve("down.corp")), ["DNS_FAILED", true]);
});

test("a lookup that cannot even begin is our outage", async () => {
  const { resolver } = setUp(() => [], {
    deps: {
      openLookup: () => {
        throw Object.assign(new Error("no memory"), { code: "ENOMEM" });
      },
    },
  });

  assert.deepEqual(failureOf(await resolver.resolve("a.test")), ["DNS_FAILED", true]);
});

test("localhost is this machine without a lookup, as far as it is permitted", async () => {
  const development = setUp(() => [PUBLIC], { policy: { isDevelopment: true } });
  const allowing = setUp(() => [PUBLIC], { policy: { allow: parseCidrList("127.0.0.0/8").cidrs } });
  const production = setUp(() => [PUBLIC]);

  assert.deepEqual(addressesOf(await development.resolver.resolve("localhost")), ["127.0.0.1", "::1"]);
  assert.deepEqual(addressesOf(await development.resolver.resolve("a.localhost")), ["127.0.0.1", "::1"]);
  assert.deepEqual(addressesOf(await allowing.resolver.resolve("localhost")), ["127.0.0.1"]);
  assert.deepEqual(await production.resolver.resolve("localhost"), { kind: "refused" });
  assert.deepEqual([...development.asked, ...allowing.asked, ...production.asked], []);
});

test("the hosts file counts in development mode and with an allow list, under the same policy", async () => {
  const hosts = "127.0.0.1 localhost\n# 1.1.1.1 a.test\n127.0.0.5\tother A.TEST # mine\n10.0.0.1 private.test\n";
  const development = setUp(() => [PUBLIC], { hosts, policy: { isDevelopment: true } });
  const production = setUp((_, family) => (family === 4 ? [PUBLIC] : []), { hosts });

  assert.deepEqual(addressesOf(await development.resolver.resolve("a.test")), ["127.0.0.5"]);
  assert.deepEqual(await development.resolver.resolve("private.test"), { kind: "refused" });
  assert.deepEqual(addressesOf(await production.resolver.resolve("a.test")), [PUBLIC]);
});

test("whether a host resolves is told without telling what it leads to", async () => {
  const { resolver } = setUp((hostname) => {
    if (hostname === "none.test") return "ENOTFOUND";
    return hostname === "outage.test" ? "ECONNREFUSED" : ["10.0.0.1"];
  });

  assert.equal(await resolver.hostResolves(new URL("https://none.test/")), false);
  assert.equal(await resolver.hostResolves(new URL("https://private.test/")), true);
  assert.equal(await resolver.hostResolves(new URL("https://outage.test/")), true);
  assert.equal(await resolver.hostResolves(new URL("https://93.184.216.34/")), true);
});

describe("with name servers of every kind", () => {
  async function setUpServer(
    t: TestContext,
    answer: (query: DnsQuery) => DnsAnswer,
  ): Promise<{ resolver: Resolver; server: NameServer; clock: { nowMs: number } }> {
    const server = await startNameServer(answer);
    t.after(() => server.close());
    const clock = { nowMs: 0 };
    const resolver = createSystemResolver({
      policy: new EgressPolicy({ allow: [], isDevelopment: false }),
      clock: { ...systemClock, monotonicMs: () => clock.nowMs },
      lookupsMax: 10,
      nameServers: [`127.0.0.1:${server.port}`],
    });
    return { resolver, server, clock };
  }

  test("both families are asked for, and their addresses taken", async (t) => {
    const addresses = [PUBLIC, "2606:4700::1111"];
    const { resolver, server } = await setUpServer(t, () => ({ addresses }));

    assert.deepEqual(addressesOf(await resolver.resolve("a.test")), addresses);
    assert.deepEqual(server.asked.sort(), ["a.test A", "a.test AAAA"]);
  });

  test("a chain of aliases leads to its addresses, which are vetted", async (t) => {
    const aliases = ["b.test", "c.other.test"];
    const { resolver } = await setUpServer(t, ({ name }) => ({
      aliases,
      addresses: [name === "a.test" ? PUBLIC : "10.0.0.1"],
    }));

    assert.deepEqual(addressesOf(await resolver.resolve("a.test")), [PUBLIC]);
    assert.deepEqual(await resolver.resolve("internal.test"), { kind: "refused" });
  });

  test("one private address among public ones, in either family, refuses the name", async (t) => {
    const { resolver } = await setUpServer(t, ({ name }) => ({
      addresses: [PUBLIC, "2606:4700::1111", name === "four.test" ? "192.168.0.1" : "fd00::1"],
    }));

    assert.deepEqual(await resolver.resolve("four.test"), { kind: "refused" });
    assert.deepEqual(await resolver.resolve("six.test"), { kind: "refused" });
  });

  test("a name whose answer flips to a private address between two queries is refused from then on", async (t) => {
    const { resolver, clock } = await setUpServer(t, ({ no }) => ({ addresses: [no === 1 ? PUBLIC : "127.0.0.1"] }));

    assert.deepEqual(addressesOf(await resolver.resolve("a.test")), [PUBLIC]);
    clock.nowMs += 5_001;
    assert.deepEqual(await resolver.resolve("a.test"), { kind: "refused" });
  });

  for (const [count, isTaken] of [
    [16, true],
    [17, false],
    [4_000, false],
  ] as const) {
    test(`${count} addresses are ${isTaken ? "taken" : "a fault of the name"}`, async (t) => {
      const addresses = Array.from({ length: count }, (_, at) => `93.184.${at >> 8}.${at & 255}`);
      const { resolver } = await setUpServer(t, () => ({ addresses }));

      const resolution = await resolver.resolve("many.test");

      if (isTaken) assert.equal(addressesOf(resolution)?.length, count);
      else assert.deepEqual(failureOf(resolution), ["DNS_FAILED", false]);
    });
  }

  for (const [what, answer, failure] of [
    ["a name that does not exist", { code: NXDOMAIN }, ["DNS_NOT_FOUND", false]],
    ["a name without an address", {}, ["DNS_NOT_FOUND", false]],
    ["an alias that leads to nothing", { aliases: ["b.test"] }, ["DNS_NOT_FOUND", false]],
    ["a server that fails", { code: SERVFAIL }, ["DNS_FAILED", false]],
    ["a server that refuses us", { code: REFUSED }, ["DNS_FAILED", true]],
    ["a server that is silent", null, ["TIMEOUT_DNS", true]],
  ] as const) {
    test(`${what} is ${failure.join(", ours: ")}`, async (t) => {
      const { resolver } = await setUpServer(t, () => answer);

      assert.deepEqual(failureOf(await resolver.resolve("a.test")), failure);
    });
  }

  test("no server at all is our outage", async (t) => {
    const { resolver, server } = await setUpServer(t, () => null);
    await server.close();
    server.close = async () => {};

    assert.deepEqual(failureOf(await resolver.resolve("a.test")), ["DNS_FAILED", true]);
  });
});
