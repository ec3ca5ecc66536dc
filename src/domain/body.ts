/**
 * The body of a webhook. All but the token is the same on every attempt, so the head is put together once per message;
 * `content` and `error` are the publisher's own bytes.
 */
import type { AppEnv, MsgNature } from "./values.ts";

/** What a body is made of; `content` and `error` are JSON text as published. */
export type BodyParts = {
  appId: string;
  appEnv: AppEnv;
  topic: string;
  action: string;
  msgNature: MsgNature;
  content: string;
  error: string | null;
};

/** The body up to the token's place. */
export function bodyHead(parts: BodyParts): string {
  const error = parts.error === null ? "" : `"error":${parts.error},`;
  return (
    `{"appId":${JSON.stringify(parts.appId)},"appEnv":"${parts.appEnv}","topic":${JSON.stringify(parts.topic)},` +
    `"action":${JSON.stringify(parts.action)},"msgNature":"${parts.msgNature}","content":${parts.content},${error}"verificationToken":"`
  );
}

/** The whole body; tokens need no escaping. */
export function completeBody(head: string, token: string): string {
  return `${head}${token}"}`;
}
