import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AddressVerdict } from "./address_policy.ts";
import { EgressPolicy } from "./address_policy.ts";
import { parseCidrList } from "./ip_address.ts";

const production = new EgressPolicy({ allow: [], isDevelopment: false });
const development = new EgressPolicy({ allow: [], isDevelopment: true });
const allowing = (list: string): EgressPolicy =>
  new EgressPolicy({ allow: parseCidrList(list).cidrs, isDevelopment: false });

test("blocks that the operator denies are refused though they are public, allowed or loopback, and nothing beside them", () => {
  const deny = parseCidrList("93.184.216.0/24,2a00:1:2::/48,10.1.0.0/16,127.0.0.2").cidrs;
  const allow = parseCidrList("10.0.0.0/8").cidrs;
  const policy = new EgressPolicy({ allow, deny, isDevelopment: true });
  for (const address of ["93.184.216.34", "2a00:1:2::1", "10.1.2.3", "127.0.0.2"]) {
    assert.equal(policy.verdict(address), "denied", address);
  }
  for (const address of ["93.184.217.34", "2a00:1:3::1", "10.2.0.1", "127.0.0.1"]) {
    assert.equal(policy.verdict(address), "permitted", address);
  }
});

test("with NAT64 an address of its prefix is judged by the IPv4 address in it, and no other carrier is", () => {
  const deny = parseCidrList("93.184.216.0/24").cidrs;
  const policy = new EgressPolicy({
    allow: parseCidrList("10.1.0.0/16").cidrs,
    deny,
    isNat64: true,
    isDevelopment: false,
  });
  const verdicts = {
    "64:ff9b::101:101": "permitted",
    "64:ff9b::8.8.8.8": "permitted",
    "64:ff9b::a01:203": "permitted", // 10.1.2.3, which is allowed
    "64:ff9b::a02:203": "private",
    "64:ff9b::7f00:1": "private",
    "64:ff9b::5db8:d822": "denied",
    "64:ff9b::a9fe:a9fe": "metadata",
    "64:ff9b::a83f:8110": "metadata",
    "64:ff9b:1::101:101": "carrier",
    "::ffff:1.1.1.1": "carrier",
    "2002:101:101::1": "carrier",
  };
  for (const [address, verdict] of Object.entries(verdicts)) assert.equal(policy.verdict(address), verdict, address);
  assert.equal(production.verdict("64:ff9b::101:101"), "carrier");
});

describe("in production only public addresses are permitted", () => {
  const verdicts: { readonly [verdict in Exclude<AddressVerdict, "denied">]: readonly string[] } = {
    permitted: [
      "1.1.1.1",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255",
      "128.0.0.0",
      "168.63.129.15",
      "172.15.255.255",
      "172.32.0.0",
      "192.0.1.0",
      "198.17.255.255",
      "198.20.0.0",
      "223.255.255.255",
      "2606:4700:4700::1111",
      "2a00:1450:4001:830::200e",
    ],
    private: [
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.1",
      "100.64.0.1",
      "100.127.255.255",
      "127.0.0.1",
      "127.255.255.255",
      "172.16.0.1",
      "172.31.255.255",
      "192.0.0.1",
      "192.0.2.1",
      "192.31.196.1",
      "192.52.193.1",
      "192.88.99.1",
      "192.168.0.1",
      "192.175.48.1",
      "198.18.0.1",
      "198.19.255.255",
      "198.51.100.1",
      "203.0.113.1",
      "224.0.0.1",
      "239.255.255.255",
      "240.0.0.1",
      "255.255.255.255",
      "::1",
      "100::1",
      "2001:1::1",
      "2001:db8::1",
      "2620:4f:8000::1",
      "3fff::1",
      "4000::1",
      "5f00::1",
      "fc00::1",
      "fd12:3456::1",
      "fe80::1",
      "fec0::1",
      "ff02::1",
    ],
    metadata: [
      "169.254.0.0",
      "169.254.169.254",
      "169.254.170.2",
      "169.254.255.255",
      "168.63.129.16",
      "100.100.100.200",
      "192.0.0.192",
      "fd00:ec2::254",
      "fd00:42::42",
      "fe80::a9fe:a9fe",
    ],
    carrier: [
      "::",
      "::7f00:1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::ffff:8.8.8.8",
      "::ffff:0:7f00:1",
      "::5efe:7f00:1",
      "2a00::5efe:7f00:1",
      "2a00::200:5efe:7f00:1",
      "64:ff9b::7f00:1",
      "64:ff9b:1::7f00:1",
      "2001::7f00:1",
      "2002:7f00:1::",
    ],
    malformed: [
      "",
      "localhost",
      "1.2.3",
      "0x7f.0.0.1",
      "127.1",
      "2130706433",
      "fe80::1%eth0",
      "2606:4700::1%1",
      "[::1]",
      "1.1.1.1 ",
    ],
  };
  for (const [verdict, addresses] of Object.entries(verdicts)) {
    for (const address of addresses) {
      test(`\`${address}\` is ${verdict}`, () => assert.equal(production.verdict(address), verdict));
    }
  }
});

test("development mode permits loopback besides, and nothing else that is private", () => {
  for (const address of ["127.0.0.1", "127.8.9.10", "::1"]) assert.ok(development.permits(address), address);
  for (const address of [
    "0.0.0.0",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.0.1",
    "::",
    "::ffff:127.0.0.1",
    "fd00::1",
  ]) {
    assert.ok(!development.permits(address), address);
  }
});

test("the allow list permits what it names", () => {
  const policy = allowing("10.1.0.0/16, 127.0.0.1, fd12::/16");

  for (const address of ["10.1.2.3", "127.0.0.1", "fd12::1"]) assert.ok(policy.permits(address), address);
  for (const address of ["10.2.0.0", "127.0.0.2", "fd13::1", "::1"]) assert.ok(!policy.permits(address), address);
});

test("no allow list opens metadata services or IPv4 inside IPv6", () => {
  const everything = allowing("0.0.0.0/0,::/0");

  assert.ok(everything.permits("10.0.0.1"));
  assert.ok(everything.permits("::1"));
  for (const address of ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"]) {
    assert.equal(everything.verdict(address), "metadata", address);
  }
  for (const address of ["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"]) {
    assert.equal(everything.verdict(address), "carrier", address);
  }
});

for (const [prefixBits, translated, neighbour] of [
  [32, "fd00:1:a9fe:a9fe::", "fd00:1:a9fe:a9fd::"],
  [40, "fd00:1:a9:fea9:fe::", "fd00:1:a9:fea9:fd::"],
  [48, "fd00:1:2:a9fe:a9:fe00::", "fd00:1:2:a9fe:a9:fd00::"],
  [56, "fd00:1:2:a9:fe:a9fe::", "fd00:1:2:a9:fe:a9fd::"],
  [64, "fd00:1:2:3:a9:fea9:fe00::", "fd00:1:2:3:a9:fea9:fd00::"],
  [96, "fd00:1:2:3:4:5:a9fe:a9fe", "fd00:1:2:3:4:5:a9fe:a9fd"],
] as const) {
  test(`no allow list opens a metadata service behind a NAT64 prefix of ${prefixBits} bits of the network's own`, () => {
    const policy = allowing("fd00::/8");

    assert.deepEqual([policy.verdict(translated), policy.verdict(neighbour)], ["metadata", "permitted"]);
  });
}

/** IPv6 text around the two halves of an IPv4 address, in hexadecimal. */
const CARRIERS: readonly ((high: string, low: string) => string)[] = [
  (high, low) => `::${high}:${low}`,
  (high, low) => `::ffff:${high}:${low}`,
  (high, low) => `::ffff:0:${high}:${low}`,
  (high, low) => `::5efe:${high}:${low}`,
  (high, low) => `2a00:1450::5efe:${high}:${low}`,
  (high, low) => `2a00:1450::200:5efe:${high}:${low}`,
  (high, low) => `64:ff9b::${high}:${low}`,
  (high, low) => `64:ff9b:1::${high}:${low}`,
  (high, low) => `2002:${high}:${low}::1`,
  (high, low) => `2001:0:${high}:${low}::1`,
];

test("no IPv4 address that is not public is permitted, in any carrier", () => {
  const hex = (high: number, low: number): string => ((high << 8) | low).toString(16);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.constantFrom(...CARRIERS),
      ([a = 0, b = 0, c = 0, d = 0], carry) => {
        const carried = carry(hex(a, b), hex(c, d));
        assert.ok(carried === "::1" || production.verdict(carried) === "carrier", carried);
        assert.ok(!production.permits(carried), carried);
      },
    ),
    { numRuns: 20_000 },
  );
});

test("the verdict on an address does not depend on its spelling", () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
      assert.equal(production.verdict(address), production.verdict(canonical));
      assert.equal(production.verdict(address.toUpperCase()), production.verdict(canonical));
    }),
    { numRuns: 5_000 },
  );
});
