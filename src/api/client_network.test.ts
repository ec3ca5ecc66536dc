import { test } from "node:test";
import assert from "node:assert/strict";
import { networkOf } from "./client_network.ts";

test("the network is the first 24 bits of an IPv4 address, however it is written, and the first 48 of an IPv6 address", () => {
  for (const [ip, network] of [
    ["203.0.113.9", "203.0.113.0/24"],
    ["203.0.113.255", "203.0.113.0/24"],
    ["::ffff:203.0.113.9", "203.0.113.0/24"],
    ["127.0.0.1", "127.0.0.0/24"],
    ["2001:db8:1:2::9", "2001:db8:1::/48"],
    ["2001:db8:1:ffff:ffff::", "2001:db8:1::/48"],
    ["::1", "::/48"],
  ] as const) {
    assert.equal(networkOf(ip), network, ip);
  }
});

test("what is no address has no network", () => {
  for (const ip of ["", "unknown", "fe80::1%eth0", "203.0.113.9:80"]) assert.equal(networkOf(ip), null, ip);
});
