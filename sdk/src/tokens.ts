/** Verification tokens: was this webhook really sent by the server, and is this the first time that it is checked? */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { IgnisignError } from "./error.ts";
import type { Answer, Call, Http } from "./http.ts";
import { idempotencyHeader } from "./http.ts";
import { isSentBody } from "./received_body.ts";

/** A token with its target, as a webhook's body has them. `appId` and `appEnv` default to the client's own. */
export type WebhookToken = { token: string; appId?: string | undefined; appEnv?: string | undefined };

/** Between a check that was not answered and its one repeat. */
const REPEAT_AFTER_MS = 200;

/** What the server says of a token. `haveBeenConsumed`: by this very check. */
export type TokenCheck = {
  isValid: boolean;
  haveBeenConsumed: boolean;
  notFound: boolean;
  alreadyConsumed: boolean;
  badTarget: boolean;
  isExpired: boolean;
  badRelatedId: boolean;
  /** What the token belongs to, when it is valid: for dropping duplicates and detecting a changed content. */
  context: {
    webhookId: string;
    eventId: string;
    attemptNumber: number;
    topic: string;
    action: string;
    /** In hexadecimal, of the bytes of `content`; null once the content is erased. */
    contentSha256: string | null;
  } | null;
};

/** The calls about tokens. */
export class TokensV4 {
  readonly #http: Http;
  readonly #own: { appId: string | undefined; appEnv: string | undefined };

  constructor(http: Http, own: { appId: string | undefined; appEnv: string | undefined }) {
    this.#http = http;
    this.#own = own;
  }

  /**
   * Checks a token and consumes it. False: the token is not valid (unknown, used, expired, of another target, or no
   * token at all): answer 401. Throws {@link IgnisignError} when it could not be checked (server not reached, its
   * failure, a refused key): answer 500, so that the webhook is sent again. A connection that fails, or a 503, is tried a
   * second time.
   *
   * With `rawBody`, the body exactly as received, false as well where topic, action or a byte of `content` is not what was
   * sent with this token, or the content was erased since: a token alone does not show that.
   */
  async checkConsumeWebhook(token: WebhookToken & { rawBody?: string | Uint8Array | undefined }): Promise<boolean> {
    const { appId = this.#own.appId, appEnv = this.#own.appEnv } = token;
    if (![token.token, appId, appEnv].every((value) => typeof value === "string" && value !== "")) return false;
    try {
      const { data }: Answer<Partial<TokenCheck> | null> = await this.checkConsumeWebhookDetails(token);
      if (data?.isValid === true && token.rawBody !== undefined) {
        const { context = null } = data;
        return context !== null && isSentBody(token.rawBody, context);
      }
      if (typeof data?.isValid === "boolean") return data.isValid;
    } catch (error) {
      // The three texts come from whoever posted to the receiver: what cannot be a token is an invalid one.
      if (error instanceof IgnisignError && error.code === "BODY_VALIDATION_FAILED") return false;
      throw error;
    }
    throw new IgnisignError({
      status: 200,
      code: "UNEXPECTED_ANSWER",
      message: "The server did not say whether the token is valid.",
    });
  }

  /** The same check with all that the server says. */
  async checkConsumeWebhookDetails({
    token,
    appId = this.#own.appId,
    appEnv = this.#own.appEnv,
  }: WebhookToken): Promise<Answer<TokenCheck>> {
    const call: Call = {
      method: "POST",
      path: "/v4/tokens/webhook-verification/checking-consumption",
      body: { token, appId, appEnv },
      // Should the first call have consumed the token, the second one is answered as the first was.
      headers: idempotencyHeader({ idempotencyKey: randomUUID() }),
    };
    try {
      return await this.#http.call(call);
    } catch (error) {
      if (!isWorthRepeating(error)) throw error;
    }
    await pause(REPEAT_AFTER_MS);
    return await this.#http.call(call);
  }
}

/** Not where time ran out: whoever sent the webhook waits for an answer. */
function isWorthRepeating(error: unknown): boolean {
  return error instanceof IgnisignError && (error.code === "CONNECTION_FAILED" || error.status === 503);
}
