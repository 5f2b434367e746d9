/** The scenario editor: YAML with mistakes and remarks marked at their lines and columns. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Mistake, Remark } from "./outline";

const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: "var(--accent)" },
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.punctuation, tags.separator], color: "var(--soft)" },
]);

const looks = EditorView.theme({
  "&": { fontSize: "0.8125rem", backgroundColor: "var(--sheet)", height: "100%" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": {
    backgroundColor: "var(--sheet)",
    color: "var(--soft)",
    borderRight: "1px solid var(--rule)",
  },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": {
    backgroundColor: "color-mix(in oklab, var(--accent) 8%, transparent)",
  },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "color-mix(in oklab, var(--accent) 25%, transparent)" },
  ".cm-tooltip": {
    backgroundColor: "var(--paper)",
    color: "var(--ink)",
    border: "1px solid var(--rule)",
  },
});

/** An editor in `parent`, whose text `changed` is told of; a page's policy wants a `nonce`. */
export function editorIn(
  parent: HTMLElement,
  text: string,
  nonce: string,
  changed: (text: string) => void,
  solve: () => void,
): EditorView {
  const extensions: Extension[] = [
    EditorView.cspNonce.of(nonce),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    indentUnit.of("  "),
    yaml(),
    syntaxHighlighting(colours),
    looks,
    EditorView.contentAttributes.of({
      "aria-label": "Scenario. Escape, then Tab, leaves the editor.",
      spellcheck: "false",
      tabindex: "0",
    }),
    keymap.of([
      { key: "Mod-Enter", run: () => (solve(), true) },
      ...lintKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) changed(update.state.doc.toString());
    }),
  ];
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
}

/** Where a line and column, from 1, are in a text; columns count characters, not code units. */
export function offsetOf(text: Text, line: number, column: number): number {
  if (line < 1) return 0;
  const at = text.line(Math.min(line, text.lines));
  const before = [...at.text].slice(0, Math.max(0, column - 1)).join("");
  return Math.min(at.from + before.length, at.to);
}

/** Marks mistakes and remarks, in place of those that are marked. */
export function mark(view: EditorView, mistakes: Mistake[], remarks: Remark[]): void {
  const text = view.state.doc;
  const found: Diagnostic[] = [
    ...mistakes.map((one): Diagnostic => {
      const from = offsetOf(text, one.line, one.column);
      const to = offsetOf(text, one.line, one.column + one.length);
      return { from, to: Math.max(from, to), severity: "error", message: one.message };
    }),
    ...remarks.map((one): Diagnostic => {
      const from = offsetOf(text, one.line, one.column);
      const end = one.line > 0 ? text.line(Math.min(one.line, text.lines)).to : from;
      return { from, to: end, severity: "info", message: `${one.remark}: ${one.reason}` };
    }),
  ];
  view.dispatch(setDiagnostics(view.state, found));
}

/** Puts the cursor at a line and column, and the focus into the editor. */
export function goTo(view: EditorView, line: number, column: number): void {
  const at = offsetOf(view.state.doc, line, column);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}
