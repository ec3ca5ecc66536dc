import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { Catalog } from "./catalog.ts";
import { CONTENT_FAULTS_MAX } from "./catalog_content.ts";
import { DEFAULT_CATALOG } from "./catalog_default.ts";

const catalog = Catalog.of(DEFAULT_CATALOG);

/** The table of the wire contract: actions of the guide, then those of v4 alone. */
const CONTRACT: { [topic: string]: { guide: string; v4: string; required: string; optional: string } } = {
  APP: { guide: "SETTINGS_UPDATED MEMBERSHIP_UPDATED ARCHIVED", v4: "", required: "", optional: "userId" },
  SIGNATURE: {
    guide: "SIGNATURE_SUCCESS SIGNATURE_FAILED",
    v4: "FINALIZED FAILED",
    required: "signatureRequestId signerId",
    optional:
      "signatureMethod signatureRequestExternalId signerExternalId documentId documentExternalId documentNature signatureId",
  },
  SIGNATURE_REQUEST: {
    guide: "INIT UPDATE PUBLISH LAUNCHED CLOSED",
    v4: "INITIALIZED UPDATED READY FAILED CANCELLED EXPIRED COMPLETED CHILDREN_GENERATED APPROVER_STEP",
    required: "signatureRequestId",
    optional: "status signatureRequestExternalId initialSignatureRequestId signers",
  },
  SIGNER: {
    guide: "CREATED CLAIM_UPDATED",
    v4: "INPUTS_ADDED",
    required: "signerId",
    optional: "signerExternalId inputsAdded",
  },
  SIGNATURE_PROFILE: { guide: "CREATED UPDATED ARCHIVED", v4: "", required: "signatureProfileId", optional: "" },
  SIGNATURE_SESSION: {
    guide: "STARTED UPDATED",
    v4: "INITIALIZED",
    required: "signatureRequestId signerId",
    optional: "signatureRequestExternalId signerExternalId",
  },
  SIGNATURE_PROOF: {
    guide: "GENERATED FAILED",
    v4: "ADV_GENERATED",
    required: "signatureRequestId",
    optional: "documents signatureRequestExternalId signatureProofToken signatureProofUrl documentId",
  },
  SIGNATURE_SIGNER_IMAGE: {
    guide: "GENERATED FAILED",
    v4: "",
    required: "signatureRequestId signerId documentId",
    optional: "signatureRequestExternalId signerExternalId documentExternalId",
  },
  DOCUMENT_REQUEST: {
    guide: "PROVIDED",
    v4: "",
    required: "signatureRequestId documentId documentNature mimeType",
    optional: "signatureRequestExternalId signerExternalId documentExternalId",
  },
  SIGNER_ID_PROOFING: { guide: "", v4: "", required: "", optional: "" },
  SIGNER_AUTH: { guide: "", v4: "", required: "", optional: "" },
};

const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

const everyAction = Object.entries(DEFAULT_CATALOG.topics).flatMap(([topic, { actions }]) =>
  Object.entries(actions).map(([action, definition]) => ({ topic, action, definition })),
);

test("the default catalogue has exactly the topics, actions and content fields of the contract", () => {
  deepEqual(Object.keys(DEFAULT_CATALOG.topics), Object.keys(CONTRACT));
  for (const [topic, { guide, v4, required, optional }] of Object.entries(CONTRACT)) {
    const actions = Object.entries(DEFAULT_CATALOG.topics[topic]?.actions ?? {});
    deepEqual(
      actions.map(([action, { isV4Only }]) => [action, isV4Only]),
      [...words(guide).map((action) => [action, false]), ...words(v4).map((action) => [action, true])],
      topic,
    );
    for (const [, { content }] of actions) {
      deepEqual(content["required"], words(required), topic);
      deepEqual(Object.keys(content["properties"] ?? {}), [...words(required), ...words(optional)], topic);
    }
  }
});

test("every action has a sentence and a sample that satisfies its own schema", () => {
  equal(everyAction.length, 36);
  for (const { topic, action, definition } of everyAction) {
    deepEqual(
      catalog.contentFaults({ topic, action, content: JSON.parse(catalog.sample({ topic, action })) }),
      [],
      topic,
    );
    equal(/^[A-Z].*\.$/.test(definition.description), true, `${topic}.${action}`);
  }
});

test("the samples of the guide's two example payloads are the guide's contents", () => {
  deepEqual(JSON.parse(catalog.sample({ topic: "SIGNATURE", action: "SIGNATURE_SUCCESS" })), {
    signatureRequestId: "sr-789012",
    signerId: "signer-345678",
    signatureMethod: "DRAW",
    signatureRequestExternalId: "external-id-123",
  });
  deepEqual(JSON.parse(catalog.sample({ topic: "SIGNATURE_PROOF", action: "GENERATED" })), {
    signatureRequestId: "sr-789012",
    documents: [
      {
        documentId: "doc-123456",
        name: "Contract.pdf",
        contentType: "application/pdf",
        documentProofToken: "token-123",
        documentProofUrl: "https://client-sign.ignisign.io/signature-requests/sr-789012/proofs?t=token-123",
      },
    ],
    signatureRequestExternalId: "external-id-123",
    signatureProofToken: "token-456",
    signatureProofUrl: "https://client-sign.ignisign.io/signature-requests/sr-789012/proofs?t=token-456",
  });
});

test("failures are errors by default, and other messages are not", () => {
  for (const { topic, action, definition } of everyAction) {
    equal(definition.msgNature === "ERROR", action.endsWith("FAILED"), `${topic}.${action}`);
  }
});

test("content with a missing or wrongly typed field is refused with the field's place, and unknown fields are accepted", () => {
  const faults = (content: unknown, topic: string, action: string) => catalog.contentFaults({ topic, action, content });
  deepEqual(faults({ signatureRequestId: "sr-1" }, "SIGNATURE", "SIGNATURE_SUCCESS"), [
    { path: "/signerId", message: "is required" },
  ]);
  deepEqual(faults({ signatureRequestId: 7, documents: [{ documentId: "a" }, {}] }, "SIGNATURE_PROOF", "GENERATED"), [
    { path: "/signatureRequestId", message: "must be string" },
    { path: "/documents/1/documentId", message: "is required" },
  ]);
  deepEqual(faults({ signers: { signersBySide: [{}] }, signatureRequestId: "" }, "SIGNATURE_REQUEST", "LAUNCHED"), [
    { path: "/signers/signersBySide/0/signerId", message: "is required" },
  ]);
  deepEqual(faults([], "APP", "ARCHIVED"), [{ path: "", message: "must be object" }]);
  deepEqual(faults({ whatever: { more: 1 }, userId: "u" }, "APP", "ARCHIVED"), []);
});

test("a content with more faults than are reported gives the first ones", () => {
  const documents = (count: number): unknown => ({
    signatureRequestId: "sr-1",
    documents: Array.from({ length: count }, () => ({})),
  });
  const count = (content: unknown): number =>
    catalog.contentFaults({ topic: "SIGNATURE_PROOF", action: "GENERATED", content }).length;
  equal(count(documents(CONTENT_FAULTS_MAX)), CONTENT_FAULTS_MAX);
  equal(count(documents(CONTENT_FAULTS_MAX + 1)), CONTENT_FAULTS_MAX);
});

test("names resolve to an action, to a topic without actions, or to the names that are known", () => {
  deepEqual(catalog.resolve({ topic: "SIGNATURE", action: "SIGNATURE_FAILED" }), {
    kind: "action",
    topic: "SIGNATURE",
    action: "SIGNATURE_FAILED",
    msgNature: "ERROR",
  });
  deepEqual(catalog.resolve({ topic: "SIGNER_AUTH", action: "X" }), { kind: "notImplemented", topic: "SIGNER_AUTH" });
  deepEqual(catalog.resolve({ topic: "SIGNER", action: "toString" }), {
    kind: "unknownAction",
    topic: "SIGNER",
    known: ["CREATED", "CLAIM_UPDATED", "INPUTS_ADDED"],
  });
  for (const topic of ["ALL", "signature", "__proto__", ""]) {
    deepEqual(catalog.resolve({ topic, action: "X" }), { kind: "unknownTopic", known: Object.keys(CONTRACT) });
  }
});

test("the v4 name ID_PROOFING is accepted and stands for SIGNER_ID_PROOFING", () => {
  deepEqual(catalog.resolve({ topic: "ID_PROOFING", action: "X" }), {
    kind: "notImplemented",
    topic: "SIGNER_ID_PROOFING",
  });
  equal(catalog.canonicalTopic("ID_PROOFING"), "SIGNER_ID_PROOFING");
  equal(catalog.hasTopic("ID_PROOFING"), true);
});

test("topics and TOPIC.ACTION pairs are recognised by their exact names", () => {
  equal(catalog.hasTopic("SIGNER"), true);
  equal(catalog.hasTopic("ALL"), false);
  equal(catalog.canonicalTopic("ALL"), null);
  equal(catalog.hasAction("SIGNER.CREATED"), true);
  for (const name of ["SIGNER", "SIGNER.", ".CREATED", "SIGNER.CREATED.", "SIGNER.created", "SIGNER.STARTED", ""]) {
    equal(catalog.hasAction(name), false, name);
  }
});

test("asking for the sample of an action that does not exist fails loudly", () => {
  throws(() => catalog.sample({ topic: "SIGNER", action: "NOPE" }), /does not have/);
});
