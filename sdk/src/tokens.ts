/** Verification tokens: was this webhook really sent by the server, and is this the first time that it is checked? */
import { IgnisignError } from "./error.ts";
import type { Answer, Http } from "./http.ts";
import { isSentBody } from "./received_body.ts";

/** A token with its target, as a webhook's body has them. `appId` and `appEnv` default to the client's own. */
export type WebhookToken = { token: string; appId?: string | undefined; appEnv?: string | undefined };

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
   * failure, a refused key): answer 500, so that the webhook is sent again.
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
    const body = { token, appId, appEnv };
    return this.#http.call({ method: "POST", path: "/v4/tokens/webhook-verification/checking-consumption", body });
  }
}
