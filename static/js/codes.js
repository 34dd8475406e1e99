/* Finds codes by code or title for the field that holds a condition's codes, or an alias's one.
   The list is the browser's own (datalist), so it works by keyboard and with screen readers. */
(() => {
  const finder = document.querySelector(".code-finder");
  const field = finder && document.getElementById(finder.dataset.field);
  if (!field) return;
  const input = finder.querySelector("input");
  const list = finder.querySelector("datalist");
  const said = finder.querySelector("[role=status]");
  let waiting;
  let found = new Map();
  finder.hidden = false;

  const show = (codes) => {
    found = new Map(codes.map((code) => [`${code.key} ${code.title}`, code]));
    list.replaceChildren(...[...found.keys()].map((value) => new Option(value, value)));
  };

  const ask = async () => {
    const answer = await fetch(`${finder.dataset.suggest}?q=${encodeURIComponent(input.value)}`);
    if (answer.ok) show((await answer.json()).codes);
  };

  const add = ({ key, holder }) => {
    const one = "one" in finder.dataset;
    const codes = one ? [] : field.value.split(/[\s,;]+/).filter(Boolean);
    if (!codes.includes(key)) field.value = [...codes, key].join(", ");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    input.value = "";
    const taken = !one && holder && !field.defaultValue.includes(key);
    said.textContent = taken ? `${key} was added, but ${holder} holds it.` : `${key} was added.`;
  };

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    if (found.has(input.value)) add(found.get(input.value));
    else waiting = setTimeout(ask, 200);
  });
  // Enter in the finder must not send the form of the condition.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
})();
