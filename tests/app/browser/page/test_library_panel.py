"""More materials and the Python panel in a real browser, with a stand-in of the Hub."""

import re

import pytest
from hub_stand_in import HubStandIn
from running_app import Screen, serving

WIDE = {"width": 1280, "height": 1000}
NAME = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def there(checkpoints):
    stand_in = HubStandIn()
    stand_in.add("someone/rust", checkpoints / "rusting_steel")
    stand_in.add("someone/" + NAME, checkpoints / "rusting_steel")
    yield stand_in
    stand_in.close()


@pytest.fixture(scope="module")
def screen(there, checkpoints, browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hub")
    settings = {"HF_ENDPOINT": there.endpoint, "HF_HOME": str(folder), "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": ""}
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints), ODE_APPEARANCE_RUNS=str(folder / "runs"), **settings) as address:
        screen = Screen(browser, address, viewport=WIDE)
        screen.page.get_by_role("button", name="More materials").click()
        yield screen
        screen.page.close()
        assert screen.errors == []


def test_a_material_is_opened_by_its_name(screen):
    page = screen.page
    page.get_by_label("Open a repository").fill("someone/rust")
    page.get_by_label("Open a repository").press("Enter")
    screen.solved("state.material === 'someone/rust'")
    assert page.locator("#hub-opened .ode-material-list-row[aria-pressed=true]").inner_text().startswith("Rusting steel")
    assert page.locator(".ode-card[aria-pressed=true]").count() == 0
    facts = page.locator("#facts")
    for text in ("someone/rust", "cc-by-4.0", "Tobias Ritschel", "Iterations", "Change score"):
        assert facts.get_by_text(text).count() > 0
    page.locator("#python").get_by_text("Python", exact=True).click()
    page.locator("#python").get_by_text(re.compile(r"oa\.load\('someone/rust@[0-9a-f]{40}'\)")).wait_for()


def test_a_list_is_there_whichever_messages_are_read_at_once(browser, screen):
    """A busy page reads several messages of an event at once, and a later one that skips a value must not take it away."""
    address = screen.page.url.partition("#")[0]
    busy = Screen(browser, address, link="#size=256x256", viewport=WIDE)  # its messages keep the stream open

    def late(route):
        answer = route.fetch()
        busy.page.wait_for_timeout(3000)
        route.fulfill(response=answer)

    busy.page.route("**/gradio_api/queue/join*", late)
    busy.page.get_by_role("button", name="More materials").click()
    busy.page.get_by_label("Open a repository").fill("someone/rust")
    busy.page.get_by_label("Open a repository").press("Enter")
    busy.until("state.material === 'someone/rust'")
    busy.page.locator("#hub-opened .ode-material-list-row[aria-pressed=true]").wait_for()
    assert busy.page.locator(".ode-card[aria-pressed=true]").count() == 0
    busy.page.unroute_all(behavior="wait")  # what is still held would be answered to a page that is gone
    busy.page.close()
    assert busy.errors == []


def test_a_link_opens_a_material_of_the_hub(browser, screen, there, checkpoints):
    there.add("someone/moss", checkpoints / "clay_solidifying")
    address = screen.page.url.partition("#")[0]
    linked = Screen(browser, address, link="#material=someone%2Fmoss&size=64x64&time=2.5")
    linked.until("state.material === 'someone/moss' && Math.abs(state.time - 2.5) < 0.1 && state.size[0] === 64")
    linked.page.close()
    assert linked.errors == []


def test_what_is_found_is_text_and_what_is_not_there_is_told(screen, there):
    page = screen.page
    page.get_by_label("Search the Hub").press("Enter")
    found = page.locator("#hub-found .ode-material-list-row")
    found.nth(1).wait_for()
    assert page.locator("#hub-found img").count() == 0 and NAME.capitalize() in found.nth(1).inner_text()
    page.get_by_label("Open a repository").fill("someone/nothing")
    page.get_by_label("Open a repository").press("Enter")
    page.get_by_text("The Hub has no repository someone/nothing").wait_for()
    there.close()
    page.get_by_label("Search the Hub").fill("moss")
    page.get_by_label("Search the Hub").press("Enter")
    page.locator("#hub-found").get_by_text("cannot be reached").wait_for()
    page.get_by_label("Search the Hub").fill("rust")
    page.get_by_label("Search the Hub").press("Enter")
    page.locator("#hub-found").get_by_text("These were fetched before").wait_for()
    page.locator("#hub-found").get_by_text("on this machine").wait_for()
    assert screen.state["material"] == "someone/rust"
