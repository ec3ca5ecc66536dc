/** One action of the catalogue: what it means, what it carries, who takes it, and how to handle it. */
import { Alert, Anchor, Badge, Code, Group, List, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import { Link, useSearch } from "@tanstack/react-router";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { CodeBlock } from "../../parts/code_block.tsx";
import { CopyButton } from "../../parts/copy_button.tsx";
import { labelText } from "../../parts/label_text.ts";
import { countText } from "../../parts/quantities.ts";
import { useSearchChange } from "../../parts/search_change.ts";
import { Snippets } from "../../parts/snippets.tsx";
import { useCan } from "../../session.ts";
import { useTenant } from "../../tenant.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { catalogueSearch, NATURES } from "./catalogue_search.ts";
import { fieldRows, typeText } from "./content_schema.ts";
import { exampleBody } from "./example_body.ts";
import { Subscribers } from "./subscribers.tsx";
import classes from "./catalogue.module.css";

type Definition = Topics[string]["actions"][string];

/** `count`: messages of 30 days; null where the session may not read them. */
export function ActionPage({
  topics,
  topic,
  action,
  definition,
  topicDescription,
  count,
}: {
  topics: Topics;
  topic: string;
  action: string;
  definition: Definition;
  topicDescription: string;
  count: number | null;
}) {
  const t = useT();
  const { description, msgNature, isV4Only, content } = definition;
  const canSeeWebhooks = useCan("webhooks");
  const name = `${topic}.${action}`;
  return (
    <Stack component="article" gap="lg" aria-labelledby="action-name">
      <Stack gap="xs">
        <Group gap="xs">
          <Title order={2} size="h3" id="action-name" className="mono">
            {name}
          </Title>
          <CopyButton value={name} what={t("catalogue.name")} />
          <Badge variant="light" color="gray" tt="none">
            {t(`catalogue.nature.${msgNature}`)}
          </Badge>
          {isV4Only ? (
            <Badge variant="light" color="blue" tt="none">
              {t("catalogue.v4Only")}
            </Badge>
          ) : null}
          {definition.isDeprecated ? (
            <Badge variant="light" color="orange" tt="none">
              {t("catalogue.deprecated")}
            </Badge>
          ) : null}
          {definition.since === undefined ? null : (
            <Text size="sm">{t("catalogue.since", { version: labelText(definition.since) })}</Text>
          )}
        </Group>
        {definition.isDeprecated ? <Deprecated replacedBy={definition.replacedBy ?? null} /> : null}
        <Text lang="en">{description}</Text>
        <Text size="sm">
          {t("catalogue.when")} <span lang="en">{topicDescription}</span>
        </Text>
        <Volume topic={topic} action={action} count={count} />
      </Stack>
      {canSeeWebhooks ? <Subscribers topics={topics} topic={topic} action={action} /> : null}
      <Fields content={content} />
      <Example topic={topic} action={action} definition={definition} />
      <Changes changes={definition.changes ?? []} />
      <Stack component="section" gap="xs" aria-labelledby="action-types">
        <Title order={3} size="h4" id="action-types">
          {t("catalogue.types")}
        </Title>
        <Text size="sm">
          {t("catalogue.types.text")} <Code>@ignisign/node</Code>
        </Text>
        <CodeBlock code={typeText({ topic, action, description, content })} what={t("catalogue.types")} />
      </Stack>
      <Stack component="section" gap="xs" aria-labelledby="action-handler">
        <Title order={3} size="h4" id="action-handler">
          {t("catalogue.handler")}
        </Title>
        <Snippets webhook={null} topic={topic} action={action} />
      </Stack>
    </Stack>
  );
}

/** That it is to be given up, and for what. */
function Deprecated({ replacedBy }: { replacedBy: string | null }) {
  const t = useT();
  const tenant = useTenant();
  const [topic = "", action = ""] = (replacedBy ?? "").split(".");
  return (
    <Alert color="orange">
      {t("catalogue.deprecated.text")}{" "}
      {replacedBy === null ? null : (
        <>
          {t("catalogue.deprecated.use")}{" "}
          <Anchor
            renderRoot={(props) => (
              <Link {...props} to="/a/$appId/$appEnv/catalogue/$topic/$action" params={{ ...tenant, topic, action }} />
            )}
            inherit
            className="mono"
          >
            {replacedBy}
          </Anchor>
        </>
      )}
    </Alert>
  );
}

/** What the catalogue tells of its versions; nothing where it tells nothing. */
function Changes({ changes }: { changes: NonNullable<Definition["changes"]> }) {
  const t = useT();
  if (changes.length === 0) return null;
  return (
    <Stack component="section" gap="xs" aria-labelledby="action-changes">
      <Title order={3} size="h4" id="action-changes">
        {t("catalogue.changes")}
      </Title>
      <List size="sm">
        {changes.map(({ version, description }, at) => (
          <List.Item key={at}>
            <b>{labelText(version)}</b>: <span lang="en">{description}</span>
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Volume({ topic, action, count }: { topic: string; action: string; count: number | null }) {
  const t = useT();
  const locale = useLocale();
  const tenant = useTenant();
  if (count === null) return null;
  const text = t("catalogue.published", { count, text: countText(count, locale) });
  return (
    <Text size="sm">
      {count === 0 ? (
        text
      ) : (
        <Anchor
          renderRoot={(props) => (
            <Link
              {...props}
              to="/a/$appId/$appEnv/events"
              params={tenant}
              search={{ topic, action, range: "30d" } as never} // the filters of the events' list
            />
          )}
          inherit
        >
          {text}
        </Anchor>
      )}
    </Text>
  );
}

function Fields({ content }: { content: unknown }) {
  const t = useT();
  const rows = fieldRows(content);
  return (
    <Stack component="section" gap="xs" aria-labelledby="action-fields">
      <Title order={3} size="h4" id="action-fields">
        {t("catalogue.fields")}
      </Title>
      <Text size="sm">{t(rows.length === 0 ? "catalogue.fields.none" : "catalogue.fields.text")}</Text>
      {rows.length === 0 ? null : (
        <div className={classes["scroller"]} tabIndex={0} role="region" aria-label={t("catalogue.fields")}>
          <Table fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t("catalogue.field")}</Table.Th>
                <Table.Th scope="col">{t("catalogue.type")}</Table.Th>
                <Table.Th scope="col">{t("catalogue.required")}</Table.Th>
                <Table.Th scope="col">{t("catalogue.description")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ path, type, isRequired, description, limits }) => (
                <Table.Tr key={path}>
                  <Table.Th scope="row" className="mono">
                    {path}
                  </Table.Th>
                  <Table.Td className="mono">{type}</Table.Td>
                  <Table.Td>{t(isRequired ? "catalogue.yes" : "catalogue.no")}</Table.Td>
                  <Table.Td className={classes["text"] ?? ""}>
                    <span lang="en">{description}</span>{" "}
                    {limits.map((limit) => (
                      <Code key={limit}>{limit}</Code>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Stack>
  );
}

function Example({ topic, action, definition }: { topic: string; action: string; definition: Definition }) {
  const t = useT();
  const tenant = useTenant();
  const change = useSearchChange();
  const { nature: asked } = catalogueSearch(useSearch({ strict: false }));
  const nature = asked ?? definition.msgNature;
  const choose = (value: string): void => change({ nature: value === definition.msgNature ? undefined : value });
  return (
    <Stack component="section" gap="xs" aria-labelledby="action-example">
      <Title order={3} size="h4" id="action-example">
        {t("catalogue.example")}
      </Title>
      <Group gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t("catalogue.nature")}
          value={nature}
          onChange={choose}
          data={NATURES.map((value) => ({ value, label: t(`catalogue.nature.${value}`) }))}
        />
      </Group>
      <CodeBlock
        code={exampleBody(tenant, { topic, action, nature, sample: definition.sample })}
        what={t("catalogue.example")}
        maxHeight={480}
      />
    </Stack>
  );
}
