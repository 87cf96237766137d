"""In the browser: what is baked can be scrubbed and relit before the server has answered, and gives way to its answer."""

import pytest

VIEWER = "document.querySelector('.ode-viewer')?.odeViewer"
WIDE = {"width": 1280, "height": 1000}


@pytest.fixture
def silent(app, browser):
    """A page whose questions stay without an answer."""
    page = browser.new_page(viewport=WIDE)
    page.route("**/gradio_api/queue/join*", lambda route: None)
    page.goto(app)
    yield page
    page.close()


def test_a_page_is_alive_before_its_first_answer(silent):
    silent.wait_for_function(f"{VIEWER}?.state.draft", timeout=90_000)
    seen = silent.evaluate(f"{VIEWER}.state")
    assert (seen["run"], seen["material"], seen["time"], seen["size"]) == (0, "clay_solidifying", 7.5, [128, 128])
    pictures = [
        silent.evaluate(f"() => {{ {VIEWER}.{act}; return Array.from({VIEWER}.readPixels().data).join(); }}")
        for act in ("setTime(3)", "setTime(1)", "setLight(0.4, 0.3, 0)")
    ]
    assert len(set(pictures)) == 3
    silent.wait_for_timeout(600)
    assert silent.evaluate("location.hash") == "", "the address is that of what was asked for"


def test_a_picked_material_is_there_before_the_answer(open_screen):
    screen = open_screen(viewport=WIDE)
    screen.solved()
    run, held = screen.state["run"], []
    screen.page.route("**/gradio_api/queue/join*", lambda route: held.append(route))
    for name in ("lichen_spreading", "rusting_steel", "rusting_steel"):
        screen.page.click(f".ode-card[data-name={name}]")
        screen.until(f"state.draft && state.material === '{name}'")
        assert screen.state["run"] == run + 0.5 and screen.state["keyframes"] == 0
    assert screen.page.locator(".ode-title").inner_text() == "Rusting steel"
    screen.call("setTime", 2.0)
    for route in held:  # in the order in which they were asked
        with screen.page.expect_response("**/gradio_api/queue/join*"):
            route.continue_()
    screen.page.unroute("**/gradio_api/queue/join*")
    screen.solved(f"state.run > {run + 1} && state.material === 'rusting_steel'")
    assert screen.state["time"] == 2.0, "what was looked at meanwhile is still looked at"


def test_a_link_shows_what_is_baked_before_the_first_answer(app, browser):
    page = browser.new_page(viewport=WIDE)
    page.route("**/gradio_api/queue/join*", lambda route: None)
    page.goto(f"{app}#material=rusting_steel&seed=3&size=64x64&range=-1,5&time=1.5")
    page.wait_for_function(f"{VIEWER}?.state.draft", timeout=30_000)
    seen = page.evaluate(f"{VIEWER}.state")
    assert (seen["run"], seen["material"], seen["time"]) == (0, "rusting_steel", 1.5)
    assert len(set(page.evaluate(f"Array.from({VIEWER}.readPixels().data)"))) > 50, "it is no black square"
    page.close()


def test_a_pick_right_after_the_page_loads_stays_marked(app, browser):
    """The answer to the page's opening says that the first material is selected, and comes after the pick."""
    page, held = browser.new_page(viewport=WIDE), []
    page.route("**/gradio_api/queue/join*", lambda route: held.append(route))
    page.goto(app)
    page.locator(".ode-card[data-name=rusting_steel]").click()
    while len(held) < 2:  # that of the opening, and that of the pick
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    page.unroute("**/gradio_api/queue/join*")
    page.wait_for_function("document.querySelector('.ode-card[data-name=rusting_steel] .ode-card-label').textContent")
    page.wait_for_function(f"{VIEWER}.state.status === 'complete'", timeout=90_000)
    assert page.evaluate(f"{VIEWER}.state.material") == "rusting_steel"
    pressed = page.eval_on_selector_all(".ode-card[aria-pressed=true]", "cards => cards.map((card) => card.dataset.name)")
    assert pressed == ["rusting_steel"]
    page.close()


def test_a_link_is_read_before_the_address_is_written(open_screen):
    screen = open_screen(link="#material=clay_solidifying&seed=7&size=64x32&range=-0.5,6&time=1.5", viewport=WIDE)
    screen.solved("state.size[0] === 64")
    assert screen.state["size"] == [64, 32] and screen.state["time"] == 1.5
    screen.page.wait_for_function(
        "location.hash.startsWith('#material=clay_solidifying&seed=7&size=64x32&range=-0.5,6&time=1.5')"
    )
    assert screen.page.get_by_label("Seed").input_value() == "7"


def test_what_gradio_renders_anew_is_put_back(open_screen):
    """Once in a while it does so by itself, on a slow computer, as a value arrives."""
    screen = open_screen(viewport=WIDE)
    screen.solved()
    for place, inside in (("#gallery", ".ode-card"), ("#facts", "dd")):
        count = screen.page.locator(f"{place} {inside}").count()
        screen.page.evaluate(f"document.querySelector('{place} .ode-place').outerHTML = '<div class=ode-place></div>'")
        assert count > 0 and screen.page.locator(f"{place} {inside}").count() == count
    screen.pick("rusting_steel")
    assert screen.page.locator("#facts dd").count() > 0
