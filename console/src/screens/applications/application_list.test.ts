import assert from "node:assert/strict";
import { test } from "node:test";
import { failingCount, shownApplications, withRecent } from "./application_list.ts";

const APPLICATIONS = ["Contoso", "Fabrikam", "Northwind", "Acme"].map((appName, at) => ({
  appId: `appId_${at}`,
  appName,
  orgId: null,
  _createdAt: "2026-01-01T00:00:00.000Z",
}));

function names(options: { recent?: string[]; words?: string }): string[] {
  const { recent = [], words = "" } = options;
  return shownApplications(APPLICATIONS, { recent, words }).map(({ appName }) => appName);
}

test("applications that were opened last come first, the others keep their order", () => {
  const recent = ["appId_3", "appId_gone", "appId_1"];
  assert.deepEqual(names({ recent }), ["Acme", "Fabrikam", "Contoso", "Northwind"]);
});

test("words are looked for in names and ids, whatever their case", () => {
  assert.deepEqual(names({ words: " nort " }), ["Northwind"]);
  assert.deepEqual(names({ words: "APPID_0" }), ["Contoso"]);
  assert.deepEqual(names({ words: "nothing" }), []);
});

test("an application that is opened again moves to the front, and 20 are remembered", () => {
  assert.deepEqual(withRecent(["a", "b", "c"], "c"), ["c", "a", "b"]);
  const twenty = Array.from({ length: 20 }, (_, at) => String(at));
  assert.deepEqual(withRecent(twenty, "new").length, 20);
  assert.equal(withRecent(twenty, "new").at(-1), "18");
});

test("an endpoint counts as failing while it fails, and after the server disabled it for that", () => {
  const failingSince = "2026-03-01T00:00:00.000Z";
  assert.equal(failingCount([{ isDisabled: false, failingSince }, { isDisabled: false }]), 1);
  assert.equal(
    failingCount([
      { isDisabled: true, disabledReason: "FAILING", failingSince },
      { isDisabled: true, disabledReason: "GONE" },
      { isDisabled: true, disabledReason: "RECEIVER" },
      { isDisabled: true, disabledReason: "MANUAL", failingSince },
    ]),
    3,
  );
});
