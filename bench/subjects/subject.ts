/** What is measured: the server in one of its forms, or what it is compared with. */
import type { Target } from "../programs/publisher.ts";

/** Something that takes messages and delivers them. */
export type Subject = {
  name: string;
  target: Target;
  /** How many POSTs come of one message. */
  deliveriesPerMessage: number;
  /** The processes that do the work, by name. */
  pids: ReadonlyMap<string, number>;
  /** Ends the processes, and removes what they left. */
  stop: () => Promise<void>;
};
