/** The catalogue: which topics and actions there are, what they carry, and who takes them. */
import { Anchor, Button, Stack, Table, Text } from "@mantine/core";
import { IconArrowLeft, IconBraces, IconDownload } from "@tabler/icons-react";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { pathOf } from "../../api/client.ts";
import { useLocale, useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { PageTitle } from "../../parts/page_title.tsx";
import { countText } from "../../parts/quantities.ts";
import { Empty, Loaded } from "../../parts/states.tsx";
import { useTenant } from "../../tenant.ts";
import type { Topics } from "../webhooks/webhook_reads.ts";
import { useActionCounts, useCatalog } from "../webhooks/webhook_reads.ts";
import { ActionPage } from "./action_page.tsx";
import { catalogueSearch } from "./catalogue_search.ts";
import { CatalogueTree } from "./catalogue_tree.tsx";
import classes from "./catalogue.module.css";

/** Whose messages are counted, in days. */
const VOLUME_DAYS = 30;

/** At `/catalogue` and at `/catalogue/:topic/:action`. */
export function CatalogueScreen() {
  const t = useT();
  const tenant = useTenant();
  const catalogue = useCatalog();
  const counts = useActionCounts(VOLUME_DAYS);
  const { topic, action } = useParams({ strict: false });
  const isChosen = topic !== undefined && action !== undefined;
  return (
    <>
      <PageTitle title={t("catalogue.title")}>
        <Button
          component="a"
          href={pathOf("getCatalog", {})}
          download="catalogue.json"
          variant="default"
          leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
        >
          {t("catalogue.json")}
        </Button>
        <Button
          component="a"
          href="/openapi.json"
          variant="default"
          leftSection={<IconBraces size={16} stroke={1.6} aria-hidden />}
        >
          {t("catalogue.openapi")}
        </Button>
        <ApiCallButton id="getCatalog" args={{}} also={[{ id: "countActions", args: { path: tenant } }]} />
      </PageTitle>
      <Loaded query={catalogue} lines={10}>
        {(topics) =>
          Object.keys(topics).length === 0 ? (
            <Empty title={t("catalogue.empty.title")}>
              <Text>{t("catalogue.empty.text")}</Text>
            </Empty>
          ) : (
            <div className={classes["page"]} data-chosen={isChosen}>
              <div className={classes["side"]}>
                <CatalogueTree topics={topics} counts={counts} />
              </div>
              <div className={classes["main"]}>
                {isChosen ? (
                  <Stack>
                    <BackToTree />
                    <Chosen topics={topics} topic={topic} action={action} counts={counts} />
                  </Stack>
                ) : (
                  <TopicTable topics={topics} counts={counts} />
                )}
              </div>
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Chosen({
  topics,
  topic,
  action,
  counts,
}: {
  topics: Topics;
  topic: string;
  action: string;
  counts: ReadonlyMap<string, number> | null;
}) {
  const t = useT();
  const known = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
  const definition = known !== undefined && Object.hasOwn(known.actions, action) ? known.actions[action] : undefined;
  if (known === undefined || definition === undefined) {
    return (
      <Empty title={t("catalogue.unknown.title")}>
        <Text>{t("catalogue.unknown.text", { name: `${topic}.${action}` })}</Text>
      </Empty>
    );
  }
  const count = counts === null ? null : (counts.get(`${topic}.${action}`) ?? 0);
  const about = { topics, topic, action, definition, topicDescription: known.description, count };
  return <ActionPage key={`${topic}.${action}`} {...about} />;
}

/** On narrow windows, where the tree gives way to the action. */
function BackToTree() {
  const t = useT();
  const tenant = useTenant();
  const { q } = catalogueSearch(useSearch({ strict: false }));
  return (
    <Anchor
      className={classes["back"]}
      renderRoot={(props) => (
        <Link {...props} to="/a/$appId/$appEnv/catalogue" params={tenant} search={q === undefined ? {} : { q }} />
      )}
    >
      <IconArrowLeft size={16} stroke={1.6} aria-hidden /> {t("catalogue.back")}
    </Anchor>
  );
}

function TopicTable({ topics, counts }: { topics: Topics; counts: ReadonlyMap<string, number> | null }) {
  const t = useT();
  const locale = useLocale();
  const volumeOf = (topic: string, actions: readonly string[]): number =>
    actions.reduce((sum, action) => sum + (counts?.get(`${topic}.${action}`) ?? 0), 0);
  return (
    <div className={classes["scroller"]} tabIndex={0} role="region" aria-label={t("catalogue.topics")}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("catalogue.topic")}</Table.Th>
            <Table.Th scope="col">{t("catalogue.description")}</Table.Th>
            <Table.Th scope="col">{t("catalogue.actions")}</Table.Th>
            {counts === null ? null : <Table.Th scope="col">{t("catalogue.volume")}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(topics).map(([topic, { description, aliases, actions }]) => (
            <Table.Tr key={topic}>
              <Table.Th scope="row" className="mono">
                {topic}
              </Table.Th>
              <Table.Td className={classes["text"] ?? ""}>
                <span lang="en">{description}</span>
                {aliases.length === 0 ? null : (
                  <Text size="xs">{t("catalogue.aliases", { names: aliases.join(", ") })}</Text>
                )}
              </Table.Td>
              <Table.Td>{countText(Object.keys(actions).length, locale)}</Table.Td>
              {counts === null ? null : <Table.Td>{countText(volumeOf(topic, Object.keys(actions)), locale)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
