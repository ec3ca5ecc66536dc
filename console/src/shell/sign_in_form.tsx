/** The one field that signs in, for the page and for the dialog over a page whose session has ended. */
import { Alert, Button, PasswordInput, Stack } from "@mantine/core";
import type { SubmitEvent } from "react";
import { useEffect, useRef, useState } from "react";
import { ApiProblem } from "../api/client.ts";
import { useT } from "../i18n/i18n.ts";
import { isInsecure } from "../page_facts.ts";
import { ProblemWords } from "../parts/problem_words.tsx";
import { signIn } from "../session.ts";

/** Calls `onSignedIn` once there is a session. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useT();
  const [key, setKey] = useState("");
  const [failure, setFailure] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [waitSeconds, startWait] = useCountdown();
  const field = useRef<HTMLInputElement>(null);

  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    try {
      await signIn(key.trim());
      setKey("");
      onSignedIn();
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : null;
      if (problem?.status === 429 && problem.retryAfterSeconds !== null) startWait(problem.retryAfterSeconds);
      else setFailure(error);
      field.current?.focus();
    } finally {
      setBusy(false);
    }
  };

  if (isInsecure()) return <Alert color="red">{t("signIn.insecure")}</Alert>;
  const words = failure === null ? null : <ProblemWords error={failure} />;
  const shown = waitSeconds > 0 ? t("signIn.wait", { seconds: waitSeconds }) : words;
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <PasswordInput
          ref={field}
          label={t("signIn.key")}
          description={t("signIn.keyHint")}
          error={shown}
          errorProps={{ role: "alert" }}
          autoComplete="off"
          spellCheck={false}
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
          visibilityToggleButtonProps={{ "aria-label": t("parts.reveal"), tabIndex: 0 }}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy} disabled={waitSeconds > 0}>
          {t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
}

/** Seconds that are left, and how to start them. */
function useCountdown(): [number, (seconds: number) => void] {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (seconds <= 0) return undefined;
    const timer = setTimeout(() => setSeconds(seconds - 1), 1_000);
    return () => clearTimeout(timer);
  }, [seconds]);
  return [seconds, setSeconds];
}
