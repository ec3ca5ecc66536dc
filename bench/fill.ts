/**
 * Fills a database with a history, for seeing how lists, counts, charts, claims and retention behave on a large one:
 * `npm run fill -- --events=1000000 --database=data/large.db`, then `DATABASE_URL=data/large.db npm start`. Rows, counters
 * and statistics agree. On PostgreSQL (`--database=postgres://…`) it goes in bulk: ten million events in some minutes, over
 * many tenants of which one is big. `--waiting=1000000` adds so many waiting events of a webhook that is disabled, and
 * `--due=1000` of one that is enabled.
 */
import { parseArgs } from "node:util";
import { fillPostgres } from "./fill_postgres.ts";
import { fillSqlite } from "./fill_sqlite.ts";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    database: { type: "string", default: "data/large.db" },
    days: { type: "string", default: "25" },
    tenants: { type: "string", default: "200" },
    waiting: { type: "string", default: "0" },
    due: { type: "string", default: "0" },
  },
});
const { database } = values;
const size = { events: Number(values.events), days: Number(values.days) };
const more = { tenants: Number(values.tenants), waiting: Number(values.waiting), due: Number(values.due) };

if (database.startsWith("postgres")) await fillPostgres(database, { ...size, ...more });
else if (more.waiting > 0 || more.due > 0) throw new Error("--waiting and --due are for PostgreSQL");
else await fillSqlite(database, size);
