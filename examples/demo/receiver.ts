/** The receiver of the demo: the handler of the webhooks guide, which fails once and remembers what it got. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { IgnisignClient, WebhookPayload } from "@ignisign/node";
import { verifySignature } from "@ignisign/node";
import express from "express";
import type { Request } from "express";

const PATH = "/api/ignisign-webhooks";

/** One POST that arrived. */
export type Received = { isTokenValid: boolean; isSigned: boolean; answered: number; content: unknown; token: string };

/** A running receiver. */
export type DemoReceiver = {
  url: string;
  /** What came for an event, in order. */
  receivedOf: (eventId: string) => readonly Received[];
  /** The signing secret, known once the webhook is registered; before that nothing counts as signed. */
  useSecret: (secret: string) => void;
  stop: () => Promise<void>;
};

/** Listens on a free port. The first webhook of the action `failOnce` is answered with 500. */
export async function startReceiver(options: { ignisign: IgnisignClient; failOnce: string }): Promise<DemoReceiver> {
  const { ignisign, failOnce } = options;
  const received = new Map<string, Received[]>();
  const rawBodies = new WeakMap<object, Buffer>();
  let secret: string | null = null;
  let hasFailed = false;

  const app = express();
  app.use(express.json({ verify: (req, _res, raw) => void rawBodies.set(req, raw) }));

  app.post(PATH, async (req: Request<object, string, WebhookPayload>, res) => {
    const { appId, appEnv, topic, action, content, verificationToken } = req.body;
    const rawBody = rawBodies.get(req) ?? "";
    const isSigned = secret !== null && verifySignature({ secret, headers: req.headers, rawBody });
    const entry: Received = { isTokenValid: false, isSigned, answered: 0, content, token: verificationToken };
    const eventId = req.get("webhook-id") ?? "";
    received.set(eventId, [...(received.get(eventId) ?? []), entry]);
    const answer = (status: number, text: string): void => {
      entry.answered = status;
      res.status(status).send(text);
    };
    try {
      // Verify the webhook token
      entry.isTokenValid = await ignisign.tokens.checkConsumeWebhook({ token: verificationToken, appId, appEnv });
      if (!entry.isTokenValid) return answer(401, "Invalid token");

      // Process based on topic and action
      switch (topic) {
        case "SIGNATURE":
          if (action === failOnce && !hasFailed) {
            hasFailed = true;
            throw new Error("the database of the receiver is locked");
          }
          break;
        case "SIGNATURE_PROOF":
          if (action === "GENERATED" && content.signatureProofUrl === undefined) return answer(422, "No proof");
          break;
        default: // Handle other topics and actions
      }
      return answer(200, "Webhook processed successfully");
    } catch {
      return answer(500, "Error processing webhook");
    }
  });

  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    receivedOf: (eventId) => received.get(eventId) ?? [],
    useSecret: (given) => void (secret = given),
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
