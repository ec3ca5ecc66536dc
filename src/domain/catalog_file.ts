/**
 * The file of `CATALOG_FILE`: `{ "mode": "extend" | "replace", "topics": { … } }`, topics as in the catalogue.
 * "extend" adds topics and actions to the base and redefines those of the same name; "replace" drops the base.
 * `aliases`, `msgNature` (SUCCESS) and `isV4Only` (false) may be left out, and the description of a topic that the base has.
 */
import type { ActionDefinition, CatalogDefinition, TopicDefinition } from "./catalog.ts";
import { ALL_TOPICS } from "./catalog.ts";
import { compileContent } from "./catalog_content.ts";
import { arrayItems, objectFields, parseJsonText } from "./json_text.ts";
import { MSG_NATURES } from "./values.ts";

/** The catalogue that results, or every fault: syntax by line and column, anything else by JSON pointer. */
export type ParsedCatalogFile = { kind: "ok"; definition: CatalogDefinition } | { kind: "faults"; faults: string[] };

type Json = { readonly [key: string]: unknown };

const NAME = /^[A-Z][A-Z0-9_]{0,63}$/;
const DESCRIPTION_CHARS_MAX = 512;

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
      description: this.#readDescription(topic["description"] ?? known?.description, `${at}/description`),
      aliases: this.#readAliases(topic["aliases"] ?? known?.aliases ?? [], `${at}/aliases`),
      actions: Object.fromEntries(actions),
    };
  }

  #readAction(value: unknown, at: string): ActionDefinition {
    const fields = ["description", "msgNature", "isV4Only", "content", "sample"];
    const action = this.#readObject(value, { at, fields });
    const { msgNature: natureGiven = "SUCCESS", isV4Only = false } = action;
    const msgNature = MSG_NATURES.find((nature) => nature === natureGiven);
    if (msgNature === undefined)
      this.#fault(`${at}/msgNature`, natureGiven, `expected one of ${MSG_NATURES.join(", ")}`);
    if (typeof isV4Only !== "boolean") this.#fault(`${at}/isV4Only`, isV4Only, "expected true or false");
    const content = this.#readObject(action["content"], { at: `${at}/content` });
    const sample = this.#readObject(action["sample"], { at: `${at}/sample` });
    const compiled = compileContent(content);
    if (compiled.kind === "fault") this.faults.push(`${at}/content: is no usable JSON Schema: ${compiled.message}`);
    else for (const { path, message } of compiled.validate(sample)) this.faults.push(`${at}/sample${path}: ${message}`);
    return {
      description: this.#readDescription(action["description"], `${at}/description`),
      msgNature: msgNature ?? "SUCCESS",
      isV4Only: isV4Only === true,
      content,
      sample,
    };
  }

  #readDescription(value: unknown, at: string): string {
    if (typeof value === "string" && value !== "" && value.length <= DESCRIPTION_CHARS_MAX) return value;
    this.#fault(at, value, `expected a text of 1 to ${DESCRIPTION_CHARS_MAX} characters`);
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
