/* The toolbar over each Markdown field. Without this file it stays hidden, and the field works. */
"use strict";
{
  const TABLE = "Table: What it shows\n\n| First | Second |\n|---|---|\n| a | b |";
  const KEYS = {b: "bold", i: "italic", k: "link"};
  const COMMAND = /Mac|iP/.test(navigator.platform) ? "metaKey" : "ctrlKey";

  /* Written as if typed, so that the browser's own undo takes it back. */
  const replace = (area, from, to, text) => {
    area.focus();
    area.setSelectionRange(from, to);
    document.execCommand("insertText", false, text);
  };
  const wrap = (area, before, after) => {
    const {selectionStart: from, selectionEnd: to, value} = area;
    const words = value.slice(from, to) || "text";
    replace(area, from, to, before + words + after);
    area.setSelectionRange(from + before.length, from + before.length + words.length);
  };
  /* A block of its own: with a blank line on either side. */
  const block = (area, from, to, text) => {
    const before = area.value.slice(0, from), after = area.value.slice(to);
    const head = before.trim() ? "\n\n".slice(before.match(/\n{0,2}$/)[0].length) : "";
    const tail = after.trim() ? "\n\n".slice(after.match(/^\n{0,2}/)[0].length) : "";
    replace(area, from, to, head + text + tail);
  };
  const mark = (area, sign) => {
    const {value, selectionEnd} = area;
    const from = value.slice(0, area.selectionStart).lastIndexOf("\n") + 1;
    const end = value.indexOf("\n", selectionEnd);
    const to = end < 0 ? value.length : end;
    block(area, from, to, value.slice(from, to).split("\n").map((line) => sign + line).join("\n"));
  };
  /* Names in the rows of the page, saved or not; of figures those of the same section. */
  const names = (rows, field, section) => [...document.querySelectorAll(`[name^=${rows}-][name$=-${field}]`)]
    .filter((each) => !section || each.form.elements[each.name.replace(/file$/, "section")].value === section)
    .map((each) => each.value.trim()).filter(Boolean);
  const choose = (area, label, found, put) => {
    const dialog = document.getElementById("choose"), list = dialog.querySelector("select");
    dialog.querySelector("label").textContent = label;
    list.replaceChildren(...found.map((name) => new Option(name)));
    list.hidden = dialog.querySelector("[value=insert]").hidden = !found.length;
    dialog.querySelector(".choose-none").hidden = found.length > 0;
    dialog.returnValue = "";
    dialog.onclose = () => dialog.returnValue ? put(list.value) : area.focus();
    dialog.showModal();
  };

  const DOES = {
    bold: (area) => wrap(area, "**", "**"),
    italic: (area) => wrap(area, "*", "*"),
    heading: (area) => mark(area, "### "),
    list: (area) => mark(area, "- "),
    link: (area) => wrap(area, "[", "](https://)"),
    table: (area) => block(area, area.selectionEnd, area.selectionEnd, TABLE),
    citation: (area) => choose(area, "Reference to cite", names("references", "key"),
      (key) => replace(area, area.selectionEnd, area.selectionEnd, `[@${key}]`)),
    figure: (area) => choose(area, "Figure to place", names("figures", "file", area.dataset.section),
      (file) => block(area, area.selectionEnd, area.selectionEnd, `![](${file})`)),
  };

  for (const bar of document.querySelectorAll("[role=toolbar]")) {
    const area = document.getElementById(bar.getAttribute("aria-controls")), buttons = [...bar.children];
    const reach = (one) => buttons.forEach((each) => { each.tabIndex = each === one ? 0 : -1; });
    reach(buttons[0]);
    bar.addEventListener("click", ({target}) => DOES[target.closest("button")?.dataset.does]?.(area));
    bar.addEventListener("focusin", ({target}) => reach(target));
    bar.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(event.target), last = buttons.length - 1;
      const to = {ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at ? at - 1 : last, Home: 0, End: last}[event.key];
      if (to !== undefined) { event.preventDefault(); buttons[to].focus(); }
    });
    area.addEventListener("keydown", (event) => {
      const does = event[COMMAND] && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
      if (does) { event.preventDefault(); DOES[does](area); }
    });
    bar.hidden = false;
  }
}
