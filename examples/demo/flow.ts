/** The messages of one signature, in the order in which the platform publishes them. */
import type { NewMessage } from "@ignisign/node";

const signatureRequestId = "sr-789012";
const signatureRequestExternalId = "external-id-123";
const signerId = "signer-345678";
const signerExternalId = "external-signer-42";
const proofUrl = `https://client-sign.ignisign.io/signature-requests/${signatureRequestId}/proofs`;
const request = { signatureRequestId, signatureRequestExternalId };

/** From the creation of the signer to the proof. */
export const SIGNATURE_FLOW: readonly NewMessage[] = [
  { topic: "SIGNER", action: "CREATED", content: { signerId, signerExternalId } },
  { topic: "SIGNATURE_REQUEST", action: "INIT", content: { ...request, status: "DRAFT" } },
  { topic: "SIGNATURE_REQUEST", action: "UPDATE", content: { ...request, status: "DRAFT" } },
  { topic: "SIGNATURE_REQUEST", action: "PUBLISH", content: { ...request, status: "READY" } },
  {
    topic: "SIGNATURE_REQUEST",
    action: "LAUNCHED",
    content: {
      ...request,
      status: "IN_PROGRESS",
      signers: { signersBySide: [], signersEmbedded: [{ signerId, signerExternalId, token: "sign-token-123" }] },
    },
  },
  { topic: "SIGNATURE_SESSION", action: "STARTED", content: { ...request, signerId, signerExternalId } },
  { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS", content: { ...request, signerId, signatureMethod: "DRAW" } },
  {
    topic: "SIGNATURE_PROOF",
    action: "GENERATED",
    content: {
      ...request,
      documents: [
        {
          documentId: "doc-123456",
          name: "Contract.pdf",
          contentType: "application/pdf",
          documentProofToken: "token-123",
          documentProofUrl: `${proofUrl}?t=token-123`,
        },
      ],
      signatureProofToken: "token-456",
      signatureProofUrl: `${proofUrl}?t=token-456`,
    },
  },
];

/** The action at whose first delivery the receiver fails. */
export const FAILING_ACTION = "SIGNATURE_SUCCESS";
