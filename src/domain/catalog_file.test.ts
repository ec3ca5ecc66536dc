import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { Catalog } from "./catalog.ts";
import { DEFAULT_CATALOG } from "./catalog_default.ts";
import { parseCatalogFile } from "./catalog_file.ts";

const invoicePaid = {
  description: "An invoice was paid.",
  msgNature: "INFO",
  content: { type: "object", required: ["invoiceId"], properties: { invoiceId: { type: "string" } } },
  sample: { invoiceId: "inv-1" },
};
const billing = { description: "Billing.", actions: { INVOICE_PAID: invoicePaid } };

function parse(file: unknown) {
  return parseCatalogFile(typeof file === "string" ? file : JSON.stringify(file), DEFAULT_CATALOG);
}

function catalogOf(file: unknown): Catalog {
  const parsed = parse(file);
  if (parsed.kind === "faults") throw new Error(parsed.faults.join("\n"));
  return Catalog.of(parsed.definition);
}

function faultsOf(file: unknown): string[] {
  const parsed = parse(file);
  return parsed.kind === "faults" ? parsed.faults : [];
}

/** The faults of a file whose one action differs from a good one by `change`. */
function actionFaults(change: object): string[] {
  const actions = { INVOICE_PAID: { ...invoicePaid, ...change } };
  return faultsOf({ mode: "replace", topics: { BILLING: { ...billing, actions } } });
}

test("a file that extends adds its topics to the base and keeps all of it", () => {
  const catalog = catalogOf({ mode: "extend", topics: { BILLING: billing } });
  deepEqual(Object.keys(catalog.definition.topics), [...Object.keys(DEFAULT_CATALOG.topics), "BILLING"]);
  deepEqual(catalog.resolve({ topic: "BILLING", action: "INVOICE_PAID" }), {
    kind: "action",
    topic: "BILLING",
    action: "INVOICE_PAID",
    msgNature: "INFO",
  });
  equal(catalog.sample({ topic: "BILLING", action: "INVOICE_PAID" }), '{"invoiceId":"inv-1"}');
});

test("a file that extends adds an action to a known topic, redefines one, and keeps the rest and its aliases", () => {
  const { msgNature: _, ...withoutNature } = invoicePaid;
  const catalog = catalogOf({
    mode: "extend",
    topics: {
      SIGNER: { actions: { CREATED: invoicePaid, MERGED: withoutNature } },
      SIGNER_ID_PROOFING: { actions: { PASSED: invoicePaid } },
    },
  });
  deepEqual(Object.keys(catalog.definition.topics["SIGNER"]?.actions ?? {}), [
    "CREATED",
    "CLAIM_UPDATED",
    "INPUTS_ADDED",
    "MERGED",
  ]);
  equal(catalog.definition.topics["SIGNER"]?.description, DEFAULT_CATALOG.topics["SIGNER"]?.description);
  equal(catalog.definition.topics["SIGNER"]?.actions["CREATED"]?.msgNature, "INFO");
  equal(catalog.definition.topics["SIGNER"]?.actions["MERGED"]?.msgNature, "SUCCESS");
  equal(catalog.resolve({ topic: "ID_PROOFING", action: "PASSED" }).kind, "action");
});

test("a file that replaces leaves nothing of the base", () => {
  const catalog = catalogOf({ mode: "replace", topics: { BILLING: { ...billing, aliases: ["INVOICES"] } } });
  deepEqual(Object.keys(catalog.definition.topics), ["BILLING"]);
  equal(catalog.hasTopic("SIGNER"), false);
  equal(catalog.canonicalTopic("INVOICES"), "BILLING");
});

test("malformed JSON is reported with line and column", () => {
  deepEqual(faultsOf('{\n  "mode": "extend",\n}'), [
    'Malformed JSON at line 3, column 1: found "}" after a comma. Remove the last comma.',
  ]);
  match(faultsOf("")[0] ?? "", /line 1, column 1: it is empty/);
});

test("a key that is given twice is reported with its place, however deep", () => {
  const twice = JSON.stringify({ mode: "extend", topics: { BILLING: billing } }).replace(
    '"invoiceId":"inv-1"',
    '"a":1,"a":2,$&',
  );
  deepEqual(faultsOf(twice), [
    "/topics/BILLING/actions/INVOICE_PAID/sample/a: is given more than once; keep one of them",
  ]);
});

test("every fault of a file is reported at once, each with its JSON pointer", () => {
  const faults = faultsOf({
    mode: "append",
    extra: 1,
    topics: { billing: { descripton: "x", actions: { "a/b": 7 } }, ALL: { description: "All.", actions: [] } },
  });
  deepEqual(faults, [
    "/extra: is not a known field; expected one of mode, topics",
    '/mode: is "append"; expected "extend" or "replace"',
    '/topics/billing: is "billing"; expected a name of 1 to 64 capital letters, digits and underscores',
    "/topics/billing/descripton: is not a known field; expected one of description, aliases, actions",
    '/topics/billing/actions/a~1b: is "a/b"; expected a name of 1 to 64 capital letters, digits and underscores',
    "/topics/billing/actions/a~1b: is 7; expected an object",
    "/topics/billing/actions/a~1b/content: is missing; expected an object",
    "/topics/billing/actions/a~1b/sample: is missing; expected an object",
    "/topics/billing/actions/a~1b/description: is missing; expected a text of 1 to 512 characters",
    "/topics/billing/description: is missing; expected a text of 1 to 512 characters",
    '/topics/ALL: is "ALL"; expected another name: this one means every topic in filters',
    "/topics/ALL/actions: is []; expected an object",
  ]);
});

test("a sample that does not satisfy its schema is a fault at the field", () => {
  deepEqual(actionFaults({ sample: { invoiceId: 5 } }), [
    "/topics/BILLING/actions/INVOICE_PAID/sample/invoiceId: must be string",
  ]);
  deepEqual(actionFaults({ sample: {} }), ["/topics/BILLING/actions/INVOICE_PAID/sample/invoiceId: is required"]);
});

test("a content schema that cannot be used is a fault at the schema", () => {
  for (const content of [{ type: "objekt" }, { tpye: "object" }, { $ref: "https://example.com/missing.json" }]) {
    const faults = actionFaults({ content });
    equal(faults.length, 1, JSON.stringify(content));
    match(faults[0] ?? "", /^\/topics\/BILLING\/actions\/INVOICE_PAID\/content: is no usable JSON Schema: /);
  }
});

test("an unknown nature and a v4 mark that is no boolean are faults", () => {
  deepEqual(actionFaults({ msgNature: "GOOD", isV4Only: "yes" }), [
    '/topics/BILLING/actions/INVOICE_PAID/msgNature: is "GOOD"; expected one of SUCCESS, WARNING, ERROR, INFO',
    '/topics/BILLING/actions/INVOICE_PAID/isV4Only: is "yes"; expected true or false',
  ]);
});

test("an alias that is another topic's name or alias is a fault", () => {
  const topics = { BILLING: { ...billing, aliases: ["SIGNER", "ID_PROOFING", "BILLS", "bills"] } };
  deepEqual(faultsOf({ mode: "extend", topics }), [
    '/topics/BILLING/aliases/3: is "bills"; expected a name of 1 to 64 capital letters, digits and underscores',
    "/topics/BILLING/aliases: SIGNER is already a name of SIGNER",
    "/topics/BILLING/aliases: ID_PROOFING is already a name of SIGNER_ID_PROOFING",
  ]);
});

test("two schemas with the same $id may stand in one catalogue", () => {
  const content = { ...invoicePaid.content, $id: "urn:example:invoice" };
  const action = { ...invoicePaid, content };
  const topics = { BILLING: { ...billing, actions: { INVOICE_PAID: action, INVOICE_SENT: action } } };
  equal(catalogOf({ mode: "replace", topics }).hasAction("BILLING.INVOICE_SENT"), true);
});

test("an action may be deprecated in favour of another one, and tell its versions; nothing of that is told by default", () => {
  const history = { since: "1.4", changes: [{ version: "2.0", description: "The currency is always given." }] };
  const actions = {
    INVOICE_PAID: { ...invoicePaid, ...history, isDeprecated: true, replacedBy: "SIGNER.CREATED" },
    INVOICE_SENT: invoicePaid,
  };
  const catalog = catalogOf({ mode: "extend", topics: { BILLING: { ...billing, actions } } });
  const known = catalog.definition.topics["BILLING"]?.actions;
  const { since, changes, isDeprecated, replacedBy } = known?.["INVOICE_PAID"] ?? {};
  deepEqual({ since, changes }, history);
  deepEqual([isDeprecated, replacedBy], [true, "SIGNER.CREATED"]);
  const plain = known?.["INVOICE_SENT"] ?? {};
  deepEqual(
    ["since" in plain, "changes" in plain, "replacedBy" in plain, known?.["INVOICE_SENT"]?.isDeprecated],
    [false, false, false, false],
  );
});

test("a successor that is not there or is the action itself, and versions of another form, are faults", () => {
  const at = "/topics/BILLING/actions/INVOICE_PAID";
  for (const replacedBy of ["BILLING.INVOICE_PAID", "BILLING.GONE"]) {
    deepEqual(actionFaults({ isDeprecated: true, replacedBy }), [
      `${at}/replacedBy: is "${replacedBy}"; expected another action that the catalogue has`,
    ]);
  }
  const long = "1".repeat(33);
  deepEqual(actionFaults({ isDeprecated: 1, replacedBy: 5, since: long, changes: [{ version: "" }] }), [
    `${at}/isDeprecated: is 1; expected true or false`,
    `${at}/replacedBy: is 5; expected an action such as SIGNER.CREATED`,
    `${at}/since: is "${"1".repeat(33)}"; expected a text of 1 to 32 characters`,
    `${at}/changes/0/version: is ""; expected a text of 1 to 32 characters`,
    `${at}/changes/0/description: is missing; expected a text of 1 to 512 characters`,
  ]);
  deepEqual(actionFaults({ since: "1".repeat(32) }), []);
  const changes = (count: number) =>
    Array.from({ length: count }, () => ({ version: "1", description: "It changed." }));
  deepEqual(actionFaults({ changes: changes(50) }), []);
  equal(actionFaults({ changes: changes(51) }).length, 1);
});
