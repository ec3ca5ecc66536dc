/** The content fields of the default catalogue: one sentence and one sample value each, put together into schemas. */
import type { ContentSchema } from "./catalog_content.ts";

/** What is said of a field, and a value as it could be. */
type Field = { readonly schema: ContentSchema; readonly sample: unknown };

const PROOF_URL = "https://client-sign.ignisign.io/signature-requests/sr-789012/proofs";

/** Every field that the default catalogue names. */
const CONTENT_FIELDS = {
  userId: text("The user who made the change.", "user-567890"),
  signatureRequestId: text("The signature request.", "sr-789012"),
  signatureRequestExternalId: text("Your own id of the signature request.", "external-id-123"),
  initialSignatureRequestId: text("The signature request that this one was generated from.", "sr-789000"),
  status: text("The status of the signature request after the change.", "IN_PROGRESS"),
  signerId: text("The signer.", "signer-345678"),
  signerExternalId: text("Your own id of the signer.", "external-signer-42"),
  signatureId: text("The signature.", "signature-901234"),
  signatureMethod: text("How the signer signed.", "DRAW"),
  signatureProfileId: text("The signature profile.", "profile-234567"),
  signatureProofToken: text("Gives access to the proof of the whole signature request.", "token-456"),
  signatureProofUrl: text("Where the proof of the whole signature request is downloaded.", `${PROOF_URL}?t=token-456`),
  documentId: text("The document.", "doc-123456"),
  documentExternalId: text("Your own id of the document.", "external-doc-7"),
  documentNature: text("What kind of document it is.", "PDF"),
  mimeType: text("The media type of the provided file.", "application/pdf"),
  inputsAdded: {
    schema: { type: "array", items: { type: "string" }, description: "The names of the inputs that the signer gave." },
    sample: ["FIRST_NAME", "LAST_NAME", "PHONE_NUMBER"],
  },
  signers: {
    schema: {
      type: "object",
      description: "The signers by the way in which they sign.",
      properties: {
        signersBySide: { ...signerList(), description: "Signers who get a link of their own." },
        signersEmbedded: { ...signerList(), description: "Signers who sign inside your application." },
      },
    },
    sample: {
      signersBySide: [{ signerId: "signer-345678", signerExternalId: "external-signer-42", token: "sign-token-123" }],
      signersEmbedded: [],
    },
  },
  documents: {
    schema: {
      type: "array",
      description: "The signed documents with their proofs.",
      items: {
        type: "object",
        required: ["documentId"],
        properties: strings([
          "documentId",
          "name",
          "contentType",
          "documentExternalId",
          "documentProofToken",
          "documentProofUrl",
        ]),
      },
    },
    sample: [
      {
        documentId: "doc-123456",
        name: "Contract.pdf",
        contentType: "application/pdf",
        documentProofToken: "token-123",
        documentProofUrl: `${PROOF_URL}?t=token-123`,
      },
    ],
  },
} as const satisfies { [field: string]: Field };

export type ContentField = keyof typeof CONTENT_FIELDS;

/** Which fields a content has. */
export type ContentShape = { required: readonly ContentField[]; optional: readonly ContentField[] };

/** The schema of a content: further fields are allowed. */
export function schemaOf(shape: ContentShape): ContentSchema {
  const names = [...shape.required, ...shape.optional];
  return {
    type: "object",
    required: shape.required,
    properties: Object.fromEntries(names.map((name) => [name, CONTENT_FIELDS[name].schema])),
  };
}

/** A content with these fields, each with its sample value. */
export function sampleOf(names: readonly ContentField[]): { [field: string]: unknown } {
  return Object.fromEntries(names.map((name) => [name, CONTENT_FIELDS[name].sample]));
}

function text(description: string, sample: string): Field {
  return { schema: { type: "string", description }, sample };
}

function strings(names: readonly string[]): { [name: string]: ContentSchema } {
  return Object.fromEntries(names.map((name) => [name, { type: "string" }]));
}

function signerList(): ContentSchema {
  const properties = strings(["signerId", "signerExternalId", "token"]);
  return { type: "array", items: { type: "object", required: ["signerId"], properties } };
}
