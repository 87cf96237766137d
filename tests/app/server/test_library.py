"""Materials beside the shipped ones: found and opened from a stand-in of the Hub, one's own, and what is seen as Python."""

import dataclasses
import json
import re
import shutil
import types

import numpy as np
import pytest
from hub_stand_in import TOKEN, HubStandIn, only_this
from materials import RGB, SVBRDF, little_material
from test_handlers import FIELD_VALUES

import ode_appearance as oa
from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.actions.snippet import snippet
from ode_appearance.app.api.materials_api import Program
from ode_appearance.app.materials import shipped_materials
from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.settings import hub_allowed
from ode_appearance.app.solving.requests import solve_request
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.app.train_form.form_fields import examples
from ode_appearance.app.trainings.run_records import Order, new_run
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.app.ui.layout import build
from ode_appearance.checkpoints import hub
from ode_appearance.errors import AppearanceError, CheckpointError, HubError, TrainingError
from ode_appearance.training.train_config import preset

PREVIEW = b"RIFF"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("saved")
    return {config.name: oa.save(little_material(config), root / config.name, preview=PREVIEW) for config in (RGB, SVBRDF)}


@pytest.fixture
def there(tmp_path, monkeypatch):
    stand_in = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
    yield stand_in
    stand_in.close()


@pytest.fixture
def library(tmp_path):
    trainings = Trainings(tmp_path / "runs", busy=lambda: False)
    yield Library(Collection(tmp_path / "empty"), KeyframeFiles(), trainings, hub=True)
    trainings.close()


def trained(library, saved, owner="me", name="spots", material="little_texture"):
    """A paused training of a browser, with a material."""
    order = Order(owner, name, wanted="pause", license="mit")
    run = new_run(library.trainings.root, examples()["lichen_spreading"][0], preset("quick"), order)
    shutil.copytree(saved[material], run.folder / "material")
    return run


# Of the Hub


def test_a_material_of_the_hub(there, library, saved):
    there.add("someone/little_texture", saved["little_texture"])
    rows = library.search("little")
    label = "someone, mit, changed 2026-01-31, 3 likes"
    assert rows == [{"name": "someone/little_texture", "title": "Little texture", "label": label}]
    entry = library.open_from_hub(" someone/little_texture ")
    assert entry.name == "someone/little_texture" and entry.config == RGB
    assert entry.preview.read_bytes() == PREVIEW and library._files.root in entry.preview.parents
    assert library.collection.find("someone/little_texture") is entry and library.collection.entries == []
    facts = dict(shipped_materials.facts(entry))
    assert facts["On the Hub"] == "someone/little_texture" and facts["Commit"] == hub.fetch(entry.name).name
    names = ["someone/little_texture", "someone/forgotten"]
    label = "someone/little_texture, RGB texture, mit"
    assert library.hub_rows(names) == [{"name": names[0], "title": "Little texture", "label": label}]


def test_without_the_hub_programs_find_what_was_fetched(there, library, saved):
    there.add("someone/little_texture", saved["little_texture"])
    studio = Studio(library.collection)
    studio.worker.close()
    program = Program(studio, library)
    assert [row["name"] for row in program.search("little")] == ["someone/little_texture"]
    library.open_from_hub("someone/little_texture")
    there.close()
    row = {"name": "someone/little_texture", "title": "Little texture", "label": "on this machine"}
    assert program.search("little") == [row]
    with pytest.raises(HubError):
        program.search("moss")


def test_a_link_names_a_material_of_the_hub_or_of_the_browser(there, library, saved):
    there.add("someone/little_texture", saved["little_texture"])
    key = trained(library, saved).key
    for name, owner in (("someone/little_texture", None), (key, None), (key, "them"), ("nothing", "me"), (key, "me")):
        opened = name in (entry := library.collection._opened)
        library.open_linked(name, owner)
        assert not opened and (name in entry) == ("/" in name or (name, owner) == (key, "me"))
    assert library.collection.find(key).name == key


def test_what_is_wrong_names_the_repository(there, library, saved, tmp_path):
    broken = shutil.copytree(saved["little_texture"], tmp_path / "broken")
    (broken / "model.eqx").write_bytes(b"")
    there.add("someone/broken", broken)
    with pytest.raises(CheckpointError, match=r"someone/broken: model\.eqx"):
        library.open_from_hub("someone/broken")
    there.close()
    with pytest.raises(HubError, match="cannot be reached"):
        library.search("")


def test_a_visitor_does_not_ask_as_the_one_who_is_logged_in(there, library, saved, monkeypatch):
    there.add("operator/secret", saved["little_texture"], private=True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(HubError, match="no repository operator/secret"):
        library.open_from_hub("operator/secret")
    run = trained(library, saved)
    with pytest.raises(HubError, match="access token"):
        library.publish_own("me", run.key, "operator/spots", "", False)
    assert set(there.repositories) == {"operator/secret"}


def test_what_was_looked_at_longest_ago_is_forgotten(library, saved, monkeypatch):
    size = shipped_materials._bytes(library.collection.open("a/first", saved["little_texture"]))
    monkeypatch.setattr(shipped_materials, "MOST_OPENED_BYTES", 2 * size)
    library.collection.open("a/second", saved["little_texture"])
    library.collection.find("a/first")
    library.collection.open("a/third", saved["little_texture"])
    assert [row["name"] for row in library.hub_rows(["a/first", "a/second", "a/third"])] == ["a/third", "a/first"]


# One's own


def test_own_materials_are_one_browsers_alone(library, saved):
    run = trained(library, saved)
    assert library.own_rows("me") == [{"name": run.key, "title": "spots", "label": "paused"}]
    assert library.own_rows("you") == library.own_rows("") == []
    entry = library.open_own("me", run.key)
    assert entry.config == RGB and entry.preview.read_bytes() == PREVIEW and entry.exemplar.exists()
    acts = [library.open_own, library.delete_own, lambda *who: library.rename_own(*who, "mine")]
    for act in [*acts, lambda *who: library.publish_own(*who, "you/mine", TOKEN, False)]:
        with pytest.raises(TrainingError, match="no such training of yours"):
            act("you", run.key)
    library.delete_own("me", run.key)
    assert library.own_rows("me") == [] and not run.folder.exists()


def test_renamed(library, saved):
    run = trained(library, saved)
    weights = (run.folder / "material" / "model.eqx").read_bytes()
    library.rename_own("me", run.key, "  Grüne Flecken (2) ")
    material = oa.load(run.folder / "material")
    assert (run.order.name, material.name) == ("Grüne Flecken (2)", "Grüne Flecken (2)")
    assert material.config.exemplar == RGB.exemplar
    assert (run.folder / "material" / "model.eqx").read_bytes() == weights
    assert "# Grüne Flecken (2)" in (run.folder / "material" / "README.md").read_text()
    assert [row["title"] for row in library.own_rows("me")] == ["Grüne Flecken (2)"]
    for name in ("", " ", "../up", "a/b", "<b>", "a\nb", "a" * 61, "_"):
        with pytest.raises(TrainingError, match="is no name"):
            library.rename_own("me", run.key, name)
    assert run.order.name == "Grüne Flecken (2)"


def test_not_renamed_while_it_is_trained_under_its_name(library, saved):
    run = trained(library, saved)
    library.trainings.close()
    library.trainings._process = types.SimpleNamespace(run=run, close=lambda: None)
    with pytest.raises(TrainingError, match="pause it"):
        library.rename_own("me", run.key, "moss")
    assert run.order.name == "spots"


def test_published_and_opened_again(there, library, saved):
    run = trained(library, saved)
    address = library.publish_own("me", run.key, "me/spots", TOKEN, True)
    assert address == f"{there.endpoint}/me/spots" and there.repositories["me/spots"].private
    there.repositories["me/spots"].private = False
    assert library.open_from_hub("me/spots").config == RGB
    kept = b"".join(path.read_bytes() for path in library.trainings.root.rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept


# In the app


@pytest.mark.parametrize("trains", [True, False])
@pytest.mark.parametrize("setting", ["on", "OFF "])
def test_what_is_not_allowed_is_not_shown(library, monkeypatch, setting, trains):
    monkeypatch.setenv("ODE_APPEARANCE_HUB", setting)
    hub = hub_allowed()
    assert hub is (setting == "on")
    studio = Studio(library.collection)
    app = build(studio, Library(library.collection, studio.files, library.trainings if trains else None, hub=hub))
    page = json.dumps(app.config, default=str)
    assert ("Search the Hub" in page) is hub and ("More materials" in page) is (hub or trains)
    assert ("Access token" in page) is (hub and trains) and ("#### Mine" in page) is trains
    asked_for_tokens = [name for name, facts in app.get_api_info()["named_endpoints"].items() if "token" in str(facts).lower()]
    assert asked_for_tokens == (["/publish_training"] if hub and trains else [])
    studio.worker.close()


# As Python


def test_what_is_seen_runs_as_python(library, saved, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(saved["little_svbrdf"].parent))
    collection = Collection(saved["little_svbrdf"].parent)
    entry = collection.find("little_svbrdf")
    fields = {**FIELD_VALUES, "width": 32, "height": 16, "seed": 3, "end": 2, "start": -0.5}
    request = solve_request(entry.name, entry.config, fields)
    light = {"kind": "point", "x": 0.2, "y": -0.1, "height": 1, "logIntensity": 0.3, "colour": "#ffffff", "orbit": 0}
    lights = [light, {**light, "kind": "directional", "colour": "#ff8040", "height": 0.5}]
    seen = {"time": 0.7512345678, "lights": lights, "exposure": 0.5, "surface": "flat", "tiles": [2, 1], "channel": "lit"}
    code = snippet(entry, request, seen, shipped=True)
    made = {}
    exec(code, made)
    material = oa.load("little_svbrdf")
    trajectory = oa.solve(material, seed=3, size=(32, 16), times=[0.7512345678], solver=request.solver)
    colour = tuple((level / 255) ** 2.2 for level in (0xFF, 0x80, 0x40))
    expected = oa.render(
        material,
        trajectory,
        light=[oa.Light(0.2, -0.1, 0.3), oa.Light(0.2, -0.1, 0.3, "directional", 0.5, colour)],
        exposure=0.5,
        tiles=(2, 1),
    )
    np.testing.assert_allclose(made["picture"], expected, atol=1e-4)
    code = snippet(entry, request, {**seen, "channel": "height"}, shipped=True)
    exec(code, made)
    np.testing.assert_allclose(made["values"], oa.decode(material, trajectory.states[0])["height"], atol=1e-4)
    own = {"x": 0.1, "y": -0.2, "logIntensity": 0.3, "kind": "point", "height": 1, "colour": "#ffffff"}
    usual = snippet(entry, request, {"time": 2.0, "lights": [own]}, shipped=True)
    assert usual.splitlines()[-1].startswith("picture = oa.render(material, trajectory)")
    ball = {"time": 0.75, "lights": [own], "surface": "sphere", "turn": [0.5, 0.1]}
    exec(snippet(entry, request, ball, shipped=True), made)
    expected = oa.render(material, trajectory, light=oa.Light(0.1, -0.2, 0.3), surface=oa.Surface("sphere", (0.5, 0.1)))
    np.testing.assert_allclose(made["picture"], expected, atol=4e-3)
    with pytest.raises(AppearanceError):
        snippet(entry, request, {**seen, "time": "soon"}, shipped=True)


def test_a_material_of_the_hub_is_loaded_as_it_was_seen(there, library, saved):
    there.add("someone/it", saved["little_texture"])
    entry = library.open_from_hub("someone/it@main")
    code = snippet(entry, solve_request(entry.name, entry.config, {**FIELD_VALUES, "end": 2, "start": -0.5}), {}, shipped=False)
    source = re.search(r"oa\.load\('(.*)'\)\n", code)[1]
    assert source == f"someone/it@{entry.commit}" and re.fullmatch("[0-9a-f]{40}", entry.commit)
    there.close()
    assert oa.load(source).config == RGB


def test_names_do_not_become_code(library, saved):
    entry = library.collection.open("someone/it", saved["little_texture"])
    request = solve_request(entry.name, entry.config, {**FIELD_VALUES, "end": 2, "start": -0.5})
    assert "oa.load('someone/it')\n" in snippet(entry, request, {}, shipped=False)
    named = little_material(dataclasses.replace(RGB, name="'); import os; ('"))
    odd = dataclasses.replace(entry, name="key", material=named)
    assert """oa.load("'); import os; ('")  # the folder""" in snippet(odd, request, {}, shipped=False)
