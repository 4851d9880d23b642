"use strict";
(() => {
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const [back, on, notes, place] = ["back", "on", "notes", "place"].map((id) => document.getElementById(id));
  const narrow = matchMedia("(max-width: 719px)");
  const main = document.getElementById("deck");
  const drawn = new Map();
  let here = Math.min(Math.max(parseInt(location.hash.slice(1), 10) || 1, 1), slides.length) - 1;
  let told = false;

  function draw(number, kind) {
    const figure = figures[number];
    if (!figure || drawn.get(number) === kind) return;
    drawn.set(number, kind);
    const target = slides[number].querySelector(".figure");
    const layout = Object.assign({}, figure[kind].layout);
    if (kind === "page") layout.autosize = true;
    const how = { displayModeBar: false, responsive: kind === "page" };
    if (window.Plotly.purge) Plotly.purge(target);
    Plotly.newPlot(target, figure[kind].data, layout, how);
  }

  function size() {
    const wide = !narrow.matches;
    root.classList.toggle("wide", wide);
    if (!wide) {
      slides.forEach((slide, number) => {
        slide.querySelector(".frame").style.cssText = "";
        slide.querySelector(".stage").style.transform = "";
        draw(number, "page");
      });
      return;
    }
    draw(here, "wall");
    const slide = slides[here];
    const high = main.clientHeight * (told ? 0.66 : 1);
    const scale = Math.min(main.clientWidth / 960, high / 540);
    slide.querySelector(".stage").style.transform = `scale(${scale})`;
    slide.querySelector(".frame").style.cssText = `width:${960 * scale}px;height:${540 * scale}px`;
  }

  function show(number, focus) {
    here = Math.min(Math.max(number, 0), slides.length - 1);
    slides.forEach((slide, other) => {
      slide.classList.toggle("here", other === here);
      slide.querySelector(".notes").hidden = !told;
    });
    back.disabled = here === 0;
    on.disabled = here === slides.length - 1;
    place.textContent = `${here + 1} / ${slides.length}`;
    notes.setAttribute("aria-pressed", String(told));
    history.replaceState(null, "", `#${here + 1}`);
    size();
    main.scrollTop = 0;
    if (narrow.matches && focus) slides[here].scrollIntoView();
    if (focus) slides[here].focus({ preventScroll: true });
    if (!narrow.matches && here + 1 < slides.length) setTimeout(() => draw(here + 1, "wall"), 50);
  }

  function tell() {
    told = !told;
    show(here, false);
  }

  const keys = {
    ArrowRight: () => show(here + 1, true), PageDown: () => show(here + 1, true), " ": () => show(here + 1, true),
    ArrowLeft: () => show(here - 1, true), PageUp: () => show(here - 1, true),
    Home: () => show(0, true), End: () => show(slides.length - 1, true), n: tell, N: tell,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    if (event.key === " " && event.target.tagName === "BUTTON") return;
    event.preventDefault();
    keys[event.key]();
  });
  back.addEventListener("click", () => show(here - 1, false));
  on.addEventListener("click", () => show(here + 1, false));
  notes.addEventListener("click", tell);
  addEventListener("resize", size);
  narrow.addEventListener("change", () => show(here, false));
  addEventListener("beforeprint", () => slides.forEach((_, number) => draw(number, "wall")));
  addEventListener("afterprint", size);
  root.classList.add("live");
  show(here, false);
})();
