/**
 * The catalogue: which topics and actions exist, what their content must hold, and a sample of each. It is data: the same
 * definition drives validation, OpenAPI, the SDK's types, the console's topic picker and test events.
 */
import { assert } from "../assert.ts";
import type { ContentFault, ContentSchema, ContentValidator } from "./catalog_content.ts";
import { compileContent } from "./catalog_content.ts";
import type { MsgNature } from "./values.ts";

/** A word that means every topic in filters, so no topic can have it for a name. */
export const ALL_TOPICS = "ALL";

/** One thing that can happen. */
export type ActionDefinition = {
  /** What happened, in one sentence. */
  readonly description: string;
  /** The nature of a message that is published without one. */
  readonly msgNature: MsgNature;
  /** Whether only the published v4 models know it, not the public guide. */
  readonly isV4Only: boolean;
  /** Whether something else is to be used; it is published and delivered all the same. */
  readonly isDeprecated: boolean;
  /** What to use in its place, as `TOPIC.ACTION`. */
  readonly replacedBy?: string;
  /** The version of the publishing product that brought it, as its operator counts. */
  readonly since?: string;
  /** What has changed about it, newest first. */
  readonly changes?: readonly ActionChange[];
  /** JSON Schema (2020-12) of `content`. Fields it does not name are delivered too. */
  readonly content: ContentSchema;
  /** A realistic `content`. */
  readonly sample: { readonly [field: string]: unknown };
};

/** One change of an action. */
export type ActionChange = { readonly version: string; readonly description: string };

/** A group of actions about one kind of thing. */
export type TopicDefinition = {
  readonly description: string;
  /** Other names under which the topic is accepted. */
  readonly aliases: readonly string[];
  /** By name. None: the topic can be disabled by a webhook, but nothing is published for it yet. */
  readonly actions: { readonly [action: string]: ActionDefinition };
};

/** The whole catalogue as plain JSON: what `GET /v4/catalog` shows. */
export type CatalogDefinition = { readonly topics: { readonly [topic: string]: TopicDefinition } };

/** A topic and an action by name, as a publisher gives them. */
export type ActionName = { topic: string; action: string };

/** What a topic and an action turn out to be. `topic` is the topic's own name, also when an alias was given. */
export type Resolution =
  | { kind: "action"; topic: string; action: string; msgNature: MsgNature }
  | { kind: "notImplemented"; topic: string }
  | { kind: "unknownTopic"; known: string[] }
  | { kind: "unknownAction"; topic: string; known: string[] };

type Action = { definition: ActionDefinition; sample: string; validate: ContentValidator };
type Topic = { name: string; actions: Map<string, Action> };

/** A catalogue ready for use: content schemas are compiled once. */
export class Catalog {
  readonly definition: CatalogDefinition;
  /** By name and by alias. */
  readonly #topics: Map<string, Topic>;

  private constructor(definition: CatalogDefinition, topics: Map<string, Topic>) {
    this.definition = definition;
    this.#topics = topics;
  }

  /** Compiles a definition. A faulty one is a bug here: files are checked by `parseCatalogFile`. */
  static of(definition: CatalogDefinition): Catalog {
    const topics = new Map<string, Topic>();
    for (const [name, { actions, aliases }] of Object.entries(definition.topics)) {
      const compiled = Object.entries(actions).map(([action, one]) => [action, compileAction(one)] as const);
      const topic: Topic = { name, actions: new Map(compiled) };
      for (const known of [name, ...aliases]) {
        assert(!topics.has(known), `two topics of the catalogue are called ${known}`);
        topics.set(known, topic);
      }
    }
    return new Catalog(definition, topics);
  }

  /** What is published under these names. */
  resolve({ topic: topicName, action: actionName }: ActionName): Resolution {
    const topic = this.#topics.get(topicName);
    if (topic === undefined) return { kind: "unknownTopic", known: Object.keys(this.definition.topics) };
    if (topic.actions.size === 0) return { kind: "notImplemented", topic: topic.name };
    const action = topic.actions.get(actionName);
    return action === undefined
      ? { kind: "unknownAction", topic: topic.name, known: [...topic.actions.keys()] }
      : { kind: "action", topic: topic.name, action: actionName, msgNature: action.definition.msgNature };
  }

  /** What is wrong with a parsed content, at most 20 faults with JSON pointers into it; none when it is valid. */
  contentFaults({ content, ...name }: ActionName & { content: unknown }): ContentFault[] {
    return this.#actionOf(name).validate(content);
  }

  /** The sample content of an action, as JSON text. */
  sample(name: ActionName): string {
    return this.#actionOf(name).sample;
  }

  /** Whether there is a topic of this name or alias. */
  hasTopic(name: string): boolean {
    return this.#topics.has(name);
  }

  /** The topic's own name for a name or an alias; null when there is none. Settings store the own name. */
  canonicalTopic(name: string): string | null {
    return this.#topics.get(name)?.name ?? null;
  }

  /** Whether `TOPIC.ACTION` (the topic by its own name) exists. */
  hasAction(topicAndAction: string): boolean {
    const [topicName = "", actionName = "", ...rest] = topicAndAction.split(".");
    const topic = this.#topics.get(topicName);
    return rest.length === 0 && topic?.name === topicName && topic.actions.has(actionName);
  }

  #actionOf(name: ActionName): Action {
    const action = this.#topics.get(name.topic)?.actions.get(name.action);
    assert(action !== undefined, `the catalogue was asked for ${name.topic}.${name.action}, which it does not have`);
    return action;
  }
}

function compileAction(definition: ActionDefinition): Action {
  const compiled = compileContent(definition.content);
  assert(compiled.kind === "ok", `a content schema of the catalogue cannot be used: ${JSON.stringify(compiled)}`);
  return { definition, sample: JSON.stringify(definition.sample), validate: compiled.validate };
}
