/** `POST /v4/auth/app-api`: older SDKs exchange their key for a token that lives an hour. */
import { Type } from "typebox";
import { parseAppEnv } from "../domain/values.ts";
import { ApiError } from "../errors.ts";
import { completeApiKey, KEY_CHARS_MAX } from "../keys.ts";
import { clientAddress } from "./client_address.ts";
import { formatJwt } from "./jwt.ts";
import type { Api, Services } from "./services.ts";

const EXCHANGE_SCHEMA = Type.Object(
  {
    appId: Type.String({ maxLength: 128 }),
    appEnv: Type.String({ maxLength: 32 }),
    secret: Type.String({ minLength: 1, maxLength: KEY_CHARS_MAX, description: "The whole key, or its last part." }),
  },
  { additionalProperties: false },
);

/** Registers the routes of this file. */
export function authRoutes(app: Api, { authenticator, keys, clock }: Services): void {
  app.route({
    method: "POST",
    url: "/v4/auth/app-api",
    config: { access: "open", errors: ["AUTHENTICATION_FAILED", "AUTHENTICATION_THROTTLED"] },
    schema: {
      operationId: "exchangeApiKey",
      summary: "Exchange a key for a token that lives an hour and dies with its key",
      tags: ["auth"],
      body: EXCHANGE_SCHEMA,
      response: { 200: Type.Object({ jwtToken: Type.String() }) },
    },
    handler: async (request) => {
      const { appId, appEnv: envText, secret } = request.body;
      const appEnv = parseAppEnv(envText);
      if (appEnv === null) throw refused();
      const text = secret.includes("_") ? secret : completeApiKey({ appId, appEnv }, secret);
      const key = await authenticator.keyOf(text, clientAddress(request));
      // One answer for an unknown key and for one of another application or environment.
      if (key === null || key.tenant?.appId !== appId || key.tenant.appEnv !== appEnv) throw refused();
      return { jwtToken: formatJwt(keys.session[0], { keyId: key.id, issuedAt: clock.now() }) };
    },
  });
}

function refused(): ApiError {
  return new ApiError("AUTHENTICATION_FAILED", "There is no such key of this application and environment.");
}
