/**
 * The body of a request or a response: laid out, raw or as bytes. Not a byte of it is altered by the first two, and the whole
 * of it can be copied and saved. A plain text stands in the place until the viewer has been loaded.
 */
import { Alert, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconDownload, IconSearch, IconTextWrap } from "@tabler/icons-react";
import { lazy, Suspense, useMemo, useState } from "react";
import { useLocale, useT } from "../i18n/i18n.ts";
import { CopyButton } from "./copy_button.tsx";
import { saveFile } from "./export_file.ts";
import { bodyBytes, hexDump } from "./hex_dump.ts";
import { prettyJson } from "./json_format.ts";
import { labelText } from "./label_text.ts";
import { bytesText } from "./quantities.ts";
import classes from "./body_view.module.css";

const CodeView = lazy(async () => ({ default: (await import("./code_view.tsx")).CodeView }));

/** So many bytes are shown as numbers: five characters for each make a long text. */
const HEX_BYTES_MAX = 1_048_576;
/** So much is shown while the viewer is on its way. */
const PREVIEW_CHARS = 20_000;
const MODES = ["pretty", "raw", "hex"] as const;
type Mode = (typeof MODES)[number];

/** `label` names the body, such as "Response body"; `fileName` is what it is saved as, without an ending. */
export function BodyView({
  body,
  encoding = "utf8",
  label,
  fileName,
}: {
  body: string;
  encoding?: "utf8" | "base64";
  label: string;
  fileName: string;
}) {
  const t = useT();
  const locale = useLocale();
  const [chosen, setChosen] = useState<Mode | null>(null);
  const [isWrapped, setWrapped] = useState(true);
  const [findCount, setFindCount] = useState(0);
  const [path, setPath] = useState("$");
  const shown = useShownBody(body, encoding, chosen);
  const { bytes, modes, mode, text, isJson } = shown;
  if (bytes.length === 0) return <Text size="sm">{t("code.empty")}</Text>;
  const save = (): void => saveFile(`${fileName}${isJson ? ".json" : ".txt"}`, "application/octet-stream", [bytes]);
  return (
    <Stack gap={4} className={classes["body"]}>
      <Group gap="xs" justify="space-between">
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t("code.mode", { what: label })}
            value={mode}
            onChange={(value) => setChosen(value)}
            data={modes.map((value) => ({ value, label: t(`code.mode.${value}`) }))}
          />
          <Text size="xs" c="dimmed">
            {bytesText(bytes.length, locale)}
          </Text>
        </Group>
        <Group gap={4}>
          <Button
            size="compact-xs"
            variant={isWrapped ? "light" : "subtle"}
            color="gray"
            aria-pressed={isWrapped}
            leftSection={<IconTextWrap size={14} aria-hidden />}
            onClick={() => setWrapped(!isWrapped)}
          >
            {t("code.wrap")}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconSearch size={14} aria-hidden />}
            onClick={() => setFindCount(findCount + 1)}
          >
            {t("code.find")}
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={save}
          >
            {t("code.save")}
          </Button>
          <CopyButton value={mode === "pretty" ? body : text} what={label} />
        </Group>
      </Group>
      {shown.isCut ? (
        <Alert color="yellow">{t("code.hexCut", { size: bytesText(HEX_BYTES_MAX, locale) })}</Alert>
      ) : null}
      <div className={classes["frame"]}>
        <Suspense fallback={<Preview text={text} label={label} />}>
          <CodeView
            text={text}
            isJson={isJson && mode !== "hex"}
            {...{ label, isWrapped, findCount }}
            onPath={setPath}
          />
        </Suspense>
      </div>
      {isJson && mode !== "hex" ? <PathLine path={path} /> : null}
    </Stack>
  );
}

/** Where the cursor is, in the order of the keyboard right behind the text. */
function PathLine({ path }: { path: string }) {
  const t = useT();
  return (
    <Group gap={4} wrap="nowrap">
      <Text size="xs" c="dimmed">
        {t("code.path")}
      </Text>
      <Text size="xs" className={`mono ${classes["path"]}`} role="status" title={t("code.pathHint")}>
        {labelText(path)}
      </Text>
      <CopyButton value={path} what={t("code.path")} />
    </Group>
  );
}

function Preview({ text, label }: { text: string; label: string }) {
  return (
    <pre className={classes["preview"]} tabIndex={0} aria-label={label}>
      {text.slice(0, PREVIEW_CHARS)}
    </pre>
  );
}

/** The body in the chosen form, or in the one that suits it: JSON laid out, other text raw, anything else as bytes. */
function useShownBody(body: string, encoding: "utf8" | "base64", chosen: Mode | null) {
  const bytes = useMemo(() => bodyBytes(body, encoding), [body, encoding]);
  const pretty = useMemo(() => (encoding === "utf8" ? prettyJson(body) : null), [body, encoding]);
  const modes = MODES.filter((mode) => mode !== "pretty" || pretty !== null);
  const suitable: Mode = pretty === null ? (encoding === "utf8" ? "raw" : "hex") : "pretty";
  const mode = chosen !== null && modes.includes(chosen) ? chosen : suitable;
  const text = useMemo(() => {
    if (mode === "pretty") return pretty ?? body;
    if (mode === "hex") return hexDump(bytes.subarray(0, HEX_BYTES_MAX));
    return encoding === "utf8" ? body : new TextDecoder().decode(bytes);
  }, [mode, pretty, body, bytes, encoding]);
  return { bytes, modes, mode, text, isJson: pretty !== null, isCut: mode === "hex" && bytes.length > HEX_BYTES_MAX };
}
