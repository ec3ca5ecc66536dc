/** The calls of the platform that publishes, and of those who look at what was published. */
import type { EventQuery, SearchData } from "./event.ts";
import type { Answer, Http } from "./http.ts";
import { idempotencyHeader, path } from "./http.ts";
import type { WebhookError } from "./payload.ts";

/** What is published. `msgNature` defaults to the catalogue's for the action. */
export type NewMessage = {
  topic: string;
  action: string;
  msgNature?: string;
  content: { [field: string]: unknown };
  error?: WebhookError;
};

/** A published message, and where it went. */
export type Message = {
  _id: string;
  appId: string;
  appEnv: string;
  topic: string;
  action: string;
  msgNature: string;
  /** Null in a list when it is longer than 4 KiB, and when it was erased. */
  content: unknown;
  contentBytes?: number;
  error?: WebhookError;
  isTest: boolean;
  idempotencyKey?: string;
  _createdAt: string;
  events: { _id: string; webhookId: string; status: string }[];
};

/** A page of messages, newest first. */
export type MessageList = { items: Message[]; searchData: SearchData; nextCursor: string | null };

/** `idempotencyKey` (1 to 255 visible ASCII characters) makes it safe to repeat a call: a repeat publishes nothing. */
export type PublishOptions = { idempotencyKey?: string };

/** The calls about messages. Each throws `IgnisignError` when it fails. Publishing needs a key with the scope `messages`. */
export class MessagesV4 {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** Publishes one message. When this resolves it is stored, and it will be delivered. */
  async publish(
    appId: string,
    appEnv: string,
    message: NewMessage,
    options: PublishOptions = {},
  ): Promise<Answer<Message>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({ method: "POST", path: messagesPath(appId, appEnv), body: message, headers });
  }

  /** Publishes up to 1,000 messages, all or none. */
  async publishBatch(
    appId: string,
    appEnv: string,
    messages: NewMessage[],
    options: PublishOptions = {},
  ): Promise<Answer<{ messages: Message[] }>> {
    const headers = idempotencyHeader(options);
    return this.#http.call({
      method: "POST",
      path: `${messagesPath(appId, appEnv)}/batch`,
      body: { messages },
      headers,
    });
  }

  /** A page of what was published, newest first. */
  async getMessages(
    appId: string,
    appEnv: string,
    query: Omit<EventQuery, "filter" | "code"> = {},
  ): Promise<Answer<MessageList>> {
    return this.#http.call({ method: "GET", path: messagesPath(appId, appEnv), query });
  }

  /** One message. */
  async getMessage(appId: string, appEnv: string, messageId: string): Promise<Answer<Message>> {
    return this.#http.call({ method: "GET", path: messagesPath(appId, appEnv) + path`/${messageId}` });
  }

  /** Erases what a message said and keeps its history. */
  async eraseContent(appId: string, appEnv: string, messageId: string): Promise<Answer<Message>> {
    return this.#http.call({ method: "DELETE", path: messagesPath(appId, appEnv) + path`/${messageId}/content` });
  }
}

function messagesPath(appId: string, appEnv: string): string {
  return path`/v4/applications/${appId}/envs/${appEnv}/messages`;
}
