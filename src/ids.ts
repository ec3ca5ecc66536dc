/**
 * The identifiers: a short prefix and 22 base62 characters: 8 of the millisecond, 3 of a sequence within it, 11 random
 * (65 bits). Their text order is their order of creation. An event's id is its message's 22 characters and the number of
 * its webhook in 5 more, so that message × webhook is unique by the primary key and each is found from the other.
 * No id contains a dot, which the signed content of Standard Webhooks uses as its separator.
 */
import { assert } from "./assert.ts";
import type { Random } from "./random.ts";

export type MessageId = string & { readonly __id: "msg" };
export type EventId = string & { readonly __id: "evt" };
export type WebhookId = string & { readonly __id: "whk" };
export type SecretId = string & { readonly __id: "sec" };
export type KeyId = string & { readonly __id: "key" };
export type AuditId = string & { readonly __id: "aud" };
export type WorkerId = string & { readonly __id: "wrk" };
export type JobId = string & { readonly __id: "job" };
export type SessionId = string & { readonly __id: "ses" };
export type ViewId = string & { readonly __id: "viw" };

type IdOf = {
  msg: MessageId;
  whk: WebhookId;
  sec: SecretId;
  key: KeyId;
  aud: AuditId;
  wrk: WorkerId;
  job: JobId;
  ses: SessionId;
  viw: ViewId;
};

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TIME_CHARS = 8;
const SEQUENCE_CHARS = 3;
const RANDOM_CHARS = 11;
const WEBHOOK_NO_CHARS = 5;
const SEQUENCE_END = 62 ** SEQUENCE_CHARS;
/** The first millisecond that an id cannot carry, in the year 8888. */
const TIME_END = 62 ** TIME_CHARS;
const DAY_MS = 86_400_000;
const BODY = `[0-9A-Za-z]{${TIME_CHARS + SEQUENCE_CHARS + RANDOM_CHARS}}`;
const MESSAGE_ID = new RegExp(`^msg_${BODY}$`);
const EVENT_ID = new RegExp(`^evt_${BODY}[0-9A-Za-z]{${WEBHOOK_NO_CHARS}}$`);
const WEBHOOK_ID = new RegExp(`^whk_${BODY}$`);
const KEY_ID = new RegExp(`^key_${BODY}$`);
const JOB_ID = new RegExp(`^job_${BODY}$`);
const VIEW_ID = new RegExp(`^viw_${BODY}$`);

/** Makes identifiers. One per process is enough; two never collide because of the random part. */
export class IdMinter {
  readonly #random: Random;
  #atMs = 0;
  #sequence = 0;
  #pool: Buffer = Buffer.alloc(0);
  #poolAt = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A new id that carries `atMs`. Ids minted here for one or for rising milliseconds are in text order. */
  mint<Kind extends keyof IdOf>(kind: Kind, atMs: number): IdOf[Kind] {
    this.#sequence = atMs === this.#atMs ? this.#sequence + 1 : 0;
    this.#atMs = atMs;
    assert(this.#sequence < SEQUENCE_END, "more ids in one millisecond than the sequence holds");
    const body = base62(atMs, TIME_CHARS) + base62(this.#sequence, SEQUENCE_CHARS) + this.#randomChars();
    return `${kind}_${body}` as IdOf[Kind]; // true by construction: prefix and body are of that kind
  }

  #randomChars(): string {
    let chars = "";
    while (chars.length < RANDOM_CHARS) {
      if (this.#poolAt === this.#pool.length) {
        this.#pool = this.#random.bytes(1024);
        this.#poolAt = 0;
      }
      const byte = this.#pool[this.#poolAt++] ?? 255;
      if (byte < 248) chars += DIGITS.charAt(byte % 62); // 248 = 4 × 62: the rest would favour some characters
    }
    return chars;
  }
}

/** The id of the event that takes the message to webhook number `webhookNo` (its number in the store, never reused). */
export function eventIdOf(messageId: MessageId, webhookNo: number): EventId {
  return `evt_${messageId.slice(4)}${base62(webhookNo, WEBHOOK_NO_CHARS)}` as EventId;
}

/** The message that an event carries. */
export function messageIdOf(eventId: EventId): MessageId {
  return `msg_${eventId.slice(4, -WEBHOOK_NO_CHARS)}` as MessageId;
}

/** The number of the webhook that an event goes to. */
export function webhookNoOf(eventId: EventId): number {
  let no = 0;
  for (const char of eventId.slice(-WEBHOOK_NO_CHARS)) no = no * 62 + DIGITS.indexOf(char);
  return no;
}

/** The range of event ids, lowest and highest possible, of one message. */
export function eventIdRange(messageId: MessageId): { lowest: EventId; highest: EventId } {
  const body = messageId.slice(4);
  return { lowest: `evt_${body}00000` as EventId, highest: `evt_${body}zzzzz` as EventId };
}

/** The lowest id of the kind that is not older than the job: what has a lower one was there before it. */
export function lowestIdSince(kind: "msg" | "evt", jobId: JobId): string {
  return `${kind}_${jobId.slice(4)}`;
}

/** The lowest possible id of the kind at `atMs`: `id >= lowestId(kind, t)` is "created at t or later". */
export function lowestId(kind: "msg" | "evt" | "aud", atMs: number): string {
  return `${kind}_${base62(Math.min(Math.max(0, Math.floor(atMs)), TIME_END - 1), TIME_CHARS)}`;
}

/** The millisecond that an id of ours carries; an event's is its message's. */
export function idTime(id: string): number {
  let ms = 0;
  for (let at = 4; at < 4 + TIME_CHARS; at++) ms = ms * 62 + DIGITS.indexOf(id.charAt(at));
  return ms;
}

/** The UTC day (days since 1970-01-01) that an id carries: the time part of every history key. */
export function idDay(id: string): number {
  return Math.floor(idTime(id) / DAY_MS);
}

/** `text` as a message id, or null. */
export function parseMessageId(text: string): MessageId | null {
  return MESSAGE_ID.test(text) ? (text as MessageId) : null;
}

/** `text` as an event id, or null. */
export function parseEventId(text: string): EventId | null {
  return EVENT_ID.test(text) ? (text as EventId) : null;
}

/** `text` as a webhook id, or null. */
export function parseWebhookId(text: string): WebhookId | null {
  return WEBHOOK_ID.test(text) ? (text as WebhookId) : null;
}

/** `text` as an API key's id, or null. */
export function parseKeyId(text: string): KeyId | null {
  return KEY_ID.test(text) ? (text as KeyId) : null;
}

/** `text` as a job's id, or null. */
export function parseJobId(text: string): JobId | null {
  return JOB_ID.test(text) ? (text as JobId) : null;
}

/** `text` as the id of a view, or null. */
export function parseViewId(text: string): ViewId | null {
  return VIEW_ID.test(text) ? (text as ViewId) : null;
}

function base62(value: number, width: number): string {
  let text = "";
  let rest = value;
  for (let place = 0; place < width; place++) {
    text = DIGITS.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  assert(rest === 0 && value >= 0, `${value} does not fit ${width} base62 characters`);
  return text;
}
