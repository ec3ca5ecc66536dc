/** Puts the sender together, and runs it in the thread of its caller: for the sender's own thread, and for tests. */
import { systemClock } from "../clock.ts";
import type { Clock } from "../clock.ts";
import type { EgressPolicyOptions } from "./address_policy.ts";
import { EgressPolicy } from "./address_policy.ts";
import { AttemptSender } from "./attempt_sender.ts";
import type { SendReport, SendRequest, Sender } from "./sender.ts";
import type { ProxyAddress } from "./proxy_url.ts";
import { createSystemResolver } from "./system_resolver.ts";
import { Transport } from "./transport.ts";

/** What a sender is made with. Plain data: it crosses a thread boundary. */
export type SenderOptions = {
  /** 32 bytes. */
  tokenKey: Uint8Array;
  policy: EgressPolicyOptions;
  /** Of the server, for the `user-agent`. */
  version: string;
  /** The content of `EGRESS_CA_FILE`, PEM; null without one. */
  caPem: string | null;
  /** `EGRESS_PROXY`; null without one. */
  proxy: ProxyAddress | null;
  /** Beyond so many open sockets, idle ones are closed to make room. At least the number of attempts at a time. */
  socketsMax: number;
  /** Who is asked for the addresses of receivers (`127.0.0.1:5353` each); null: the machine's own name servers. */
  nameServers: readonly string[] | null;
};

/** A sender without a thread of its own. */
export class InlineSender implements Sender {
  readonly #transport: Transport;
  readonly #attemptSender: AttemptSender;
  #isStopped = false;

  /** Throws where `caPem` is not a certificate. */
  constructor(options: SenderOptions, clock: Clock = systemClock) {
    const policy = new EgressPolicy(options.policy);
    const { nameServers, socketsMax: lookupsMax } = options;
    this.#transport = new Transport({
      resolver: createSystemResolver({ policy, clock, nameServers, lookupsMax }),
      clock,
      caPem: options.caPem,
      proxy: options.proxy,
      socketsMax: options.socketsMax,
    });
    this.#attemptSender = new AttemptSender({
      clock,
      policy,
      transport: this.#transport,
      tokenKey: Buffer.from(options.tokenKey),
      version: options.version,
    });
  }

  async start(): Promise<void> {}

  /** Never rejects; never resolves for an attempt that {@link stop} dropped. */
  send(request: SendRequest): Promise<SendReport> {
    return new Promise((resolve) => {
      if (this.#isStopped) return;
      void this.#attemptSender.send(request).then((report) => {
        if (!this.#isStopped) resolve(report);
      });
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#transport.close();
  }
}
