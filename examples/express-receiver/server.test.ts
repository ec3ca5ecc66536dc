import { deepEqual, equal, match } from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import type { TestContext } from "node:test";

const PAYLOAD = {
  appId: "appId_1",
  appEnv: "TEST",
  topic: "SIGNATURE",
  action: "SIGNATURE_SUCCESS",
  msgNature: "SUCCESS",
  content: { signatureRequestId: "sr-789012", signerId: "signer-345678" },
};

/** The example as a process beside a server that calls the token `good` valid and breaks off the check of `broken`. */
async function setup(t: TestContext) {
  const tokenServer = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { token } = JSON.parse(text) as { token: string };
      if (token === "broken") response.destroy();
      else response.end(JSON.stringify({ isValid: token === "good" }));
    });
  });
  tokenServer.listen(0, "127.0.0.1");
  await once(tokenServer, "listening");
  const { port } = tokenServer.address() as AddressInfo;
  const example = spawn(process.execPath, [join(import.meta.dirname, "server.mjs")], {
    env: {
      PORT: "0",
      IGNISIGN_APP_ID: "appId_1",
      IGNISIGN_APP_ENV: "TEST",
      IGNISIGN_API_KEY: "k",
      IGNISIGN_SERVER_URL: `http://127.0.0.1:${port}`,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(async () => {
    tokenServer.closeAllConnections();
    tokenServer.close();
    example.kill();
    if (example.exitCode === null && example.signalCode === null) await once(example, "exit");
  });
  const lines = createInterface({ input: example.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  const url = /http:\S+/.exec(await nextLine())?.[0] ?? "";
  const post = async (token: unknown, id: string, change: object = {}): Promise<number> => {
    const body = JSON.stringify({ ...PAYLOAD, verificationToken: token, ...change });
    const headers = { "content-type": "application/json", "webhook-id": id };
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  return { post, nextLine };
}

test("the example receiver accepts a valid token, refuses an invalid one, and answers 500 when it cannot tell", async (t) => {
  const { post, nextLine } = await setup(t);
  deepEqual(
    [await post("bad", "evt_1"), await post(undefined, "evt_1"), await post("broken", "evt_1")],
    [401, 401, 500],
  );
  equal(await post("good", "evt_1"), 200);
  match(await nextLine(), /Received webhook: SIGNATURE - SIGNATURE_SUCCESS/);
  match(await nextLine(), /Signature completed for request sr-789012 by signer signer-345678/);
});

test("the example receiver processes a webhook once when it comes again", async (t) => {
  const { post, nextLine } = await setup(t);
  const other = { topic: "SIGNER", action: "CREATED" };
  deepEqual(
    [await post("good", "evt_1"), await post("good", "evt_1"), await post("good", "evt_2", other)],
    [200, 200, 200],
  );
  match(await nextLine(), /SIGNATURE - SIGNATURE_SUCCESS/);
  match(await nextLine(), /Signature completed/);
  match(await nextLine(), /SIGNER - CREATED/);
});
