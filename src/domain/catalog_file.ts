/**
 * The file of `CATALOG_FILE`: `{ "mode": "extend" | "replace", "topics": { … } }`, topics as in the catalogue.
 * "extend" adds topics and actions to the base and redefines those of the same name; "replace" drops the base.
 * `aliases`, `msgNature` (SUCCESS), `isV4Only` and `isDeprecated` (false) may be left out, and the description of a topic that the
 * base has. An action may tell `since` which version it exists, what has changed (`changes`: a list of `version` and
 * `description`, newest first), and what it is `replacedBy` (`TOPIC.ACTION`).
 */
import type { ActionChange, ActionDefinition, CatalogDefinition, TopicDefinition } from "./catalog.ts";
import { ALL_TOPICS } from "./catalog.ts";
import { compileContent } from "./catalog_content.ts";
import { arrayItems, objectFields, parseJsonText } from "./json_text.ts";
import { MSG_NATURES } from "./values.ts";

/** The catalogue that results, or every fault: syntax by line and column, anything else by JSON pointer. */
export type ParsedCatalogFile = { kind: "ok"; definition: CatalogDefinition } | { kind: "faults"; faults: string[] };

type Json = { readonly [key: string]: unknown };

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const DESCRIPTION_CHARS_MAX = 512;
const VERSION_CHARS_MAX = 32;
const CHANGES_MAX = 50;
const ACTION_FIELDS = [
  "description",
  "msgNature",
  "isV4Only",
  "isDeprecated",
  "replacedBy",
  "since",
  "changes",
  "content",
  "sample",
];

/** Reads the text of a catalogue file on top of `base`. */
export function parseCatalogFile(text: string, base: CatalogDefinition): ParsedCatalogFile {
  const parsed = parseJsonText(text.replace(/^\ufeff/, ""));
  if (parsed.kind === "fault") return { kind: "faults", faults: [parsed.message] };
  const reader = new FileReader();
  reader.refuseRepeatedKeys(parsed.text, "");
  const definition = reader.readFile(parsed.value, base);
  return reader.faults.length === 0 ? { kind: "ok", definition } : { kind: "faults", faults: reader.faults };
}

/** Reads the parts of a file and notes every fault; what it returns counts only when there is none. */
class FileReader {
  readonly faults: string[] = [];

  readFile(value: unknown, base: CatalogDefinition): CatalogDefinition {
    const file = this.#readObject(value, { at: "", fields: ["mode", "topics"] });
    const { mode } = file;
    if (mode !== "extend" && mode !== "replace") this.#fault("/mode", mode, 'expected "extend" or "replace"');
    const before = mode === "extend" ? base.topics : {};
    const topics = new Map(Object.entries(before));
    for (const [name, topic] of Object.entries(this.#readObject(file["topics"], { at: "/topics" }))) {
      const at = `/topics/${escape(name)}`;
      this.#checkName(name, at);
      topics.set(name, this.#readTopic(topic, { at, known: topics.get(name) }));
    }
    this.#refuseSharedNames(topics);
    this.#refuseUnknownSuccessors(topics);
    return { topics: Object.fromEntries(topics) };
  }

  /** Repeated keys would silently drop all but the last value. */
  refuseRepeatedKeys(text: string, at: string): void {
    if (text.startsWith("[")) {
      for (const [index, item] of arrayItems(text).entries()) this.refuseRepeatedKeys(item, `${at}/${index}`);
    }
    if (!/^\s*\{/.test(text)) return;
    const { fields, repeated } = objectFields(text);
    for (const key of repeated) this.faults.push(`${at}/${escape(key)}: is given more than once; keep one of them`);
    for (const [key, value] of fields) this.refuseRepeatedKeys(value, `${at}/${escape(key)}`);
  }

  #readTopic(value: unknown, { at, known }: { at: string; known: TopicDefinition | undefined }): TopicDefinition {
    const topic = this.#readObject(value, { at, fields: ["description", "aliases", "actions"] });
    const actions = new Map(Object.entries(known?.actions ?? {}));
    for (const [name, action] of Object.entries(this.#readObject(topic["actions"] ?? {}, { at: `${at}/actions` }))) {
      const actionAt = `${at}/actions/${escape(name)}`;
      this.#checkName(name, actionAt);
      actions.set(name, this.#readAction(action, actionAt));
    }
    return {
      description: this.#readText(topic["description"] ?? known?.description, {
        at: `${at}/description`,
        charsMax: DESCRIPTION_CHARS_MAX,
      }),
      aliases: this.#readAliases(topic["aliases"] ?? known?.aliases ?? [], `${at}/aliases`),
      actions: Object.fromEntries(actions),
    };
  }

  #readAction(value: unknown, at: string): ActionDefinition {
    const action = this.#readObject(value, { at, fields: ACTION_FIELDS });
    const { msgNature: natureGiven = "SUCCESS" } = action;
    const msgNature = MSG_NATURES.find((nature) => nature === natureGiven);
    if (msgNature === undefined)
      this.#fault(`${at}/msgNature`, natureGiven, `expected one of ${MSG_NATURES.join(", ")}`);
    const [isV4Only, isDeprecated] = (["isV4Only", "isDeprecated"] as const).map((field) =>
      this.#readFlag(action[field] ?? false, `${at}/${field}`),
    );
    const content = this.#readObject(action["content"], { at: `${at}/content` });
    const sample = this.#readObject(action["sample"], { at: `${at}/sample` });
    const compiled = compileContent(content);
    if (compiled.kind === "fault") this.faults.push(`${at}/content: is no usable JSON Schema: ${compiled.message}`);
    else for (const { path, message } of compiled.validate(sample)) this.faults.push(`${at}/sample${path}: ${message}`);
    return {
      description: this.#readText(action["description"], { at: `${at}/description`, charsMax: DESCRIPTION_CHARS_MAX }),
      msgNature: msgNature ?? "SUCCESS",
      isV4Only: isV4Only === true,
      isDeprecated: isDeprecated === true,
      ...this.#readHistory(action, at),
      content,
      sample,
    };
  }

  /** What the file tells of an action's past and successor, as far as it does. */
  #readHistory(action: Json, at: string): Pick<ActionDefinition, "since" | "changes" | "replacedBy"> {
    const { since, changes, replacedBy } = action;
    const isAction = typeof replacedBy === "string" && replacedBy.includes(".");
    if (replacedBy !== undefined && !isAction) {
      this.#fault(`${at}/replacedBy`, replacedBy, "expected an action such as SIGNER.CREATED");
    }
    return {
      ...(since === undefined
        ? {}
        : { since: this.#readText(since, { at: `${at}/since`, charsMax: VERSION_CHARS_MAX }) }),
      ...(changes === undefined ? {} : { changes: this.#readChanges(changes, `${at}/changes`) }),
      ...(isAction ? { replacedBy } : {}),
    };
  }

  #readChanges(value: unknown, at: string): ActionChange[] {
    if (!Array.isArray(value) || value.length > CHANGES_MAX) {
      this.#fault(at, value, `expected a list of at most ${CHANGES_MAX} changes`);
      return [];
    }
    return value.map((change, index) => {
      const place = `${at}/${index}`;
      const { version, description } = this.#readObject(change, { at: place, fields: ["version", "description"] });
      return {
        version: this.#readText(version, { at: `${place}/version`, charsMax: VERSION_CHARS_MAX }),
        description: this.#readText(description, { at: `${place}/description`, charsMax: DESCRIPTION_CHARS_MAX }),
      };
    });
  }

  #readFlag(value: unknown, at: string): boolean {
    if (typeof value !== "boolean") this.#fault(at, value, "expected true or false");
    return value === true;
  }

  #readText(value: unknown, { at, charsMax }: { at: string; charsMax: number }): string {
    if (typeof value === "string" && value !== "" && value.length <= charsMax) return value;
    this.#fault(at, value, `expected a text of 1 to ${charsMax} characters`);
    return "";
  }

  #readAliases(value: unknown, at: string): string[] {
    if (!Array.isArray(value)) {
      this.#fault(at, value, "expected a list of names");
      return [];
    }
    for (const [index, name] of value.entries()) this.#checkName(String(name), `${at}/${index}`);
    return value.map(String);
  }

  #readObject(value: unknown, { at, fields }: { at: string; fields?: readonly string[] }): Json {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#fault(at, value, "expected an object");
      return {};
    }
    for (const key of Object.keys(value)) {
      if (fields !== undefined && !fields.includes(key)) {
        this.faults.push(`${at}/${escape(key)}: is not a known field; expected one of ${fields.join(", ")}`);
      }
    }
    return value as Json; // an object that is no array
  }

  #checkName(name: string, at: string): void {
    if (!NAME.test(name)) this.#fault(at, name, "expected a name of 1 to 64 capital letters, digits and underscores");
    else if (name === ALL_TOPICS) this.#fault(at, name, "expected another name: this one means every topic in filters");
  }

  #refuseSharedNames(topics: ReadonlyMap<string, TopicDefinition>): void {
    const owners = new Map([...topics.keys()].map((name) => [name, name]));
    for (const [name, { aliases }] of topics) {
      for (const alias of aliases) {
        const owner = owners.get(alias);
        if (owner === undefined) owners.set(alias, name);
        else this.faults.push(`/topics/${escape(name)}/aliases: ${alias} is already a name of ${owner}`);
      }
    }
  }

  #refuseUnknownSuccessors(topics: ReadonlyMap<string, TopicDefinition>): void {
    const all = [...topics].flatMap(([topic, { actions }]) =>
      Object.entries(actions).map(([action, { replacedBy }]) => ({ topic, action, replacedBy })),
    );
    const known = new Set(all.map(({ topic, action }) => `${topic}.${action}`));
    for (const { topic, action, replacedBy } of all) {
      if (replacedBy === undefined) continue;
      if (known.has(replacedBy) && replacedBy !== `${topic}.${action}`) continue;
      const at = `/topics/${escape(topic)}/actions/${escape(action)}/replacedBy`;
      this.#fault(at, replacedBy, "expected another action that the catalogue has");
    }
  }

  #fault(at: string, value: unknown, expected: string): void {
    const shown = value === undefined ? "is missing" : `is ${cut(JSON.stringify(value))}`;
    this.faults.push(`${at === "" ? "/" : at}: ${shown}; ${expected}`);
  }
}

function cut(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
