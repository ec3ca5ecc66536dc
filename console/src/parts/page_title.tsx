/** The heading of a screen, with its actions; it also names the browser's tab. */
import { Group, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { useT } from "../i18n/i18n.ts";

/** One to a screen. `children` are its actions. */
export function PageTitle({ title, children }: { title: string; children?: ReactNode }) {
  const t = useT();
  useEffect(() => {
    document.title = `${title} · ${t("shell.product")}`;
  }, [title, t]);
  return (
    <Group justify="space-between" mb="md" gap="sm">
      <Title order={1} size="h2">
        {title}
      </Title>
      {children === undefined ? null : <Group gap="xs">{children}</Group>}
    </Group>
  );
}
