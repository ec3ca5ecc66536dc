/** The uses of keys until they are written down, so that none of them costs a write: of each key the last one from each network. */
import type { KeyId } from "../ids.ts";
import type { KeyUse } from "../store/tenancy.ts";
import { networkOf } from "./client_network.ts";

const KEYS_MAX = 10_000;
/** Of one key. Beyond it, the address that was used longest ago is forgotten. */
const ADDRESSES_MAX = 16;

export class KeyUses {
  /** When each address has used each key last, epoch ms; the addresses in the order of their last uses. */
  #uses = new Map<KeyId, Map<string, number>>();

  /** Notes a use. Of keys beyond a bound none is noted. */
  note(keyId: KeyId, { at, ip }: { at: number; ip: string }): void {
    const known = this.#uses.get(keyId);
    if (known === undefined) {
      if (this.#uses.size < KEYS_MAX) this.#uses.set(keyId, new Map([[ip, at]]));
      return;
    }
    known.delete(ip);
    known.set(ip, at);
    if (known.size > ADDRESSES_MAX) forgetOldest(known);
  }

  /**
   * What was noted since the last call, to be written in turns, each with one use of a key: who uses a key between two uses
   * of its owner is not to be overlooked. Nearly always there is one turn, or none.
   */
  takeTurns(): KeyUse[][] {
    const turns: KeyUse[][] = [];
    for (const [keyId, addresses] of this.#uses) {
      for (const [turn, use] of lastOfNetworks(keyId, addresses).entries()) (turns[turn] ??= []).push(use);
    }
    this.#uses = new Map();
    return turns;
  }
}

function forgetOldest(addresses: Map<string, number>): void {
  const [oldest] = addresses.keys();
  if (oldest !== undefined) addresses.delete(oldest);
}

/** In the order of their times. */
function lastOfNetworks(keyId: KeyId, addresses: ReadonlyMap<string, number>): KeyUse[] {
  const last = new Map<string | null, KeyUse>();
  for (const [ip, at] of addresses) {
    const network = networkOf(ip);
    last.delete(network);
    last.set(network, { keyId, at, ip, network });
  }
  return [...last.values()];
}
