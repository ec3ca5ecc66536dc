/** Bytes on a connection of their own, for requests that no client would send. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** An answer as it came; `json` is empty where the body is no JSON. */
export type RawReply = { status: number; head: string; json: Record<string, unknown> };

/** A connection to the server of `url`. */
export async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  return socket;
}

/** Sends the text, byte by character, and reads until the server closes. */
export async function sendRaw(url: string, text: string): Promise<RawReply> {
  const socket = await connectTo(url);
  socket.write(text, "latin1");
  return readReply(socket);
}

/** What comes until the server closes. */
export async function readReply(socket: Socket): Promise<RawReply> {
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  const json = body.startsWith("{") ? (JSON.parse(body) as Record<string, unknown>) : {};
  return { status: Number(head.split(" ")[1]), head, json };
}
