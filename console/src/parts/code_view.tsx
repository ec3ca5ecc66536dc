/**
 * CodeMirror, read-only: loaded when a body is shown for the first time. It renders the lines in sight alone, so megabytes
 * stay smooth; characters that cannot be seen or turn the direction of writing are shown as marks.
 */
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from "@codemirror/language";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { Compartment, EditorSelection, EditorState } from "@codemirror/state";
import type { KeyBinding } from "@codemirror/view";
import { EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, useState } from "react";
import type { Translate } from "../i18n/i18n.ts";
import { useT } from "../i18n/i18n.ts";
import { pageNonce } from "../page_facts.ts";
import { jsonPathAt } from "./json_path.ts";

const THEME = EditorView.theme({
  "&": { fontSize: "13px", color: "light-dark(#212529, #e9ecef)", backgroundColor: "light-dark(#f8f9fa, #1f2226)" },
  "&.cm-focused": { outline: "2px solid var(--focus-ring)" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.5", maxHeight: "420px" },
  ".cm-content": { caretColor: "transparent" },
  ".cm-gutters": {
    color: "light-dark(#565d64, #b4bac0)",
    backgroundColor: "light-dark(#f1f3f5, #25282d)",
    borderRight: "1px solid light-dark(#dee2e6, #373a40)",
  },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer", minWidth: "16px", textAlign: "center" },
  ".cm-foldPlaceholder": {
    padding: "0 6px",
    color: "light-dark(#212529, #e9ecef)",
    backgroundColor: "light-dark(#dee2e6, #373a40)",
    border: "none",
  },
  "& ::selection": { backgroundColor: "light-dark(#bcdcf9, #1c4d78)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "light-dark(#e7eef5, #2a3037)" },
  ".cm-specialChar": { color: "light-dark(#a61b1b, #ff9b9b)" },
  ".cm-searchMatch": { color: "inherit", backgroundColor: "light-dark(#ffe8a3, #5c4a00)" },
  ".cm-searchMatch-selected": { backgroundColor: "light-dark(#ffc078, #8a4b00)" },
  ".cm-selectionMatch": { backgroundColor: "light-dark(#e2ecf5, #2c3b49)" },
  "&.cm-focused .cm-matchingBracket": { color: "inherit", backgroundColor: "light-dark(#d3e5f5, #2f4254)" },
  "&.cm-focused .cm-nonmatchingBracket": { color: "inherit", backgroundColor: "light-dark(#ffd8d8, #5c2323)" },
  ".cm-panels": {
    color: "light-dark(#212529, #e9ecef)",
    backgroundColor: "light-dark(#f1f3f5, #25282d)",
    borderColor: "light-dark(#dee2e6, #373a40)",
  },
  ".cm-panel.cm-search": { padding: "8px", fontFamily: "var(--mantine-font-family)" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", minHeight: "24px", fontSize: "13px" },
  ".cm-panel.cm-search [name=close]": { minWidth: "28px", minHeight: "28px", fontSize: "18px", color: "inherit" },
  ".cm-panel .cm-button": {
    minHeight: "28px",
    color: "light-dark(#212529, #e9ecef)",
    backgroundColor: "light-dark(#fff, #2e3238)",
    backgroundImage: "none",
    border: "1px solid light-dark(#868e96, #868e96)",
  },
  ".cm-panel .cm-textfield": {
    minHeight: "28px",
    fontSize: "14px",
    color: "light-dark(#212529, #e9ecef)",
    backgroundColor: "light-dark(#fff, #1f2226)",
    border: "1px solid light-dark(#868e96, #868e96)",
  },
});

const COLORS = HighlightStyle.define([
  { tag: tags.propertyName, color: "light-dark(#0b3d73, #a5d3fb)" },
  { tag: tags.string, color: "light-dark(#1b6329, #a3e4b0)" },
  { tag: tags.number, color: "light-dark(#8a3c00, #ffc9a0)" },
  { tag: [tags.bool, tags.null], color: "light-dark(#862e9c, #eebefa)" },
]);

/** Beyond so many characters JSON is not coloured and has no folds: the parser would run for seconds. */
const COLOURED_CHARS_MAX = 8_000_000;
/** A line beyond it is not wrapped: laying it out would take seconds. */
const WRAPPED_LINE_CHARS_MAX = 500_000;

/** `label` names the text for screen readers; `findCount`: the field for finding opens whenever it grows;
 * `onPath` hears where in JSON the cursor is, and stays the same. */
export function CodeView({
  text,
  isJson,
  label,
  isWrapped,
  findCount,
  onPath,
}: {
  text: string;
  isJson: boolean;
  label: string;
  isWrapped: boolean;
  findCount: number;
  onPath: (path: string) => void;
}) {
  const t = useT();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [changing] = useState(() => ({
    language: new Compartment(),
    wrap: new Compartment(),
    words: new Compartment(),
  }));
  const first = useRef({ text, extensions: [] as Extension[] });
  first.current.text = text;
  first.current.extensions = [
    changing.language.of(languageOf(text, isJson)),
    changing.wrap.of(wrapOf(text, isWrapped)),
    changing.words.of(wordsOf(t, label)),
    pathListener(onPath),
  ];
  useEffect(() => {
    if (host.current === null) return undefined;
    const { extensions } = first.current;
    const state = EditorState.create({ doc: first.current.text, extensions: [...extensions, ALWAYS] });
    const made = new EditorView({ state, parent: host.current });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const isSame = editor.state.doc.eq(editor.state.toText(text));
    editor.dispatch({
      ...(isSame ? null : { changes: { from: 0, to: editor.state.doc.length, insert: text } }),
      effects: [
        changing.language.reconfigure(languageOf(text, isJson)),
        changing.wrap.reconfigure(wrapOf(text, isWrapped)),
        changing.words.reconfigure(wordsOf(t, label)),
      ],
    });
    // oxlint-disable-next-line react/exhaustive-deps -- `t` is new at every render; the label changes with the language
  }, [text, isJson, isWrapped, label]);
  useEffect(() => {
    if (findCount > 0 && view.current !== null) openSearchPanel(view.current);
  }, [findCount]);
  return <div ref={host} />;
}

/** Characters without a width, or that turn the direction of writing, which CodeMirror would let pass. */
const ALSO_SPECIAL = /[\u180E\u202A-\u202E\u2060-\u2069]/g;

/** From line to line: a text that cannot be edited has no caret that the browser would move. */
const LINE_KEYS: readonly KeyBinding[] = [
  { key: "ArrowUp", run: (view) => moveLine(view, false) },
  { key: "ArrowDown", run: (view) => moveLine(view, true) },
];

function moveLine(view: EditorView, isForward: boolean): boolean {
  const { main } = view.state.selection;
  const moved = view.moveVertically(main, isForward);
  if (moved.head === main.head) return false;
  view.dispatch({ selection: EditorSelection.cursor(moved.head), scrollIntoView: true });
  return true;
}

/** Tells where the cursor is whenever it has moved, and whenever the text is another. */
function pathListener(onPath: (path: string) => void): Extension {
  return EditorView.updateListener.of(({ state, selectionSet, docChanged }) => {
    if (selectionSet || docChanged) onPath(jsonPathAt(state.doc.toString(), state.selection.main.head));
  });
}

/** What holds for every text. Tab stays the page's own, so nobody is caught inside. */
const ALWAYS: Extension = [
  EditorView.cspNonce.of(pageNonce()),
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  THEME,
  lineNumbers(),
  highlightSpecialChars({ addSpecialChars: ALSO_SPECIAL }),
  codeFolding(),
  foldGutter(),
  bracketMatching(),
  highlightActiveLine(),
  syntaxHighlighting(COLORS),
  search({ top: true }),
  highlightSelectionMatches(),
  keymap.of([...searchKeymap, ...foldKeymap, { key: "Mod-a", run: selectAll }, ...LINE_KEYS]),
];

/** The whole text, not only what is in the page. */
function selectAll(view: EditorView): boolean {
  view.dispatch({ selection: { anchor: 0, head: view.state.doc.length } });
  return true;
}

function languageOf(text: string, isJson: boolean): Extension {
  return isJson && text.length <= COLOURED_CHARS_MAX ? json() : [];
}

function wrapOf(text: string, isWrapped: boolean): Extension {
  return isWrapped && !hasLongLine(text) ? EditorView.lineWrapping : [];
}

function hasLongLine(text: string): boolean {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const next = end === -1 ? text.length : end;
    if (next - at > WRAPPED_LINE_CHARS_MAX) return true;
    at = next + 1;
  }
  return false;
}

/** The words of the viewer in the language of the page. */
function wordsOf(t: Translate, label: string): Extension {
  return [
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true", tabindex: "0" }),
    EditorState.phrases.of({
      Find: t("code.find"),
      next: t("code.next"),
      previous: t("code.previous"),
      all: t("code.all"),
      "match case": t("code.matchCase"),
      "by word": t("code.byWord"),
      regexp: t("code.regexp"),
      close: t("parts.close"),
      "current match": t("code.currentMatch"),
      "on line": t("code.onLine"),
      "folded code": t("code.folded"),
      "unfold code": t("code.unfold"),
      unfold: t("code.unfold"),
      "Fold line": t("code.fold"),
      "Unfold line": t("code.unfold"),
      "Control character": t("code.control"),
    }),
  ];
}
