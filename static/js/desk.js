/* The page of an edition: counters, a live preview, a warning before unsaved text is left. */
"use strict";
{
  const PAUSE = 500; // milliseconds without a key before the preview asks
  const form = document.getElementById("edition_form");
  const number = (value) => value.toLocaleString("en");

  for (const counter of document.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(counter.dataset.counts), most = Number(counter.dataset.most);
    const count = () => {
      const used = [...field.value].length, left = most - used;
      const rest = left < 0 ? `: ${number(-left)} too many` : left < most / 10 ? `: ${number(left)} left` : "";
      counter.textContent = `${number(used)} of ${number(most)} characters${rest}`;
      counter.classList.toggle("is-near", left >= 0 && left < most / 10);
      counter.classList.toggle("is-over", left < 0);
    };
    field.addEventListener("input", count);
    counter.hidden = false;
    count();
  }

  for (const pane of document.querySelectorAll("[data-shows]")) {
    const area = document.getElementById(pane.dataset.shows);
    const problem = pane.querySelector(".preview-problem");
    /* A shadow root: the styles of the site inside, those of the admin outside. */
    const page = pane.querySelector(".preview-page").attachShadow({mode: "open"});
    page.append(document.getElementById("preview-page").content.cloneNode(true));
    const article = page.querySelector(".prose");
    let timer, asked;
    const later = (wait) => { clearTimeout(timer); timer = setTimeout(show, wait); };
    const say = (words) => { if (problem.textContent !== words) problem.textContent = words; };
    const body = () => {
      const data = new URLSearchParams({field: area.name, body: area.value});
      data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      for (const key of form.querySelectorAll("[name^=references-][name$=-key]")) data.append("key", key.value.trim());
      return data;
    };
    const show = async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await fetch(form.dataset.preview, {method: "POST", body: body(), signal: asked.signal});
        if (answer.redirected || ![200, 429].includes(answer.status)) throw new Error();
        const {html, problem: words} = await answer.json();
        if (html !== undefined) article.innerHTML = html;
        say(words);
        if (answer.status === 429) later(Number(answer.headers.get("Retry-After")) * 1000);
      } catch (error) {
        if (error.name !== "AbortError") say("The preview does not answer. Your text is still here.");
      }
    };
    area.addEventListener("focus", () => { pane.hidden = false; show(); }, {once: true});
    area.addEventListener("input", () => later(PAUSE));
    page.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link?.getAttribute("href")?.startsWith("#")) event.preventDefault();
      else if (link) link.target = "_blank";
    });
  }

  const state = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
  let opened, sent = false;
  addEventListener("load", () => { opened = state(); });
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (event) => {
    if (!sent && ("unsaved" in form.dataset || (opened && state() !== opened))) event.preventDefault();
  });
}
