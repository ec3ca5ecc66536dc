import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { signedCurl } from "./signed_curl.ts";

const request = {
  method: "POST",
  url: "https://example.com/hook?a=1&b='2'&c[1-9]={d,e}",
  headers: [
    ["host", "example.com"],
    ["Content-Length", "12"],
    ["webhook-id", "evt_1"],
    ["x-own", "***"],
  ],
  body: '{"note":"it\'s $(true) `true` \\\\ é"}',
};

/** The words that a shell makes of the command. */
function words(command: string): string[] {
  const script = command.replace(/^curl /, "printf '%s\\0' ");
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

test("a shell reads the very URL, headers and body out of the command, without what cURL writes itself", () => {
  assert.deepEqual(words(signedCurl(request)), [
    "--globoff",
    "-X",
    "POST",
    request.url,
    "-H",
    "webhook-id: evt_1",
    "-H",
    "x-own: ***",
    "--data-raw",
    request.body,
  ]);
});

test("nothing in a body runs in the shell or gets lost", () => {
  const body = fc
    .string({ unit: "binary", maxLength: 60 })
    .filter((text) => !text.includes("\0") && text.isWellFormed());
  fc.assert(
    fc.property(body, (text) => {
      assert.equal(words(signedCurl({ ...request, body: text })).at(-1), text);
    }),
    { numRuns: 40 },
  );
});
