import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { promisify } from "node:util";
import { setUpEgress } from "../../test/egress/egress_setup.ts";
import type { RawReceiver } from "../../test/egress/raw_receiver.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import { Connection, createTlsContext } from "./connection.ts";
import { parseCidrList } from "./ip_address.ts";
import { targetOf } from "./target_url.ts";
import { systemClock } from "../clock.ts";

/** A listener that nothing may ever reach. */
async function startCanary(t: TestContext, host = "127.0.0.1"): Promise<RawReceiver> {
  const canary = await startRawReceiver((socket) => socket.write(httpAnswer(200, "leaked")), { host });
  t.after(() => canary.close());
  return canary;
}

const NOTHING_TOLD = {
  timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
  address: null,
  tls: null,
  outcome: { kind: "refused" },
};

const production = { isDevelopment: false };

for (const spelling of [
  "127.0.0.1",
  "127.1",
  "2130706433",
  "0x7f.1",
  "0177.0.0.1",
  "0",
  "127.0.0.1.",
  "１２７.0.0.1",
  "localhost",
  "LOCALHOST.",
  "a.localhost",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::7f00:1]",
  "[::ffff:0:7f00:1]",
  "[::5efe:7f00:1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
]) {
  for (const scheme of ["http", "https"]) {
    test(`${scheme}://${spelling} reaches no listener of this machine, and nothing is told about it`, async (t) => {
      const canaries = [await startCanary(t), await startCanary(t, "::1")];
      const egress = setUpEgress({ policy: production });
      t.after(() => egress.transport.close());

      for (const canary of canaries) {
        assert.deepEqual(await egress.post(`${scheme}://${spelling}:${canary.port}/`), NOTHING_TOLD);
      }

      assert.deepEqual(
        canaries.map(({ connections }) => connections),
        [0, 0],
      );
      assert.equal(egress.transport.openSockets, 0);
    });
  }
}

for (const answers of [
  ["127.0.0.1"],
  ["::1"],
  ["192.0.2.1", "127.0.0.1"],
  ["93.184.216.34", "10.0.0.1"],
  ["fe80::1%lo"],
]) {
  test(`a name that leads to ${answers.join(" and ")} is refused without a connection`, async (t) => {
    const canary = await startCanary(t);
    const egress = setUpEgress({ policy: production, names: () => answers });
    t.after(() => egress.transport.close());

    assert.deepEqual(await egress.post(`http://receiver.test:${canary.port}/`), NOTHING_TOLD);
    assert.equal(canary.connections, 0);
  });
}

test("a name is pinned: what it leads to by the time of the connection does not matter", async (t) => {
  const { cidrs } = parseCidrList("127.0.0.2");
  const allowed = await startRawReceiver((socket) => socket.write(httpAnswer(200, "ok")), { host: "127.0.0.2" });
  t.after(() => allowed.close());
  let lookups = 0;
  const egress = setUpEgress({
    policy: { isDevelopment: false, allow: cidrs },
    names: () => [lookups++ < 2 ? "127.0.0.2" : "127.0.0.1"], // one lookup asks for both families
  });
  t.after(() => egress.transport.close());

  const result = await egress.post(`http://receiver.test:${allowed.port}/`);

  assert.equal(result.outcome.kind, "response");
  assert.equal(result.address, "127.0.0.2");
  assert.equal(lookups, 2);
});

for (const scheme of ["http", "https"]) {
  test(`${scheme}: a peer that is not the pinned address is left before a byte is sent`, async (t) => {
    const canary = await startCanary(t);
    const target = targetOf(new URL(`${scheme}://receiver.test:${canary.port}/`));

    const connection = new Connection({
      target,
      addresses: [{ address: "0.0.0.0", family: 4 }], // which the operating system takes for 127.0.0.1
      connectMs: 1_000,
      tunnel: null,
      secureContext: createTlsContext(null),
      clock: systemClock,
    });
    await new Promise((resolve) => connection.socket.once("close", resolve));

    while (canary.connections === 0 || canary.openSockets.size > 0)
      await new Promise((resolve) => setImmediate(resolve));

    assert.equal(connection.address, null);
    assert.deepEqual([canary.connections, canary.bytes], [1, 0]);
  });
}

test("of several addresses the first that answers is taken", async (t) => {
  const receiver = await startCanary(t);
  const egress = setUpEgress({ names: () => ["127.0.0.3", "127.0.0.1"] });
  t.after(() => egress.transport.close());

  const result = await egress.post(`http://receiver.test:${receiver.port}/`);

  assert.equal(result.address, "127.0.0.1");
});

test("proxies of the environment are ignored, also where Node is told to use them", async (t) => {
  const receiver = await startCanary(t);
  const proxy = await startCanary(t);
  const script = `
    import { setUpEgress } from ${JSON.stringify(new URL("../../test/egress/egress_setup.ts", import.meta.url).href)};
    const egress = setUpEgress();
    const result = await egress.post("http://receiver.test:${receiver.port}/");
    egress.transport.close();
    if (result.outcome.kind !== "response") throw new Error(JSON.stringify(result));
  `;
  const proxyUrl = `http://127.0.0.1:${proxy.port}`;

  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, NODE_USE_ENV_PROXY: "1", HTTP_PROXY: proxyUrl, http_proxy: proxyUrl, HTTPS_PROXY: proxyUrl },
  });

  assert.deepEqual([receiver.connections, proxy.connections], [1, 0]);
});
