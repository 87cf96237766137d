"""Names, contrast and the keyboard: the app for those who see it badly, hear it, or have no mouse."""

from everything import CONTRASTS, SCHEMES, use_scheme, views

WIDE = {"width": 1280, "height": 1000}
CONTROLS = {
    "button", "slider", "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "link", "tab", "spinbutton",
    "switch", "ColorWell", "DisclosureTriangle", "PopUpButton",
}  # fmt: skip
FOCUS = """() => {
  const element = document.activeElement;
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText ?? "";
  return `${element.className} ${element.id} ${name.trim()}`;
}"""


def nameless(page):
    """The controls that are seen and have no name, by the browser's own account of the page."""
    tree = page.context.new_cdp_session(page)
    found = []
    for node in tree.send("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored") or node.get("role", {}).get("value") not in CONTROLS:
            continue
        if not node.get("name", {}).get("value", "").strip():
            about = tree.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]
            found.append(f"{node['role']['value']}: {about['nodeName']} {about.get('attributes')}")
    tree.detach()
    return found


def test_all_controls_have_names_and_all_texts_can_be_read(open_screen):
    screen = open_screen(viewport=WIDE)
    screen.pick("clay_solidifying")
    found = {}
    for view in views(screen):
        complaints = nameless(screen.page)
        for scheme in SCHEMES:
            use_scheme(screen.page, scheme)
            texts = screen.page.evaluate(CONTRASTS)
            assert texts["seen"] > 20
            complaints += [f"{scheme}: {wrong}" for wrong in texts["wrong"]]
        for complaint in complaints:
            found.setdefault(complaint, view)
    assert not found, "\n".join(f"{view}: {complaint}" for complaint, view in found.items())


def test_the_keyboard_reaches_everything(open_screen):
    screen = open_screen(viewport=WIDE)
    screen.pick("clay_solidifying")
    page = screen.page
    page.evaluate("document.activeElement.blur()")
    # In the order in which they stand on the page.
    wanted = [
        "ode-card",
        "ode-handle",
        "Time",
        "Show",
        "Light x",
        "Colour",
        "Seed",
        "Another seed",
        "Width",
        "Solver",
        "Export",
    ]
    for name in wanted:
        tab_to(page, name)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Export what is seen").wait_for()
    tab_to(page, "Export what is seen")
    page.keyboard.press("Shift+Tab")
    assert "Export what is seen" not in page.evaluate(FOCUS), "there is a way back"


def tab_to(page, name):
    """Press Tab until what is so called has the focus."""
    passed = []
    for _ in range(80):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUS))
        if name in passed[-1]:
            return
    raise AssertionError(f"{name} is not among {passed}")
