"""Every panel of the app opened, as a person opens it, and what a page then says of itself."""

PANELS = ("Solver", "Export", "Python", "More materials")
GROUPS = ("Paint age", "Surface", "Light")
"""Of the viewer: one is open at a time."""
OF_TRAINING = ("Credit", "Advanced")
SCHEMES = ("light", "dark")

# Colours of any notation as red, green, blue and alpha; text on what lies behind it, through all that is transparent.
CONTRASTS = """() => {
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  const read = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, index) => a * value + (1 - a) * below[index]);
  const luminance = (colour) => {
    const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = colour.map((value) => linear(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  // A gradient may be any of its colours.
  const layers = (element) => {
    const { backgroundColor, backgroundImage } = getComputedStyle(element);
    if (!backgroundImage.includes("gradient")) return [backgroundColor];
    return backgroundImage.match(/(?:rgba?|color|oklch|hsla?)\\([^()]*\\)/g) ?? [backgroundColor];
  };
  const behind = (element) => {
    if (!element) return [read(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "#121212" : "#fff")];
    const own = layers(element).map(read);
    if (own.every((colour) => colour[3] === 1)) return own;
    return behind(element.parentElement).flatMap((below) => own.map((colour) => over(colour, below)));
  };
  const opacity = (element) => (element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1);
  const wrong = new Map();
  let seen = 0;
  const look = (element, colour, text) => {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    if (element.closest(":disabled, [aria-disabled=true], option, canvas, svg, [aria-hidden=true]:not(.ode-zones)")) return;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return; // for those who hear the page
    seen++;
    const { fontSize, fontWeight } = getComputedStyle(element);
    const large = parseFloat(fontSize) >= 24 || (parseFloat(fontSize) >= 18.66 && Number(fontWeight) >= 700);
    const [r, g, b, a] = read(colour);
    const found = Math.min(...behind(element).map((below) => ratio(over([r, g, b, a * opacity(element)], below), below)));
    if (found >= (large ? 3 : 4.5) - 0.005) return;
    const place = `${element.tagName.toLowerCase()}.${element.className} in #${element.closest('[id]:not([id=""])')?.id}`;
    wrong.set(place, `${place}: ${found.toFixed(2)}, "${text.trim().slice(0, 40)}"`);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent: text } = walker.currentNode;
    if (!text.trim() || element.closest("script, style, noscript, template")) continue;
    look(element, getComputedStyle(element).color, text);
  }
  const typed = "input:not([type=range], [type=color], [type=checkbox], [type=radio]), textarea, select";
  for (const field of document.querySelectorAll(typed)) {
    if (field.value) look(field, getComputedStyle(field).color, field.value);
    else if (field.placeholder) look(field, getComputedStyle(field, "::placeholder").color, field.placeholder);
  }
  return { seen, wrong: [...wrong.values()] };
}"""

# What scrolls by itself may be wider than the screen.
OUTSIDE = """() => {
  const scrolls = (element) =>
    element && (["auto", "scroll", "hidden"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const { clientWidth } = document.documentElement;
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((element) => !element.closest("svg") && !scrolls(element.parentElement))
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 2 && box.height > 2 && (box.left < -1 || box.right > clientWidth + 1))
    .map(([element, box]) => `${element.tagName}.${element.className} from ${box.left} to ${box.right}`);
}"""


def use_scheme(page, scheme):
    """Switch the system theme, and wait until the page follows and no colour is on its way to another."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("dark => document.body.classList.contains('dark') === dark", arg=scheme == "dark")
    page.wait_for_function("!document.getAnimations().some((animation) => animation instanceof CSSTransition)")


def views(screen):
    """Opens everything that opens, in both tabs, and yields after each the name of what is now seen."""
    page = screen.page
    yield "Explore"
    for title in PANELS:
        _fold(page, title).click()
        page.wait_for_timeout(500)  # it slides
        yield title
    for title in GROUPS:
        summary = page.locator(".ode-group summary", has_text=title)
        if summary.is_visible() and summary.locator("..").get_attribute("open") is None:
            summary.click()
        yield title
    page.get_by_role("tab", name="Train").click()
    page.get_by_role("button", name="Start training").wait_for()
    yield "Train"
    for title in OF_TRAINING:
        _fold(page, title).click()
        page.wait_for_timeout(500)
        yield title


def _fold(page, title):
    return page.locator("button.label-wrap").filter(has_text=title).first
