"""The paper's models in a browser: a zip file that is dropped there is imported, listed and can be explored."""

from release import write_release, zipped


def test_a_zip_file_that_is_dropped(open_screen, tmp_path):
    """Dropped, listed, picked and shown; the exemplar stands at hand to compare with."""
    archive = zipped(write_release(tmp_path / "release"), tmp_path / "release.zip")
    screen = open_screen(viewport={"width": 1280, "height": 1000})
    screen.page.click("#library > .label-wrap, #library button >> nth=0")
    screen.page.set_input_files("#paper-zip input[type=file]", str(archive))
    row = screen.page.locator("#paper-found button", has_text="Rusting steel")
    row.wait_for(timeout=120_000)
    screen.page.wait_for_function("document.querySelector('#paper-found').innerText.includes('3 imported')", timeout=120_000)
    run = screen.state["run"]
    row.click()
    screen.until(f"state.run > {run} && state.material.startsWith('rusting_steel_') && state.keyframes > 3")
