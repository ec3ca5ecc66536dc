/** Bytes for people: 16 to a line, as hexadecimal numbers and as the ASCII characters that they may be. */

const BYTES_A_LINE = 16;

/** The bytes of a body, which the API gives as text, or as base64 where it is no UTF-8. */
export function bodyBytes(body: string, encoding: "utf8" | "base64"): Uint8Array<ArrayBuffer> {
  if (encoding === "utf8") return new TextEncoder().encode(body);
  return Uint8Array.from(atob(body), (char) => char.codePointAt(0) ?? 0);
}

/** A line for every 16 bytes: `00000010  68 65 6c 6c 6f 0a                                 |hello.|`. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) lines.push(line(bytes.subarray(at, at + BYTES_A_LINE), at));
  return lines.join("\n");
}

function line(bytes: Uint8Array, at: number): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"));
  const halves = [pairs.slice(0, 8).join(" ").padEnd(23), pairs.slice(8).join(" ").padEnd(23)];
  const characters = Array.from(bytes, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
  return `${at.toString(16).padStart(8, "0")}  ${halves.join("  ")}  |${characters}|`;
}
