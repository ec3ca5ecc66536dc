/** The search field of a page, which `/` leads to. What is typed is told after a short rest. */
import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

const REST_MS = 200;

/** `value` is what is in force, from the address; undefined: nothing. */
export function SearchField({
  label,
  placeholder,
  value = "",
  onChange,
}: {
  label: string;
  placeholder?: string;
  value?: string | undefined;
  onChange: (text: string | undefined) => void;
}) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const tell = useDebouncedCallback((next: string) => {
    setTold(next);
    onChange(next === "" ? undefined : next);
  }, REST_MS);
  // Changed from elsewhere, such as by a chip that removes the filter.
  if (value !== told) {
    setTold(value);
    setText(value);
  }
  return (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={16} stroke={1.6} aria-hidden />}
      value={text}
      maxLength={255}
      autoComplete="off"
      spellCheck={false}
      data-page-search
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
    />
  );
}
