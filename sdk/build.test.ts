import { equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { build } from "./build.ts";
import { generateCatalog } from "./generate.ts";

const sdkFolder = import.meta.dirname;
const modules = join(sdkFolder, "../node_modules");
let consumer = "";

/** A project with nothing but the built package, as a customer has it. */
before(() => {
  consumer = mkdtempSync(join(tmpdir(), "ignisign-sdk-"));
  const installed = join(consumer, "node_modules/@ignisign/node");
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(sdkFolder, "package.json"), join(installed, "package.json"));
  build(join(installed, "dist"));
});

after(() => rmSync(consumer, { recursive: true, force: true }));

function run(file: string, text: string): string {
  writeFileSync(join(consumer, file), text);
  return execFileSync(process.execPath, [join(consumer, file)], { encoding: "utf8" }).trim();
}

const USE = `const ignisign = new IgnisignClient({ appId: "a", appEnv: "PRODUCTION", apiKey: "k", serverUrl: "http://127.0.0.1:1" });
console.log(typeof ignisign.tokens.checkConsumeWebhook, typeof ignisign.client.tokensV4.checkConsumeWebhook,
  typeof ignisign.client.applicationsV4.addWebhookEndpoint, typeof verifySignature, IGNISIGN_WEBHOOK_TOPICS.SIGNATURE,
  IGNISIGN_WEBHOOK_ACTION_SIGNATURE_REQUEST.LAUNCHED);`;
const NAMES = "IgnisignClient, verifySignature, IGNISIGN_WEBHOOK_TOPICS, IGNISIGN_WEBHOOK_ACTION_SIGNATURE_REQUEST";

test("a CommonJS program requires the built package and an ES module imports it", () => {
  const expected = "function function function function SIGNATURE LAUNCHED";
  equal(run("use.cjs", `const { ${NAMES} } = require("@ignisign/node");\n${USE}`), expected);
  equal(run("use.mjs", `import { ${NAMES} } from "@ignisign/node";\n${USE}`), expected);
});

test("the built types serve TypeScript of both module kinds, and a topic tells the type of its content", () => {
  const program = `import { IgnisignClient } from "@ignisign/node";
import type { WebhookPayload } from "@ignisign/node";
export async function handle(ignisign: IgnisignClient, payload: WebhookPayload): Promise<string | undefined> {
  const isValid: boolean = await ignisign.tokens.checkConsumeWebhook({ token: payload.verificationToken });
  if (!isValid) return undefined;
  if (payload.topic === "SIGNATURE_PROOF" && payload.action === "GENERATED") return payload.content.signatureProofUrl;
  // @ts-expect-error an application's webhooks say nothing of signers
  if (payload.topic === "APP") return payload.content.signerId;
  const { data } = await ignisign.client.webhooksV4.getEvents("whk_1", { filter: "FAILED" });
  return data.events[0]?.status;
}
`;
  for (const file of ["types.mts", "types.cts"]) writeFileSync(join(consumer, file), program);
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--types",
    "node",
  ];
  const roots = ["--typeRoots", join(modules, "@types")];
  const files = [join(consumer, "types.mts"), join(consumer, "types.cts")];
  execFileSync(process.execPath, [join(modules, "typescript/bin/tsc"), ...options, ...roots, ...files], {
    stdio: "inherit",
  });
});

test("the package has no runtime dependency and names only files that it ships", () => {
  const manifest = JSON.parse(readFileSync(join(sdkFolder, "package.json"), "utf8")) as {
    dependencies?: unknown;
    exports: { ".": { [condition: string]: { [kind: string]: string } } };
  };
  equal(manifest.dependencies, undefined);
  for (const condition of Object.values(manifest.exports["."])) {
    for (const path of Object.values(condition)) {
      ok(readFileSync(join(consumer, "node_modules/@ignisign/node", path)).length > 0, path);
    }
  }
});

test("the SDK's constants and types are those of the catalogue", () => {
  const committed = readFileSync(join(sdkFolder, "src/catalog.ts"), "utf8");
  equal(committed, generateCatalog(), "run `npm run generate -w sdk`");
});
