/** The applications of the installation, with how each of their environments is doing: where the operator's key arrives. */
import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import { useT } from "../../i18n/i18n.ts";
import { ApiCallButton } from "../../parts/api_call_button.tsx";
import { NoMatch } from "../../parts/filter_chips.tsx";
import { labelText } from "../../parts/label_text.ts";
import { PageTitle } from "../../parts/page_title.tsx";
import { useSearchChange } from "../../parts/search_change.ts";
import { SearchField } from "../../parts/search_field.tsx";
import { Empty, Failure, Loading } from "../../parts/states.tsx";
import { useSession } from "../../session.ts";
import { ApplicationCard } from "./application_card.tsx";
import { recentApplications, shownApplications } from "./application_list.ts";
import { NewApplicationDialog } from "./new_application_dialog.tsx";

const PAGE_ROWS = 100;
/** So many applications are searched through, in pages that are read one after the other. */
const SEARCHED_MAX = 2_000;

/** At `/`. A key of one environment is led on to it by the route. */
export function ApplicationsScreen() {
  const t = useT();
  const isOperator = useSession()?.kind === "operator";
  const [isCreating, dialog] = useDisclosure(false);
  return (
    <>
      <PageTitle title={t("applications.title")}>
        {isOperator ? (
          <>
            <ApiCallButton
              id="listApplications"
              args={{}}
              also={[{ id: "getApplicationContext", args: { path: { appId: "APP_ID" } } }]}
            />
            <Button leftSection={<IconPlus size={16} stroke={1.6} aria-hidden />} onClick={dialog.open}>
              {t("applications.create")}
            </Button>
          </>
        ) : null}
      </PageTitle>
      {isOperator ? (
        <List onCreate={dialog.open} />
      ) : (
        <Empty title={t("applications.empty.noRight")}>
          <Text>{t("applications.empty.otherKey")}</Text>
        </Empty>
      )}
      <NewApplicationDialog isOpen={isCreating} onClose={dialog.close} />
    </>
  );
}

function List({ onCreate }: { onCreate: () => void }) {
  const t = useT();
  const { q = "" } = useSearch({ from: "/signed-in/" });
  const change = useSearchChange();
  const [recent] = useState(recentApplications);
  const list = useApplications(q !== "");
  const all = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const shown = shownApplications(all, { recent, words: q });
  const clear = (): void => change({ q: undefined });
  if (list.data === undefined) {
    return list.error === null ? <Loading /> : <Failure error={list.error} onRetry={() => void list.refetch()} />;
  }
  if (all.length === 0) {
    return (
      <Empty title={t("applications.empty.title")}>
        <Text maw={520}>{t("applications.empty.text")}</Text>
        <Button onClick={onCreate}>{t("applications.create")}</Button>
      </Empty>
    );
  }
  return (
    <Stack>
      {list.error === null ? null : (
        <Failure error={list.error} onRetry={() => void list.refetch()} dataAt={list.dataUpdatedAt} />
      )}
      <SearchField
        label={t("applications.search")}
        placeholder={t("applications.searchHint")}
        value={q}
        onChange={(text) => change({ q: text })}
      />
      <Text size="sm" role="status">
        {t(list.hasNextPage ? "applications.countLoaded" : "applications.count", { count: shown.length })}
      </Text>
      {shown.length === 0 && !list.isFetching ? (
        <NoMatch
          chips={[
            {
              id: "q",
              label: t("parts.chip", { name: t("applications.search"), value: labelText(q) }),
              onRemove: clear,
            },
          ]}
          onClear={clear}
        />
      ) : null}
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {shown.map((application) => (
          <ApplicationCard key={application.appId} application={application} />
        ))}
      </SimpleGrid>
      {list.hasNextPage ? (
        <Group justify="center">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("parts.loadMore")}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}

/** Page by page; while somebody searches, one page after the other. */
function useApplications(isSearching: boolean) {
  const list = useInfiniteQuery({
    queryKey: ["applications", "all"],
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? { limit: PAGE_ROWS } : { limit: PAGE_ROWS, cursor: pageParam };
      return call("listApplications", { query, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const loaded = (list.data?.pages.length ?? 0) * PAGE_ROWS;
  useEffect(() => {
    if (isSearching && hasNextPage && !isFetching && !isError && loaded < SEARCHED_MAX) void fetchNextPage();
  }, [isSearching, hasNextPage, isFetching, isError, fetchNextPage, loaded]);
  return list;
}
