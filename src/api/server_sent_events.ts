/**
 * The text of server-sent events (HTML standard, 9.2). Data goes line by line, and a reader puts the lines together again
 * with line feeds: JSON stays byte for byte as it was but for carriage returns between its tokens, which become line feeds.
 */

/** One event. An `id` is what a client names to go on behind it; null leaves the one before in force. */
export function eventText({ event, id, data }: { event: string; id: string | null; data: string }): string {
  const idLine = id === null ? "" : `id: ${id}\n`;
  return `event: ${event}\n${idLine}${dataLines(data)}\n\n`;
}

/** No event for the client's code, but a sign of life, and the id to go on from. */
export function heartbeatText(id: string): string {
  return `: still here\nid: ${id}\n\n`;
}

/** How long a client is to wait before it connects again, in ms. */
export function retryText(delayMs: number): string {
  return `retry: ${delayMs}\n\n`;
}

function dataLines(data: string): string {
  if (!/[\r\n]/.test(data)) return `data: ${data}`;
  return data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}`)
    .join("\n");
}
