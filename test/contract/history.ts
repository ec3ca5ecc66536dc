/** Lists of events and messages: order, pages, filters, totals, search. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EventId, WebhookId } from "../../src/ids.ts";
import { failure } from "../../src/domain/failure.ts";
import type { EventFilter, EventList } from "../../src/store/history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../../src/store/history.ts";
import type { StoreFactory } from "./store_factory.ts";
import type { World } from "./world.ts";
import {
  ACTOR,
  DAY_MS,
  FIRST_PAGE,
  NO_FILTER,
  addWebhook,
  claim,
  claimOne,
  failed,
  message,
  newTenant,
  publish,
  publishOne,
  readEvent,
  record,
  settle,
  setup,
  sha256,
  success,
} from "./world.ts";

type Query = {
  webhookId?: WebhookId | null;
  filter?: Partial<EventFilter>;
  limit?: number;
  page?: number;
  cursor?: string | null;
};

/** Registers the tests of this topic for one implementation. */
export function historyContract(factory: StoreFactory): void {
  const name = (text: string): string => `${factory.name}: ${text}`;

  test(
    name("events are listed newest first across statuses, and cursor and page walk through them alike"),
    async (t) => {
      const world = await setup(t, factory);
      const webhook = await addWebhook(world);
      const ids = await mixed(world, webhook.id);
      const newest = ids.toReversed();
      for (const webhookId of [webhook.id, null]) {
        const first = await list(world, { webhookId, limit: 4 });
        const second = await list(world, { webhookId, limit: 4, cursor: first.nextCursor });
        const third = await list(world, { webhookId, limit: 4, cursor: second.nextCursor });
        assert.deepEqual([first, second, third].flatMap(idsOf), newest);
        assert.deepEqual([first.total, first.totalIsAtLeast, third.nextCursor], [9, false, null]);
        assert.deepEqual(idsOf(await list(world, { webhookId, limit: 4, page: 2 })), idsOf(second));
        assert.deepEqual(idsOf(await list(world, { webhookId, limit: 4, page: 4 })), []);
      }
    },
  );

  test(name("a list that ends with its page has no next cursor"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await mixed(world, webhook.id);
    const { events, nextCursor } = await list(world, { limit: 9 });
    assert.deepEqual([events.length, nextCursor], [9, null]);
  });

  test(name("events are filtered by status, with exact totals, in one webhook and in all"), async (t) => {
    const world = await setup(t, factory);
    const [webhook, other] = [await addWebhook(world), await addWebhook(world, { disabledTopics: ["SIGNER"] })];
    await mixed(world, webhook.id);
    await publish(world, { messages: [message({ topic: "DOCUMENT_REQUEST", action: "PROVIDED" })] });
    const totals = async (webhookId: WebhookId | null): Promise<number[]> => {
      const lists = await Promise.all(
        (["PENDING", "SUCCESS", "FAILED"] as const).map((status) =>
          list(world, { webhookId, filter: { status }, limit: 2 }),
        ),
      );
      for (const { totalIsAtLeast } of lists) assert.equal(totalIsAtLeast, false);
      return lists.map(({ total }) => total);
    };
    assert.deepEqual(await totals(webhook.id), [4, 3, 3]);
    assert.deepEqual(await totals(other.id), [1, 0, 0]);
    assert.deepEqual(await totals(null), [5, 3, 3]);
    const { events } = await list(world, { webhookId: webhook.id, filter: { status: "FAILED" } });
    assert.ok(events.length === 3 && events.every(({ status }) => status === "FAILED"));
  });

  test(name("events and messages are filtered by nature, alone and with other conditions"), async (t) => {
    const world = await setup(t, factory);
    const [webhook, other] = [await addWebhook(world), await addWebhook(world, { disabledTopics: ["SIGNER"] })];
    const passed = await publishOne(world, { msgNature: "SUCCESS" });
    await settle(world, failed(await claimOne(world, webhook)));
    await publishOne(world, { msgNature: "WARNING" });
    const error = await publishOne(world, { msgNature: "ERROR" });
    await publishOne(world, { msgNature: "INFO" });
    const [profile] = await publish(world, {
      messages: [message({ topic: "SIGNATURE_PROFILE", action: "CREATED", msgNature: "ERROR" })],
    });
    const [ofFirst, ofOther] = profile?.events.map(({ id }) => id) ?? [];
    const cases: [WebhookId | null, Partial<EventFilter>, (EventId | undefined)[]][] = [
      [null, { msgNature: "SUCCESS" }, [passed]],
      [null, { msgNature: "ERROR" }, [ofOther, ofFirst, error]],
      [webhook.id, { msgNature: "ERROR" }, [ofFirst, error]],
      [other.id, { msgNature: "ERROR" }, [ofOther]],
      [other.id, { msgNature: "INFO" }, []],
      [null, { msgNature: "SUCCESS", status: "FAILED" }, [passed]],
      [null, { msgNature: "SUCCESS", status: "PENDING" }, []],
      [null, { msgNature: "ERROR", topic: "SIGNER" }, [error]],
      [null, { msgNature: "ERROR", search: profile?.id ?? "" }, [ofOther, ofFirst]],
      [null, { msgNature: "INFO", search: profile?.id ?? "" }, []],
    ];
    for (const [webhookId, filter, expected] of cases) {
      const found = await list(world, { webhookId, filter });
      const what = JSON.stringify({ webhookId, ...filter });
      assert.deepEqual(idsOf(found).toSorted(), expected.toSorted(), what);
      assert.deepEqual([found.total, found.totalIsAtLeast], [expected.length, false], what);
    }
    const first = await list(world, { filter: { msgNature: "ERROR" }, limit: 2 });
    const next = await list(world, { filter: { msgNature: "ERROR" }, limit: 2, cursor: first.nextCursor });
    assert.deepEqual([...idsOf(first), ...idsOf(next)].toSorted(), [ofOther, ofFirst, error].toSorted());
    const messages = await listMessages(world, { filter: { msgNature: "ERROR" } });
    assert.deepEqual([messages.messages[0]?.id, messages.total], [profile?.id, 2]);
    const named = await listMessages(world, { filter: { msgNature: "INFO", search: profile?.id ?? "" } });
    assert.equal(named.total, 0);
  });

  test(name("an event tells how long its last attempt took, while the next one runs, too"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world, { retrySchedule: [1_000] });
    const eventId = await publishOne(world);
    const shown = async () => [
      (await list(world, {})).events[0]?.lastDurationMs,
      (await readEvent(world, eventId)).lastDurationMs,
      (await world.store.getEvents({ tenant: world.tenant, eventIds: [eventId] }))[0]?.lastDurationMs,
    ];
    assert.deepEqual(await shown(), [null, null, null]);
    const first = await claimOne(world, webhook);
    assert.deepEqual(await shown(), [null, null, null]);
    await settle(world, failed(first, { retryInMs: 1_000 }));
    assert.deepEqual(await shown(), [12.5, 12.5, 12.5]);
    world.clock.advance(1_000);
    const second = await claimOne(world, webhook);
    assert.deepEqual(await shown(), [12.5, 12.5, 12.5]);
    await settle(world, success(second, { record: record({ durationMs: 40 }) }));
    assert.deepEqual(await shown(), [40, 40, 40]);
  });

  test(name("events are filtered by topic, action, test and time, alone and together"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const made: EventId[] = [];
    for (const action of ["CREATED", "UPDATED", "CREATED"]) {
      made.push(await publishOne(world, { action }));
      world.clock.advance(DAY_MS);
    }
    const [test_] = await publish(world, { test: { webhookId: webhook.id, actor: ACTOR } });
    const testId = test_?.events[0]?.id;
    const [first, second, third] = made;
    const start = world.clock.nowMs - 3 * DAY_MS;
    const cases: [Partial<EventFilter>, (EventId | undefined)[]][] = [
      [{ topic: "SIGNER" }, [testId, third, second, first]],
      [{ topic: "APP" }, []],
      [{ action: "CREATED", isTest: false }, [third, first]],
      [{ isTest: true }, [testId]],
      [{ from: start + DAY_MS }, [testId, third, second]],
      [{ to: start + DAY_MS }, [first]],
      [{ from: start, to: start + 2 * DAY_MS }, [second, first]],
      [{ from: start + 1, to: start + 3 * DAY_MS, action: "CREATED" }, [third]],
      [{ status: "PENDING", action: "UPDATED" }, [second]],
      [{ status: "FAILED", action: "UPDATED" }, []],
    ];
    for (const [filter, expected] of cases) {
      for (const webhookId of [webhook.id, null]) {
        const found = await list(world, { webhookId, filter });
        assert.deepEqual([idsOf(found), found.total], [expected, expected.length], JSON.stringify(filter));
      }
    }
  });

  test(name("events are filtered by an exact status, a class of them and a failure code"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const ids: EventId[] = [];
    for (const code of ["200", "503", "404", "429", "TIMEOUT_DNS", "503"]) {
      ids.push(await publishOne(world));
      const leased = await claimOne(world, webhook);
      const { response } = record();
      assert.ok(response);
      const answered = record({
        response: { ...response, status: Number(code) },
        failure: failure("UNEXPECTED_STATUS"),
      });
      const settlement = code === "200" ? success(leased) : failed(leased, { retryInMs: DAY_MS, code });
      await settle(world, /^[45]/.test(code) ? { ...settlement, record: answered } : settlement);
    }
    await world.store.resendEvent({
      tenant: world.tenant,
      webhookId: webhook.id,
      eventId: ids[5] ?? assert.fail(),
      trigger: "RESEND",
      actor: ACTOR,
    });
    const cases: [Partial<EventFilter>, number[]][] = [
      [{ code: "200" }, [0]],
      [{ code: "2xx" }, [0]],
      [{ code: "503" }, [5, 1]],
      [{ code: "503", status: "FAILED" }, [1]],
      [{ code: "503", status: "PENDING" }, [5]],
      [{ code: "503", status: "SUCCESS" }, []],
      [{ code: "4xx" }, [3, 2]],
      [{ code: "TIMEOUT_DNS" }, [4]],
      [{ code: "GONE" }, []],
    ];
    for (const [filter, expected] of cases) {
      for (const webhookId of [webhook.id, null]) {
        const found = await list(world, { webhookId, filter });
        assert.deepEqual(
          [idsOf(found), found.total],
          [expected.map((at) => ids[at]), expected.length],
          JSON.stringify(filter),
        );
      }
    }
  });

  test(name("events are filtered by how many attempts they have at least"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const twice = await publishOne(world);
    await settle(world, failed(await claimOne(world, webhook), { retryInMs: 0 }));
    await settle(world, success(await claimOne(world, webhook)));
    const once = await publishOne(world);
    await settle(world, success(await claimOne(world, webhook)));
    const never = await publishOne(world);
    const cases: [Partial<EventFilter>, EventId[]][] = [
      [{}, [never, once, twice]],
      [{ attemptsMin: 1 }, [once, twice]],
      [{ attemptsMin: 2 }, [twice]],
      [{ attemptsMin: 2, search: once }, []],
      [{ attemptsMin: 3 }, []],
    ];
    for (const [filter, expected] of cases) {
      for (const webhookId of [webhook.id, null]) {
        const found = await list(world, { webhookId, filter });
        assert.deepEqual([idsOf(found), found.total], [expected, expected.length], JSON.stringify(filter));
      }
    }
  });

  test(name("search finds by event id, message id, idempotency key and content value, exactly"), async (t) => {
    const world = await setup(t, factory);
    const [webhook, other] = [await addWebhook(world), await addWebhook(world)];
    const [published] = await publish(world, {
      messages: [message({ searchValues: ["signer-1", "req-7", "signer-1"] })],
      idempotency: { key: "key-1", route: "message", bodyHash: sha256("b") },
    });
    assert.ok(published);
    await publish(world, { messages: [message({ searchValues: ["signer-2", "req-7"] })] });
    const [first, second] = published.events;
    assert.ok(first && second);
    assert.deepEqual(idsOf(await list(world, { filter: { search: first.id } })), [first.id]);
    for (const search of [published.id, "key-1", "signer-1"]) {
      assert.deepEqual(idsOf(await list(world, { filter: { search } })), [second.id, first.id], search);
      const ofOne = await list(world, { webhookId: webhook.id, filter: { search } });
      assert.deepEqual([idsOf(ofOne), ofOne.total], [[first.id], 1], search);
    }
    for (const search of ["signer-", "SIGNER-1", "nothing", `${first.id}x`]) {
      assert.deepEqual(idsOf(await list(world, { filter: { search } })), [], search);
    }
    assert.deepEqual(idsOf(await list(world, { webhookId: other.id, filter: { search: first.id } })), []);
    assert.equal((await list(world, { filter: { search: "req-7", status: "PENDING" } })).total, 4);
    assert.equal((await list(world, { filter: { search: "req-7", status: "FAILED" } })).total, 0);
    const stranger = { ...world, tenant: await newTenant(world.store, "TEST") };
    assert.deepEqual(idsOf(await list(stranger, { filter: { search: published.id } })), []);
  });

  test(name("a search is paged by cursor, also between two events of one message"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    await addWebhook(world);
    const published = await publish(world, {
      messages: Array.from({ length: 3 }, () => message({ searchValues: ["v"] })),
    });
    const newest = published
      .flatMap(({ events }) => events.map(({ id }) => id))
      .toSorted()
      .toReversed();
    const walked: string[] = [];
    let cursor: string | null = null;
    do {
      const page: EventList = await list(world, { filter: { search: "v" }, limit: 1, cursor });
      assert.equal(page.total, 6);
      walked.push(...idsOf(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(walked, newest);
    assert.deepEqual(idsOf(await list(world, { filter: { search: "v" }, limit: 4, page: 2 })), newest.slice(4));
  });

  test(name("a list gives content up to 4 KiB, a single read all of it"), async (t) => {
    const world = await setup(t, factory);
    await addWebhook(world);
    const text = (bytes: number): string => `"${"ü".repeat((bytes - 2) / 2)}"`;
    const [small, large] = [text(LIST_CONTENT_BYTES_MAX), text(LIST_CONTENT_BYTES_MAX + 2)];
    const published = await publish(world, { messages: [message({ content: small }), message({ content: large })] });
    const { events } = await list(world, {});
    const shown = events.map(({ content, contentBytes }) => [content, contentBytes]);
    assert.deepEqual(shown, [
      [null, LIST_CONTENT_BYTES_MAX + 2],
      [small, LIST_CONTENT_BYTES_MAX],
    ]);
    const { messages } = await listMessages(world, {});
    assert.deepEqual(
      messages.map(({ content, contentBytes }) => [content, contentBytes]),
      shown,
    );
    const eventId = published[1]?.events[0]?.id;
    assert.ok(eventId);
    const found = await world.store.getEvent({ tenant: world.tenant, webhookId: null, eventId });
    assert.equal(found?.event.content, large);
  });

  test(name("an event is read by its id, of its webhook and its tenant alone"), async (t) => {
    const world = await setup(t, factory);
    const { store, tenant } = world;
    const [webhook, other] = [await addWebhook(world), await addWebhook(world)];
    const [published] = await publish(world);
    const event = published?.events.find(({ webhookId }) => webhookId === webhook.id);
    assert.ok(event && published);
    const found = await store.getEvent({ tenant, webhookId: webhook.id, eventId: event.id });
    assert.deepEqual(
      [found?.event.id, found?.event.messageId, found?.attempts, found?.event.content],
      [event.id, published.id, [], message().content],
    );
    assert.equal(await store.getEvent({ tenant, webhookId: other.id, eventId: event.id }), null);
    const stranger = await newTenant(store, "TEST");
    assert.equal(await store.getEvent({ tenant: stranger, webhookId: null, eventId: event.id }), null);
  });

  test(
    name("events are read as lists show them, in the order asked for, without those that are not there"),
    async (t) => {
      const world = await setup(t, factory);
      await addWebhook(world);
      const long = message({ content: `"${"x".repeat(LIST_CONTENT_BYTES_MAX)}"` });
      const published = await publish(world, { messages: [message(), long] });
      const eventIds = published.flatMap(({ events }) => events.map(({ id }) => id));
      const missing = eventIds.map((id) => `${id.slice(0, -1)}z` as typeof id);
      const { tenant, store } = world;
      const listed = (await list(world, {})).events.toReversed();
      assert.deepEqual(await store.getEvents({ tenant, eventIds: [...missing, ...eventIds] }), listed);
      const stranger = await newTenant(store, "TEST");
      assert.deepEqual(await store.getEvents({ tenant: stranger, eventIds }), []);
    },
  );

  test(name("messages are listed newest first with their events, filtered and paged"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    const published = [];
    for (const action of ["CREATED", "UPDATED", "CREATED", "CREATED"]) {
      published.push(...(await publish(world, { messages: [message({ action, searchValues: ["v", action] })] })));
      world.clock.advance(DAY_MS);
    }
    const newest = published.map(({ id }) => id).toReversed();
    const first = await listMessages(world, { limit: 3 });
    const second = await listMessages(world, { limit: 3, cursor: first.nextCursor });
    assert.deepEqual(
      [...first.messages, ...second.messages].map(({ id }) => id),
      newest,
    );
    assert.deepEqual([first.total, first.totalIsAtLeast, second.nextCursor], [4, false, null]);
    assert.deepEqual(await listMessages(world, { limit: 3, page: 2 }), second);
    assert.deepEqual(
      first.messages[0]?.events.map(({ webhookId, status }) => [webhookId, status]),
      [[webhook.id, "PENDING"]],
    );
    assert.equal((await listMessages(world, { filter: { action: "UPDATED" } })).total, 1);
    assert.equal((await listMessages(world, { filter: { search: "UPDATED" } })).messages[0]?.id, newest[2]);
    assert.equal((await listMessages(world, { filter: { search: "v", action: "CREATED" } })).total, 3);
    const eventId = published[1]?.events[0]?.id ?? "";
    assert.equal((await listMessages(world, { filter: { search: eventId } })).messages[0]?.id, newest[2]);
    const to = world.clock.nowMs - 2 * DAY_MS;
    assert.deepEqual(
      (await listMessages(world, { filter: { from: to - DAY_MS, to } })).messages.map(({ id }) => id),
      [newest[2]],
    );
  });

  test(name("messages are read in the order asked for, without those that are not there"), async (t) => {
    const world = await setup(t, factory);
    const published = await publish(world, { messages: [message(), message(), message()] });
    const messageIds = published.map(({ id }) => id).toReversed();
    const missing = messageIds.map((id) => `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}` as typeof id);
    const found = await world.store.getMessages({ tenant: world.tenant, messageIds: [...missing, ...messageIds] });
    assert.deepEqual(
      found.map(({ id }) => id),
      messageIds,
    );
  });

  test(name("an unknown webhook lists nothing, and a malformed cursor is refused"), async (t) => {
    const world = await setup(t, factory);
    const webhook = await addWebhook(world);
    await publishOne(world);
    const stranger = { ...world, tenant: await newTenant(world.store, "TEST") };
    assert.deepEqual(await list(stranger, { webhookId: webhook.id }), {
      events: [],
      total: 0,
      totalIsAtLeast: false,
      nextCursor: null,
    });
    await assert.rejects(list(world, { cursor: "nonsense" }), { code: "CURSOR_INVALID" });
    await assert.rejects(listMessages(world, { cursor: "nonsense" }), { code: "CURSOR_INVALID" });
  });
}

/** Nine events, oldest first: three that succeeded, three that failed, three that wait. */
async function mixed(world: World, webhookId: WebhookId): Promise<EventId[]> {
  const ids: EventId[] = [];
  for (let made = 0; made < 9; made++) {
    ids.push(await publishOne(world));
    world.clock.advance(1_000);
  }
  const leased = await claim(world, { id: webhookId });
  const settlements = leased
    .slice(0, 6)
    .map((event, at) => (at % 2 === 0 ? success(event) : failed(event, { retryInMs: null })));
  await settle(world, ...settlements);
  return ids;
}

function list(world: World, { webhookId = null, filter = {}, ...page }: Query): Promise<EventList> {
  const { tenant } = world;
  return world.store.listEvents({ tenant, webhookId, filter: { ...NO_FILTER, ...filter }, ...FIRST_PAGE, ...page });
}

function listMessages(world: World, { filter = {}, ...page }: Query) {
  const { topic, action, msgNature, from, to, isTest, search } = { ...NO_FILTER, ...filter };
  const { tenant } = world;
  return world.store.listMessages({
    tenant,
    filter: { topic, action, msgNature, from, to, isTest, search },
    ...FIRST_PAGE,
    ...page,
  });
}

function idsOf({ events }: EventList): string[] {
  return events.map(({ id }) => id);
}
