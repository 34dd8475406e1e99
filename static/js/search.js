/* Suggestions under the search fields. Without this file each is a plain form.
   A combobox with a listbox, after the ARIA Authoring Practices; its options are links. */
(() => {
  const WAIT = 120; // milliseconds of quiet
  const SHORTEST = 2;

  const part = (name, text, type = "span") => {
    const element = document.createElement(type);
    element.className = name;
    element.textContent = text;
    return element;
  };

  const option = (found, id) => {
    const link = part("suggestion", "", "a");
    link.id = id;
    link.href = found.url;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    const text = part("", found.is_it ? `Go to ${found.name}` : found.name);
    const about = [found.kind === "condition" && "Article", found.title !== found.name && found.title];
    if (about.some(Boolean)) text.append(part("", about.filter(Boolean).join(": "), "small"));
    link.append(text);
    if (found.code) link.append(part("", found.code.replace("chapter-", "Chapter "), "code"));
    return link;
  };

  const enhance = (input, number) => {
    const list = part("suggestions", "", "div");
    const said = part("vh", "");
    let waiting, asking, answered;
    let active = -1;

    const point = (at) => {
      list.children[active]?.setAttribute("aria-selected", "false");
      active = at;
      const chosen = list.children[active];
      if (!chosen) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
    };

    const show = (is_open) => {
      list.hidden = !is_open;
      input.setAttribute("aria-expanded", is_open);
      if (!is_open) point(-1);
    };

    const stop = () => {
      clearTimeout(waiting);
      asking?.abort();
      show(false);
      said.textContent = "";
    };

    const fill = (found, query) => {
      point(-1);
      answered = found.length ? query : "";
      list.replaceChildren(...found.map((each, at) => option(each, `${list.id}-${at}`)));
      show(found.length > 0);
      said.textContent = `${found.length || "No"} suggestion${found.length === 1 ? "" : "s"}`;
    };

    const ask = async (query) => {
      const { signal } = (asking = new AbortController());
      try {
        const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(query)}`, { signal });
        const found = answer.ok ? (await answer.json()).suggestions : [];
        if (!signal.aborted) answer.ok ? fill(found, query) : stop();
      } catch {
        if (!signal.aborted) stop();
      }
    };

    const keys = {
      ArrowDown: () => point(active + 1 < list.children.length ? active + 1 : -1),
      ArrowUp: () => point(active < 0 ? list.children.length - 1 : active - 1),
      Escape: stop,
    };

    input.addEventListener("input", () => {
      clearTimeout(waiting);
      asking?.abort();
      point(-1);
      const query = input.value.trim();
      if (query.length < SHORTEST) stop();
      else waiting = setTimeout(ask, WAIT, query);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (list.hidden && event.key === "ArrowDown" && answered && answered === input.value.trim()) show(true);
      if (list.hidden) return;
      if (keys[event.key]) {
        event.preventDefault();
        keys[event.key]();
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        list.children[active].click();
      } else if (/^(Home|End|ArrowLeft|ArrowRight)$/.test(event.key)) point(-1);
    });
    input.addEventListener("blur", stop);
    input.form.addEventListener("submit", stop);
    addEventListener("pagehide", stop);
    // The field keeps the focus while an option is pressed, so that the list stays until then.
    list.addEventListener("mousedown", (event) => event.preventDefault());

    list.id = `suggestions-${number}`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    said.setAttribute("aria-live", "polite");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id,
    })) input.setAttribute(name, value);
    input.parentElement.append(list);
    input.form.append(said);
    show(false);
  };

  document.querySelectorAll(".search input").forEach(enhance);
})();
