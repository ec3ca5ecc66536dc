/** The audit log: who changed what, when and from where; and whether the log is as it was written. */
import type { Static, TSchema } from "typebox";
import { Type } from "typebox";
import type { FastifyRequest } from "fastify";
import { isoTime } from "../clock.ts";
import type { AuditId } from "../ids.ts";
import type { AuditChainPlace, AuditFilter, ChainedAuditEntry } from "../store/audit_log.ts";
import { tenantOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { TIME_QUERY, timeOf } from "./history_query.ts";
import { PAGE_QUERY, pageJson, pageRequest, SEARCH_DATA_SCHEMA } from "./paging.ts";
import { nullable, oneOf, rawJson, TENANT_PATH, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

/** So many rows are recomputed in one read of the store: other reads go in between. */
const CHAIN_SLICE_ROWS = 1_000;

const AUDIT_QUERY_SCHEMA = Type.Object(
  {
    ...PAGE_QUERY,
    actor: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: "The id of the actor's key, or the actor's name." }),
    ),
    action: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          "Such as `webhook.update`; one that ends in a dot, such as `webhook.`, stands for all of its kind.",
      }),
    ),
    target: Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "The id of what was changed." })),
    from: Type.Optional(TIME_QUERY),
    to: Type.Optional(TIME_QUERY),
  },
  { additionalProperties: false },
);

const CHANGED_SCHEMA = Type.Unsafe<object | null>({
  type: ["object", "null"],
  additionalProperties: true,
  description: "What the action tells of; secrets are masked or left out.",
});

const ENTRY_SCHEMA = Type.Object({
  _id: Type.String(),
  at: TIME_SCHEMA,
  actor: Type.Object({
    kind: oneOf(["operator", "platform", "tenant", "system"]),
    keyId: nullable(Type.String()),
    name: Type.String(),
    ip: nullable(Type.String()),
  }),
  requestId: nullable(Type.String()),
  action: Type.String({ examples: ["webhook.update"] }),
  target: Type.Object({ kind: Type.String({ examples: ["webhook"] }), id: Type.String() }),
  before: CHANGED_SCHEMA,
  after: CHANGED_SCHEMA,
  hash: Type.String({ description: "SHA-256 in hex, over this entry and the hash of the one before." }),
});

const AUDIT_LIST_SCHEMA = Type.Object({
  items: Type.Array(ENTRY_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});

const VERIFICATION_SCHEMA = Type.Object({
  isIntact: Type.Boolean(),
  rows: Type.Integer({ description: "So many entries are as they were written, from the first one on." }),
  brokenAt: nullable(
    Type.String({ description: "The first entry that was changed, or before which one was changed or removed." }),
  ),
});

/** Whose log a route is about. */
type Log = {
  url: string;
  access: "admin" | "operator";
  params: TSchema;
  operationIds: { list: string; verify: string };
  what: string;
  tenantOf: (request: FastifyRequest) => number | null;
};

const TENANT_LOG: Log = {
  url: "/v4/applications/:appId/envs/:appEnv/audit-log",
  access: "admin",
  params: TENANT_PATH,
  operationIds: { list: "listAuditLog", verify: "verifyAuditLog" },
  what: "of an application environment",
  tenantOf: (request) => tenantOf(request).tenant,
};

const OPERATOR_LOG: Log = {
  url: "/v4/audit-log",
  access: "operator",
  params: Type.Object({}),
  operationIds: { list: "listOperatorAuditLog", verify: "verifyOperatorAuditLog" },
  what: "of what belongs to no application environment",
  tenantOf: () => null,
};

/** Registers the routes of this file. */
export function auditLogRoutes(app: Api, services: Services): void {
  for (const log of [TENANT_LOG, OPERATOR_LOG]) {
    listRoute(app, services, log);
    verificationRoute(app, services, log);
  }
}

function listRoute(app: Api, { store }: Services, log: Log): void {
  app.route({
    method: "GET",
    url: log.url,
    config: { access: log.access, errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: log.operationIds.list,
      summary: `List the audit log ${log.what}, newest first`,
      tags: ["audit"],
      params: log.params,
      querystring: AUDIT_QUERY_SCHEMA,
      response: { 200: rawJson(AUDIT_LIST_SCHEMA) },
    },
    handler: async (request, reply) => {
      const page = pageRequest(request.query);
      const filter = auditFilter(request.query);
      const list = await store.listAudit({ ...page, tenant: log.tenantOf(request), filter });
      const items = list.items.map(entryJson);
      return reply.header("content-type", JSON_TYPE).send(pageJson({ name: "items", items, page, list }));
    },
  });
}

function verificationRoute(app: Api, services: Services, log: Log): void {
  app.route({
    method: "GET",
    url: `${log.url}/verification`,
    config: { access: log.access },
    schema: {
      operationId: log.operationIds.verify,
      summary: `Recompute the hashes of the audit log ${log.what}`,
      tags: ["audit"],
      params: log.params,
      response: { 200: VERIFICATION_SCHEMA },
    },
    handler: (request) => verify(services.store, log.tenantOf(request), () => request.raw.socket.destroyed),
  });
}

/** Slice after slice, so that other reads go in between; ends early when nobody waits for the answer any more. */
async function verify(
  store: Services["store"],
  tenant: number | null,
  isAbandoned: () => boolean,
): Promise<{ isIntact: boolean; rows: number; brokenAt: AuditId | null }> {
  let rows = 0;
  let after: AuditChainPlace | null = null;
  do {
    const slice = await store.checkAuditChain({ tenant, after, limit: CHAIN_SLICE_ROWS });
    rows += slice.intact;
    if (slice.brokenAt !== null) return { isIntact: false, rows, brokenAt: slice.brokenAt };
    after = slice.next;
  } while (after !== null && !isAbandoned());
  return { isIntact: true, rows, brokenAt: null };
}

function auditFilter(query: Static<typeof AUDIT_QUERY_SCHEMA>): AuditFilter {
  const { actor = null, action = null, target = null } = query;
  return { actor, action, target, from: timeOf("from", query.from), to: timeOf("to", query.to) };
}

/** `before` and `after` are spliced in as the JSON that they are, and that the hash covers. */
function entryJson(entry: ChainedAuditEntry): string {
  const { id, at, actor, action, target, before, after, hash } = entry;
  const { kind, keyId, name, ip, requestId } = actor;
  const head = { _id: id, at: isoTime(at), actor: { kind, keyId, name, ip }, requestId, action, target };
  const changed = `"before":${before ?? "null"},"after":${after ?? "null"}`;
  return `${JSON.stringify(head).slice(0, -1)},${changed},"hash":"${hash}"}`;
}
