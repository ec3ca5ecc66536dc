import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { cidrContains, formatCidr, parseCidr, parseCidrList, parseIpAddress } from "./ip_address.ts";

test("an address is read as its bytes", () => {
  assert.deepEqual(parseIpAddress("1.2.3.255"), { family: 4, bytes: Uint8Array.of(1, 2, 3, 255) });
  assert.deepEqual(parseIpAddress("1:2::ffff:1.2.3.4"), {
    family: 6,
    bytes: Uint8Array.of(0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4),
  });
  assert.deepEqual(parseIpAddress("::")?.bytes, new Uint8Array(16));
  assert.equal(parseIpAddress("fe80::1%eth0"), null);
  assert.equal(parseIpAddress("example.com"), null);
});

test("blocks contain what Node's own block list says", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(address, address, fc.nat(128), (network, candidate, bits) => {
      const family = network.includes(":") ? "ipv6" : "ipv4";
      fc.pre(network.includes(":") === candidate.includes(":")); // BlockList reads mapped addresses as IPv4
      const prefixBits = family === "ipv4" ? bits % 33 : bits;
      const parsed = parseIpAddress(network);
      const other = parseIpAddress(candidate);
      assert.ok(parsed !== null && other !== null);
      fc.pre(family === "ipv4" || !new URL(`http://[${candidate}]`).hostname.startsWith("[::ffff:"));
      const list = new BlockList();
      list.addSubnet(network, prefixBits, family);
      assert.equal(cidrContains({ ...parsed, prefixBits }, other), list.check(candidate, family));
    }),
    { numRuns: 5_000 },
  );
});

test("a list of blocks is separated by commas; single addresses and blanks are fine", () => {
  const { cidrs, faults } = parseCidrList(" 10.0.0.0/8, 192.168.1.7 ,,fd00::/8,::/0 ");

  assert.deepEqual(faults, []);
  assert.deepEqual(
    cidrs.map(({ family, prefixBits }) => [family, prefixBits]),
    [
      [4, 8],
      [4, 32],
      [6, 8],
      [6, 0],
    ],
  );
  assert.deepEqual(parseCidrList("  "), { cidrs: [], faults: [] });
});

for (const text of [
  "10.0.0.0/33",
  "::/129",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  "10.0.0.0/1e1",
  "ten",
  "10.0.0/8",
  "fe80::%1/64",
]) {
  test(`\`${text}\` is a fault that names it`, () => {
    const parsed = parseCidr(text);
    assert.ok("fault" in parsed && parsed.fault.includes(`\`${text}\``));
  });
}

test("bits beyond the prefix are a fault: the block is probably not what was meant", () => {
  assert.ok("fault" in parseCidr("10.1.0.0/8"));
  assert.ok("fault" in parseCidr("fd00::1/64"));
  assert.ok(!("fault" in parseCidr("10.128.0.0/9")));
  assert.ok("fault" in parseCidr("10.64.0.0/9"));
});

test("all faults of a list are reported, and the good entries kept", () => {
  const { cidrs, faults } = parseCidrList("x,10.0.0.0/8,10.0.0.1/8");

  assert.equal(cidrs.length, 1);
  assert.equal(faults.length, 2);
});

test("a block is written as it would be given, IPv6 in its short form", () => {
  for (const text of ["10.0.0.0/8", "192.0.2.7/32", "0.0.0.0/0", "fd00::/8", "2001:db8:0:1::/64", "::1/128"]) {
    const parsed = parseCidr(text);
    assert.ok(!("fault" in parsed));
    assert.equal(formatCidr(parsed), text);
  }
});
