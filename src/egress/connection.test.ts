import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { makeCertificate } from "../../test/egress/certificates.ts";
import { httpAnswer, startRawReceiver } from "../../test/egress/raw_receiver.ts";
import { systemClock } from "../clock.ts";
import { Connection, createTlsContext } from "./connection.ts";
import { targetOf } from "./target_url.ts";

const REQUEST = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n";
const ANSWER = httpAnswer(200, "ok");
const CERTIFICATE = makeCertificate({ commonName: "127.0.0.1", ipv4Addresses: ["127.0.0.1"] });

for (const scheme of ["http", "https"] as const) {
  test(`${scheme}: what comes between two exchanges closes the connection, whoever keeps it`, async (t) => {
    let peer: Socket | null = null;
    const tls = scheme === "https" ? { tls: CERTIFICATE } : {};
    const receiver = await startRawReceiver((socket) => {
      peer = socket;
      socket.write(ANSWER);
    }, tls);
    const connection = new Connection({
      target: targetOf(new URL(`${scheme}://127.0.0.1:${receiver.port}/`)),
      addresses: [{ address: "127.0.0.1", family: 4 }],
      connectMs: 1_000,
      tunnel: null,
      secureContext: createTlsContext(CERTIFICATE.cert),
      clock: systemClock,
    });
    const { socket } = connection;
    t.after(async () => {
      socket.destroy();
      await receiver.close();
    });
    connection.begin(1_000, () => assert.fail("the answer was no flood"));
    await new Promise<void>((resolve) => (connection.onReady = resolve));
    socket.write(REQUEST);
    let answer = "";
    while (answer.length < ANSWER.length) answer += String((await once(socket, "data"))[0]);
    assert.equal(answer, ANSWER);
    connection.end();
    assert.equal(socket.destroyed, false);

    const closed = once(socket, "close");
    (peer as Socket | null)?.write("x");
    await once(socket, "data");

    assert.equal(socket.destroyed, true);
    await closed;
  });
}
