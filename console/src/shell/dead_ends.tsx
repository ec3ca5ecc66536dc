/** Addresses that lead nowhere, and screens that failed to show. */
import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { useT } from "../i18n/i18n.ts";

/** For an address that no route knows. */
export function NotFound() {
  const t = useT();
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" maw={480} ta="center">
        <Title order={1} size="h2">
          {t("shell.notFound.title")}
        </Title>
        <Text>{t("shell.notFound.text")}</Text>
        <Button component={Link} to="/">
          {t("shell.notFound.home")}
        </Button>
      </Stack>
    </Center>
  );
}

/** For an error that a screen did not expect. */
export function ScreenCrash({ error }: ErrorComponentProps) {
  const t = useT();
  return (
    <Center mih="60vh" p="md">
      <Stack align="center" maw={640}>
        <Title order={1} size="h2">
          {t("shell.crash.title")}
        </Title>
        <Text ta="center">{t("shell.crash.text")}</Text>
        <Code block>{String(error)}</Code>
        <Button onClick={() => location.reload()}>{t("shell.crash.reload")}</Button>
      </Stack>
    </Center>
  );
}
