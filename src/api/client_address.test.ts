import { test } from "node:test";
import assert from "node:assert/strict";
import { clientAddress } from "./client_address.ts";

/** A request whose connection came from 10.0.0.1, with what fastify makes of `forwarded` when it believes all of it. */
function forwarded(...texts: string[]) {
  return { ip: texts.at(-1) ?? "10.0.0.1", ips: ["10.0.0.1", ...texts] };
}

test("without a proxy that is believed, the address is the connection's", () => {
  assert.equal(clientAddress({ ip: "192.0.2.7" }), "192.0.2.7");
  assert.equal(clientAddress({ ip: "fe80::1%eth0" }), "fe80::1%eth0");
});

test("behind proxies that are believed, the address is the one that is farthest away", () => {
  assert.equal(clientAddress(forwarded("203.0.113.9")), "203.0.113.9");
  assert.equal(clientAddress(forwarded("10.0.0.2", "2001:db8::7")), "2001:db8::7");
});

test("a forwarded text that is no address, and what is said behind it, is not believed", () => {
  for (const text of ["", "x".repeat(9_000), "<script>", "203.0.113.9:80", "[::1]:5", "::1%lo", "unknown"]) {
    assert.equal(clientAddress(forwarded(text)), "10.0.0.1");
    assert.equal(clientAddress(forwarded("203.0.113.9", text, "198.51.100.1")), "203.0.113.9");
  }
});
