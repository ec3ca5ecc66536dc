/**
 * A receiver as the webhooks guide writes it: Express, a JSON body, one check of the token, a switch on topic and action.
 *
 *   IGNISIGN_APP_ID=… IGNISIGN_APP_ENV=DEVELOPMENT IGNISIGN_API_KEY=… node examples/express-receiver/server.mjs
 *
 * PORT (3000) is where it listens, IGNISIGN_SERVER_URL (http://127.0.0.1:4400) where the server is.
 */
import express from "express";
import { IgnisignClient } from "@ignisign/node";

const { IGNISIGN_APP_ID, IGNISIGN_APP_ENV = "DEVELOPMENT", IGNISIGN_API_KEY, PORT = "3000" } = process.env;

if (!IGNISIGN_APP_ID || !IGNISIGN_API_KEY) {
  console.error("Set IGNISIGN_APP_ID and IGNISIGN_API_KEY: the server prints those of its demo application.");
  process.exit(2);
}

const ignisign = new IgnisignClient({ appId: IGNISIGN_APP_ID, appEnv: IGNISIGN_APP_ENV, apiKey: IGNISIGN_API_KEY });

/** Webhooks that were processed, by their id: one can arrive more than once. A real receiver keeps them in its database. */
const processed = new Set();

const app = express();
app.use(express.json());

app.post("/api/ignisign-webhooks", async (req, res) => {
  try {
    const { appId, appEnv, topic, action, msgNature, content, verificationToken } = req.body;

    // Throws when the token could not be checked; then the answer is 500, and the webhook is sent again.
    const isValid = await ignisign.tokens.checkConsumeWebhook({ token: verificationToken, appId, appEnv });
    if (!isValid) {
      console.error("Invalid webhook token");
      return res.status(401).send("Invalid token");
    }

    const webhookId = req.get("webhook-id");
    if (processed.has(webhookId)) return res.status(200).send("Webhook received before");

    console.log(`Received webhook: ${topic} - ${action} (${msgNature})`);
    switch (topic) {
      case "SIGNATURE":
        if (action === "SIGNATURE_SUCCESS") {
          console.log(`  Signature completed for request ${content.signatureRequestId} by signer ${content.signerId}`);
        }
        break;
      case "SIGNATURE_PROOF":
        if (action === "GENERATED") {
          console.log(`  Proof of request ${content.signatureRequestId}: ${content.signatureProofUrl}`);
        }
        break;
      default:
        console.log(`  ${JSON.stringify(content)}`);
    }

    processed.add(webhookId);
    return res.status(200).send("Webhook received");
  } catch (error) {
    console.error("Error processing webhook:", error);
    return res.status(500).send("Error processing webhook");
  }
});

const server = app.listen(Number(PORT), "127.0.0.1", (error) => {
  if (error) throw error;
  console.log(`Webhook server listening on http://127.0.0.1:${server.address().port}/api/ignisign-webhooks`);
});
