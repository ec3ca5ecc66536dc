/** The statements of fill_postgres.ts: what each makes follows from the temporary tables that the one before has filled. */
import type { Measure } from "../src/domain/statistics.ts";
import { ALL_WEBHOOKS, WIDTH } from "../src/store/postgres/stats_sums.ts";
import { whatOf } from "../src/store/postgres/tally.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Base 62 of a fixed width, as ids have it. */
function base62(name: string, width: number): string {
  const places = Array.from({ length: width }, (_, at) => 62 ** (width - 1 - at));
  const digits = places.map((worth) => `substr('${DIGITS}', (value / ${worth} % 62)::integer + 1, 1)`);
  return `create function pg_temp.${name}(value bigint) returns text language sql immutable as $$ select ${digits.join(" || ")} $$`;
}

/** Of this session: functions, and tables for what is being made. */
export const SESSION = [
  base62("time_chars", 8),
  base62("webhook_chars", 5),
  "create temp table targets (place integer primary key, tenant integer, webhooks integer[])",
  "create temp table filled (tenant integer primary key)",
  `create temp table made (n bigint, id text, tenant integer, day integer, at bigint, webhooks integer[], topic text,
    action text) on commit delete rows`,
  `create temp table born (tenant integer, day integer, id text, webhook_no integer, topic text, action text, at bigint,
    roll integer, duration integer, code text) on commit delete rows`,
  "create temp table counted (tenant integer, webhook_no integer, minute integer, what integer, count bigint)",
];

/** $1, $2: the first number and the end; $3, $4: the time of number 0, and the ms between two of them. */
const NUMBERS = `
  select n, $3::bigint + floor(n * $4::double precision)::bigint as at from generate_series($1::bigint, $2::bigint - 1) n`;
const ACTIONS = `(values (0, 'SIGNATURE_REQUEST', 'LAUNCHED'), (1, 'SIGNATURE', 'SIGNATURE_SUCCESS'),
    (2, 'SIGNER', 'CREATED'), (3, 'SIGNATURE_PROOF', 'GENERATED')) as a (place, topic, action)`;
const MADE = `
  insert into made
  select s.n, pg_temp.time_chars(s.at) || '000' || substr(md5(t.tenant::text || s.n), 1, 11), t.tenant,
    (s.at / 86400000)::integer, s.at, t.webhooks, a.topic, a.action
  from (${NUMBERS}) s join ${ACTIONS} on a.place = (s.n / 2) % 4`;

/** Messages of all tenants: every second one of the first, the others in turn. */
export const MESSAGES = `${MADE}
  join targets t on t.place = case
    when s.n % 2 = 0 or (select count(*) from targets) = 1 then 0
    else 1 + (s.n / 2 * 7919) % ((select count(*) from targets) - 1)
  end`;
/** Messages of one tenant ($5) for its one webhook ($6). */
export const MESSAGES_OF_ONE = `${MADE}
  cross join (select $5::integer as tenant, array[$6::integer] as webhooks) t`;

/** One search in ten finds very many. */
const SIGNER = `'signer-' || case when n % 10 = 0 then 0 else n % 1000 end`;
const INSERT_MESSAGES = `
  insert into messages (tenant, day, id, topic, action, msg_nature, is_test, search_values, content_bytes, created_at, content)
  select tenant, day, 'msg_' || id, topic, action, 'SUCCESS', false, '["sr-' || n || '","' || ${SIGNER} || '"]',
    octet_length(content), at, content
  from made cross join lateral (
    select '{"signatureRequestId":"sr-' || n || '","signerId":"' || ${SIGNER} || '"}' as content) c`;
const INSERT_SEARCH = `
  insert into search_index (tenant, day, value, message_id)
  select tenant, day, value, 'msg_' || id from made cross join lateral (values ('sr-' || n), (${SIGNER})) v (value)`;

/** Two events of each message. One in ten fails; one in a hundred thousand with a code that is rare. */
const BORN = `
  insert into born
  select tenant, day, 'evt_' || id || pg_temp.webhook_chars(webhook_no), webhook_no, topic, action, at, roll,
    5 + roll % 97 * 3, case when roll = 0 then 'TLS_EXPIRED' when roll < 5000 then '503' when roll < 10000
      then 'TIMEOUT_RESPONSE' else '200' end
  from made cross join generate_series(0, 1) k
    cross join lateral (
      select webhooks[1 + (n / 2 + k) % cardinality(webhooks)] as webhook_no, abs(hashint8(2 * n + k) % 100000) as roll) r`;
const INSERT_EVENTS = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, attempt_count, next_trigger, last_code,
    last_status, last_status_text, created_at, updated_at)
  select tenant, day, id, webhook_no, topic, action, false, case when code = '200' then 'SUCCESS' else 'FAILED' end, 1,
    'AUTO', code, case when code ~ '^\\d+$' then code::integer end,
    case code when '200' then 'OK' when '503' then 'Service Unavailable' end, at, at + 20 + duration
  from born`;
const INSERT_ATTEMPTS = `
  insert into attempts (tenant, day, event_id, number, trigger_kind, started_at, duration_ms, queued_ms, first_byte_ms,
    address, url, request_headers, failure_code, failure_message, response_status, response_status_text, response_headers,
    response_is_truncated, response_body, worker_id)
  select tenant, day, id, 1, 'AUTO', at + 20, duration, 1, duration - 2, '127.0.0.1', 'http://127.0.0.1:9/endpoint',
    '[["content-type","application/json"]]', case code when '200' then null when '503' then 'UNEXPECTED_STATUS' else code end,
    case when code <> '200' then 'It failed.' end, status, case when status = 200 then 'OK' else text end,
    case when status is not null then '[]' end, case when status is not null then false end,
    case when status is not null then 'ok'::bytea end, 'wrk_' || left(md5(day::text), 22)
  from born cross join lateral (
    select case when code ~ '^\\d+$' then code::integer end as status,
      case when code = '503' then 'Service Unavailable' end as text) a`;

/** From messages to everything that hangs on them, settled. */
export const HISTORY = [INSERT_MESSAGES, INSERT_SEARCH, BORN, INSERT_EVENTS, INSERT_ATTEMPTS];

const INSERT_WAITING = `
  insert into events (tenant, day, id, webhook_no, topic, action, is_test, status, next_attempt_at, attempt_count,
    next_trigger, created_at, updated_at)
  select tenant, day, 'evt_' || id || pg_temp.webhook_chars(webhooks[1]), webhooks[1], topic, action, false, 'PENDING', at, 0,
    'AUTO', at, at
  from made`;

/** From messages to events that wait. */
export const WAITING = [INSERT_MESSAGES, INSERT_SEARCH, INSERT_WAITING];

/** The lane of a webhook ($1), when all that waits for it is there. */
export const LANE = `
  update lanes l set next_due_at = w.due_at, oldest_day = w.day
  from (select min(next_attempt_at) as due_at, min(day) as day from events where webhook_no = $1 and status = 'PENDING') w
  where l.webhook_no = $1`;

function what(measure: Measure): number {
  return whatOf({ measure, bucket: 0 });
}

/** As histogramBucket has it, but for rounding. */
const BUCKET = "1 + floor(4 * ln(duration_ms) / ln(2))::integer";
const ATTEMPTED = `a.started_at + a.duration_ms::bigint`;
const COUNT = `
  insert into counted
  select e.tenant, e.webhook_no, (v.at / 60000)::integer, v.what, count(*)
  from filled f join events e on e.tenant = f.tenant and e.day = $1
    left join attempts a on a.tenant = e.tenant and a.day = $1 and a.event_id = e.id
    cross join lateral (values (e.created_at, ${what("CREATED")}),
      (${ATTEMPTED}, case when e.status = 'SUCCESS' then ${what("SUCCESS")} else ${what("FAILED")} end + ${BUCKET}),
      (${ATTEMPTED}, ${what("CODE")} + coalesce(a.response_status, 0)),
      (${ATTEMPTED}, ${what("QUEUED")} + 1),
      (case when e.status = 'SUCCESS' then ${ATTEMPTED} end, ${what("FIRST_SUCCESS")})) v (at, what)
  where v.at is not null group by 1, 2, 3, 4`;
const MINUTES = `
  insert into webhook_minutes as m (tenant, webhook_no, minute, slot, tally)
  select tenant, webhook_no, minute, 0, array_agg(what::bigint << 32 | count) from counted group by 1, 2, 3
  on conflict (tenant, webhook_no, minute, slot) do update set tally = m.tally || excluded.tally`;
const SUMS = `
  insert into webhook_sums as s (tenant, webhook_no, width, start, tally)
  select tenant, no, width, start, array_agg(what::bigint << 32 | count) from (
    select tenant, no, width, minute - minute % width as start, what, sum(count)::bigint as count
    from counted cross join lateral (values (webhook_no, ${WIDTH.hour}), (webhook_no, ${WIDTH.day}),
      (${ALL_WEBHOOKS}, ${WIDTH.minute}), (${ALL_WEBHOOKS}, ${WIDTH.hour}), (${ALL_WEBHOOKS}, ${WIDTH.day})) w (no, width)
    group by 1, 2, 3, 4, 5
  ) c group by 1, 2, 3, 4
  on conflict (tenant, webhook_no, width, start) do update set tally = s.tally || excluded.tally`;
const HOURS = `
  insert into action_hours (tenant, hour, topic, action, slot, count)
  select m.tenant, (m.created_at / 3600000)::integer, m.topic, m.action, 0, count(*)
  from filled f join messages m on m.tenant = f.tenant and m.day = $1 group by 1, 2, 3, 4`;

/** The statistics of a day ($1), in order: those with the parameter, then those without. */
export const STATISTICS = { ofDay: [COUNT, HOURS], ofCounted: [MINUTES, SUMS, "truncate counted"] };

/** The counters, of all that was filled. */
export const COUNTERS = `
  insert into counters (tenant, webhook_no, is_test, slot, pending, success, failed)
  select e.tenant, e.webhook_no, false, 0, count(*) filter (where e.status = 'PENDING'),
    count(*) filter (where e.status = 'SUCCESS'), count(*) filter (where e.status = 'FAILED')
  from filled f join events e on e.tenant = f.tenant group by 1, 2`;

/** What autovacuum would have done over the days. */
export const VACUUM =
  "vacuum (analyze) messages, events, attempts, search_index, webhook_minutes, webhook_sums, counters, lanes";
