/** What the demo prints: a line for each step with its time. In colour on a terminal, plain text anywhere else. */
import { styleText } from "node:util";
import type { WebhookEventDetails } from "@ignisign/node";
import type { Received } from "./receiver.ts";

type Style = Parameters<typeof styleText>[0];

const ACTOR_CHARS = 9;
const ACTION_CHARS = 30;

/** Prints to `stream`. Colours need a terminal and an environment without NO_COLOR. */
export class Timeline {
  readonly #stream: NodeJS.WriteStream;
  readonly #startedAt = performance.now();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  title(text: string): void {
    this.#print(this.#paint("bold", text));
  }

  chapter(text: string): void {
    this.#print(`\n${this.#paint(["bold", "cyan"], text)}`);
  }

  /** Somebody did something. */
  step(actor: string, text: string): void {
    this.#print(`${this.#time()}  ${this.#paint("bold", actor.padEnd(ACTOR_CHARS))} ${text}`);
  }

  /** An event was settled: its last attempt, and what the receiver made of it. */
  delivery(event: WebhookEventDetails, received: readonly Received[]): void {
    const isSuccess = event.status === "SUCCESS";
    const attempt = event.attempts.at(-1);
    const token = received.at(-1)?.isTokenValid === true ? "token valid" : "token not valid";
    const mark = this.#paint(isSuccess ? "green" : "red", isSuccess ? "✔" : "✘");
    const status = this.#paint(isSuccess ? "green" : "red", event.status.padEnd(7));
    const facts = [
      `attempt ${attempt?.number ?? "?"}`,
      attempt?.response === undefined ? (attempt?.error?.code ?? "no answer") : `status ${attempt.response.status}`,
      token,
      `${Math.round(attempt?.durationMs ?? 0)} ms`,
    ];
    const action = `${event.topic} ${event.action}`.padEnd(ACTION_CHARS);
    this.#print(`${this.#time()}  ${mark} ${action} ${status} ${this.#paint("dim", facts.join(", "))}`);
  }

  /** One thing that must be true. */
  check(text: string, isTrue: boolean): void {
    this.#print(`           ${this.#paint(isTrue ? "green" : "red", isTrue ? "✔" : "✘")} ${text}`);
  }

  /** The last lines. */
  verdict(faults: readonly string[]): void {
    if (faults.length > 0) this.#print(`\n${this.#paint("red", faults.join("\n"))}`);
    const text = faults.length === 0 ? "Every event ended as expected." : "The demo did not end as expected.";
    this.#print(`\n${this.#paint(["bold", faults.length === 0 ? "green" : "red"], text)}`);
  }

  #time(): string {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(2);
    return this.#paint("dim", `${seconds.padStart(7)} s`);
  }

  #paint(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }

  #print(line: string): void {
    this.#stream.write(`${line}\n`);
  }
}
