// The few kinds of controls that the panels are made of. Each has an `element` and `show(value)`.

/** A slider in a line with its label and its value. */
function sliderRow(label, { min, max, step = 0.01, format = spell, title }, changed) {
  const slider = make("input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": label,
    oninput: () => changed(Number(slider.value)),
  });
  const output = make("output", {});
  return {
    element: make("label", { class: "ode-row", title }, make("span", { text: label }), slider, output),
    slider,
    show(value) {
      if (Number(slider.value) !== value) slider.value = value;
      output.textContent = format(value);
    },
  };
}

/** A choice out of [[value, label], ...]. */
function selectRow(label, options, changed) {
  const select = make("select", { "aria-label": label, onchange: () => changed(select.value) });
  const row = {
    element: make("label", { class: "ode-row ode-choice" }, make("span", { text: label }), select),
    offer: (choices) => select.replaceChildren(...choices.map(([value, text]) => make("option", { value, text }))),
    show(value) {
      if (select.value !== value) select.value = value;
    },
  };
  row.offer(options);
  return row;
}

/** A whole number to type. */
function numberRow(label, { min, max }, changed) {
  const input = make("input", {
    type: "number",
    min,
    max,
    step: 1,
    "aria-label": label,
    oninput: () => input.validity.valid && input.value && changed(Number(input.value)),
  });
  return {
    element: make("label", { class: "ode-row ode-number" }, make("span", { text: label }), input),
    show(value) {
      if (document.activeElement !== input) input.value = value;
    },
  };
}

function button(text, onclick, attributes = {}) {
  return make("button", { type: "button", class: "ode-button", text, onclick, ...attributes });
}

/** A button that is on or off. */
function toggle(text, changed, attributes = {}) {
  const element = button(text, () => changed(element.getAttribute("aria-pressed") !== "true"), attributes);
  element.setAttribute("aria-pressed", "false");
  return { element, show: (on) => element.setAttribute("aria-pressed", String(on)) };
}

const hint = (text) => make("p", { class: "ode-hint", text });

const buttons = (...children) => make("div", { class: "ode-buttons" }, ...children);

/** A group of controls that folds; of those of one viewer one is open at a time, and `opened` is called. */
function panel(title, opened, ...children) {
  const element = make(
    "details",
    { class: "ode-group", name: "ode-group", ontoggle: () => element.open && opened() },
    make("summary", { text: title }),
    make("div", { class: "ode-group-body" }, ...children),
  );
  return element;
}
