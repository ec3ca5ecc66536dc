/** A call of the API as a command line that does the same. */
import type { CallArguments, OperationId } from "./client.ts";
import { pathOf } from "./client.ts";
import { OPERATIONS } from "./operations.ts";

/** The cURL command; the key is named, never filled in. `origin` is where the server is reached. */
export function curlOf<Id extends OperationId>(id: Id, args: CallArguments<Id>, origin: string): string {
  const { method } = OPERATIONS[id];
  const lines = [`curl -X ${method} ${quoted(origin + pathOf(id, args))}`];
  lines.push(`-H "authorization: Bearer $IGNISIGN_API_KEY"`);
  if (args.idempotencyKey !== undefined) lines.push(`-H ${quoted(`idempotency-key: ${args.idempotencyKey}`)}`);
  const bodyText = args.bodyText ?? (args.body === undefined ? null : JSON.stringify(args.body, null, 2));
  if (bodyText !== null) lines.push(`-H "content-type: application/json"`, `--data-binary ${quoted(bodyText)}`);
  return lines.join(" \\\n  ");
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
