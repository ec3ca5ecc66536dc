/** What stands in place of data: while it loads, when there is none, and when it could not be read. */
import { Alert, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiProblem } from "../api/client.ts";
import { useT } from "../i18n/i18n.ts";
import { requestIdText } from "./problem_text.ts";
import { ProblemWords } from "./problem_words.tsx";
import { RelativeTime } from "./time_text.tsx";

/** Grey lines in the place of what is coming. */
export function Loading({ lines = 6 }: { lines?: number }) {
  const t = useT();
  return (
    <Stack gap="sm" role="status" aria-label={t("parts.loading")}>
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} height={20} width={at % 3 === 2 ? "70%" : "100%"} />
      ))}
    </Stack>
  );
}

/** A grey area of so many px in the place of what is coming. */
export function LoadingBlock({ height }: { height: number }) {
  const t = useT();
  return (
    <div role="status" aria-label={t("parts.loading")}>
      <Skeleton height={height} />
    </div>
  );
}

/**
 * Why something could not be read, and how to try again; without `onRetry`: why something that was sent came to nothing.
 * `dataAt` is when what is shown below was read, in epoch ms; 0 (the default) where nothing is.
 */
export function Failure({ error, onRetry, dataAt = 0 }: { error: unknown; onRetry?: () => void; dataAt?: number }) {
  const t = useT();
  const isForbidden = error instanceof ApiProblem && error.status === 403;
  const title = isForbidden ? "forbidden.title" : onRetry === undefined ? "undone" : "title";
  return (
    <>
      <Alert color="red" title={t(`parts.error.${title}`)} icon={<IconAlertTriangle aria-hidden />} role="alert">
        <Stack gap="xs">
          <Text>
            <ProblemWords error={error} />
          </Text>
          <Text size="sm">{requestIdText(t, error)}</Text>
          {onRetry === undefined || isForbidden ? null : (
            <Group>
              <Button variant="default" onClick={onRetry}>
                {t("parts.retry")}
              </Button>
            </Group>
          )}
        </Stack>
      </Alert>
      <DataAge at={dataAt} />
    </>
  );
}

/** How old what is shown is; beside the alert and not in it, which would be read out with every second. */
function DataAge({ at }: { at: number }) {
  const t = useT();
  if (at === 0) return null;
  return (
    <Text size="sm" my={4}>
      {t("parts.dataAge")} <RelativeTime at={new Date(at).toISOString()} />
    </Text>
  );
}

/** There is nothing: what would be here, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Stack align="center" py="xl" gap="sm" ta="center">
      <Title order={2} size="h4">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

/**
 * A query's answer, or its skeleton, or its failure with a retry. An old answer stays, with its age, while a new read fails
 * or waits for the network.
 */
export function Loaded<Value>({
  query,
  lines,
  children,
}: {
  query: UseQueryResult<Value>;
  lines?: number;
  children: (value: Value) => ReactNode;
}) {
  const retry = (): void => void query.refetch();
  if (query.data !== undefined) {
    return (
      <>
        {query.error === null ? (
          <DataAge at={query.isPaused ? query.dataUpdatedAt : 0} />
        ) : (
          <Failure error={query.error} onRetry={retry} dataAt={query.dataUpdatedAt} />
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null) return <Failure error={query.error} onRetry={retry} />;
  return lines === undefined ? <Loading /> : <Loading lines={lines} />;
}
