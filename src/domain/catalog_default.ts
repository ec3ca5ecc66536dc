/**
 * The default catalogue: the topics and actions of the public guide, and those that only the published v4 models have.
 * `CATALOG_FILE` extends or replaces it.
 */
import type { ActionDefinition, CatalogDefinition, TopicDefinition } from "./catalog.ts";
import type { ContentField, ContentShape } from "./catalog_fields.ts";
import { sampleOf, schemaOf } from "./catalog_fields.ts";
import type { MsgNature } from "./values.ts";

/** What an action has of its own; the rest is its topic's. */
type ActionFacts = {
  description: string;
  /** SUCCESS by default. */
  msgNature?: MsgNature;
  /** False by default. */
  isV4Only?: boolean;
  /** Optional fields of the sample beside the required ones; by default the topic's usual ones. */
  sampled?: readonly ContentField[];
  /** Sample values other than the usual ones. */
  values?: { readonly [field: string]: unknown };
};

type TopicFacts = ContentShape & {
  description: string;
  /** Optional fields that a sample usually has. */
  sampled: readonly ContentField[];
  actions: { readonly [action: string]: ActionFacts };
};

/** The catalogue of a server without a `CATALOG_FILE`. */
export const DEFAULT_CATALOG: CatalogDefinition = {
  topics: {
    APP: topic({
      description: "Application-related events (settings updates, membership changes, archiving).",
      required: [],
      optional: ["userId"],
      sampled: ["userId"],
      actions: {
        SETTINGS_UPDATED: { description: "The settings of the application were updated." },
        MEMBERSHIP_UPDATED: { description: "The membership of the application was updated." },
        ARCHIVED: { description: "The application was archived." },
      },
    }),
    SIGNATURE: topic({
      description: "Signature-related events (completion, failure).",
      required: ["signatureRequestId", "signerId"],
      optional: [
        "signatureMethod",
        "signatureRequestExternalId",
        "signerExternalId",
        "documentId",
        "documentExternalId",
        "documentNature",
        "signatureId",
      ],
      sampled: ["signatureMethod", "signatureRequestExternalId"],
      actions: {
        SIGNATURE_SUCCESS: { description: "A signer completed a signature." },
        SIGNATURE_FAILED: { description: "A signature failed to complete.", msgNature: "ERROR" },
        FINALIZED: {
          description: "The signature of one document was finalized.",
          isV4Only: true,
          sampled: ["signatureRequestExternalId", "signerExternalId", "documentId", "documentNature", "signatureId"],
        },
        FAILED: {
          description: "The signature of one document failed.",
          msgNature: "ERROR",
          isV4Only: true,
          sampled: ["signatureRequestExternalId", "signerExternalId", "documentId", "documentNature"],
        },
      },
    }),
    SIGNATURE_REQUEST: topic({
      description: "Signature request events (initialization, publication, launching, closing).",
      required: ["signatureRequestId"],
      optional: ["status", "signatureRequestExternalId", "initialSignatureRequestId", "signers"],
      sampled: ["status", "signatureRequestExternalId"],
      actions: {
        INIT: { description: "A signature request was initialized.", values: { status: "DRAFT" } },
        UPDATE: { description: "A signature request was updated.", values: { status: "DRAFT" } },
        PUBLISH: { description: "A signature request was published.", values: { status: "READY" } },
        LAUNCHED: {
          description: "A signature request was launched: its signers can sign.",
          sampled: ["status", "signatureRequestExternalId", "signers"],
        },
        CLOSED: { description: "A signature request was closed.", values: { status: "CLOSED" } },
        INITIALIZED: {
          description: "A signature request was initialized.",
          isV4Only: true,
          values: { status: "DRAFT" },
        },
        UPDATED: { description: "A signature request was updated.", isV4Only: true, values: { status: "DRAFT" } },
        READY: {
          description: "A signature request is ready to be launched.",
          isV4Only: true,
          values: { status: "READY" },
        },
        FAILED: {
          description: "A signature request failed.",
          msgNature: "ERROR",
          isV4Only: true,
          values: { status: "FAILED" },
        },
        CANCELLED: {
          description: "A signature request was cancelled.",
          msgNature: "WARNING",
          isV4Only: true,
          values: { status: "CANCELLED" },
        },
        EXPIRED: {
          description: "A signature request expired before everybody had signed.",
          msgNature: "WARNING",
          isV4Only: true,
          values: { status: "EXPIRED" },
        },
        COMPLETED: {
          description: "Everybody has signed: the signature request is complete.",
          isV4Only: true,
          values: { status: "COMPLETED" },
        },
        CHILDREN_GENERATED: {
          description: "A signature request was generated from an initial one.",
          isV4Only: true,
          sampled: ["status", "signatureRequestExternalId", "initialSignatureRequestId"],
        },
        APPROVER_STEP: {
          description: "A signature request waits for its approvers.",
          msgNature: "INFO",
          isV4Only: true,
          values: { status: "WAITING_FOR_APPROVAL" },
        },
      },
    }),
    SIGNER: topic({
      description: "Signer-related events (creation, claim updates).",
      required: ["signerId"],
      optional: ["signerExternalId", "inputsAdded"],
      sampled: ["signerExternalId"],
      actions: {
        CREATED: { description: "A signer was created." },
        CLAIM_UPDATED: { description: "A claim about a signer was updated." },
        INPUTS_ADDED: {
          description: "A signer gave inputs that were asked for.",
          isV4Only: true,
          sampled: ["signerExternalId", "inputsAdded"],
        },
      },
    }),
    SIGNATURE_PROFILE: topic({
      description: "Signature profile events (creation, update, archiving).",
      required: ["signatureProfileId"],
      optional: [],
      sampled: [],
      actions: {
        CREATED: { description: "A signature profile was created." },
        UPDATED: { description: "A signature profile was updated." },
        ARCHIVED: { description: "A signature profile was archived." },
      },
    }),
    SIGNATURE_SESSION: topic({
      description: "Signature session events (session start, update).",
      required: ["signatureRequestId", "signerId"],
      optional: ["signatureRequestExternalId", "signerExternalId"],
      sampled: ["signatureRequestExternalId", "signerExternalId"],
      actions: {
        STARTED: { description: "A signer started a signature session." },
        UPDATED: { description: "A signature session was updated." },
        INITIALIZED: { description: "A signature session was initialized.", isV4Only: true },
      },
    }),
    SIGNATURE_PROOF: topic({
      description: "Signature proof generation events.",
      required: ["signatureRequestId"],
      optional: ["documents", "signatureRequestExternalId", "signatureProofToken", "signatureProofUrl", "documentId"],
      sampled: ["documents", "signatureRequestExternalId", "signatureProofToken", "signatureProofUrl"],
      actions: {
        GENERATED: { description: "The proof of a signature request was generated." },
        FAILED: {
          description: "The generation of a signature proof failed.",
          msgNature: "ERROR",
          sampled: ["signatureRequestExternalId", "documentId"],
        },
        ADV_GENERATED: {
          description: "The advanced proof of a signature request was generated.",
          isV4Only: true,
        },
      },
    }),
    SIGNATURE_SIGNER_IMAGE: topic({
      description: "Signature image generation events.",
      required: ["signatureRequestId", "signerId", "documentId"],
      optional: ["signatureRequestExternalId", "signerExternalId", "documentExternalId"],
      sampled: ["signatureRequestExternalId", "signerExternalId"],
      actions: {
        GENERATED: { description: "The image of a signature was generated." },
        FAILED: { description: "The generation of a signature image failed.", msgNature: "ERROR" },
      },
    }),
    DOCUMENT_REQUEST: topic({
      description: "Document request events (a requested document was provided).",
      required: ["signatureRequestId", "documentId", "documentNature", "mimeType"],
      optional: ["signatureRequestExternalId", "signerExternalId", "documentExternalId"],
      sampled: ["signatureRequestExternalId", "documentExternalId"],
      actions: { PROVIDED: { description: "A requested document was provided." } },
    }),
    SIGNER_ID_PROOFING: {
      description: "ID proofing events (not currently implemented).",
      aliases: ["ID_PROOFING"],
      actions: {},
    },
    SIGNER_AUTH: { description: "Authentication events (not currently implemented).", aliases: [], actions: {} },
  },
};

function topic({ description, actions, sampled, ...shape }: TopicFacts): TopicDefinition {
  const content = schemaOf(shape);
  const definition = (facts: ActionFacts): ActionDefinition => ({
    description: facts.description,
    msgNature: facts.msgNature ?? "SUCCESS",
    isV4Only: facts.isV4Only ?? false,
    isDeprecated: false,
    content,
    sample: { ...sampleOf([...shape.required, ...(facts.sampled ?? sampled)]), ...facts.values },
  });
  const defined = Object.entries(actions).map(([name, facts]) => [name, definition(facts)]);
  return { description, aliases: [], actions: Object.fromEntries(defined) as TopicDefinition["actions"] };
}
