/** The inside of a program of the benchmark: answers the calls of the process that started it, one after another. */

/** What a program can be asked: plain data in and out. */
export type Methods = { readonly [name: string]: (params: never) => Promise<unknown> };

/** A call as it crosses the process boundary, and its answer. */
export type CallMessage = { id: number; method: string; params: unknown };
export type AnswerMessage = { id: number; value: unknown; error: string | null };

/** Serves until the parent goes away. */
export function serveCalls(methods: Methods): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", (message: CallMessage) => void answer(methods, message));
}

async function answer(methods: Methods, { id, method, params }: CallMessage): Promise<void> {
  const reply: AnswerMessage = { id, value: null, error: null };
  try {
    const run = methods[method];
    if (run === undefined) throw new Error(`there is no method ${method}`);
    reply.value = await run(params as never); // the caller's types pair method and params
  } catch (error) {
    reply.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  process.send?.(reply);
}
