"""Reports: scores of a material against its exemplar and under other lights, and the command `evaluate`."""

import dataclasses

import numpy as np
import pytest
from growing_spots import growing_spots, write_animation
from materials import PLAIN, SVBRDF, little_material
from raising import raises

import ode_appearance as oa
from ode_appearance.cli import evaluate as verb
from ode_appearance.cli.main import main
from ode_appearance.config.schema import Light, SolverConfig
from ode_appearance.data.dataset import RELIGHTS
from ode_appearance.errors import RequestError
from ode_appearance.evaluation.report import BEYOND, measure, measured_size, pictures_at, rollout, score_by_accurate_solver

SIZE = 32
CONFIG = dataclasses.replace(PLAIN, training={"exemplar_size": SIZE})


@pytest.fixture
def exemplar(tmp_path):
    frames = growing_spots(size=SIZE).frames.astype(np.float32) / 255
    write_animation(tmp_path / "nothing.webp", frames)
    return tmp_path / "nothing.webp"


def test_relighting_is_compared_with_the_truth(tmp_path):
    """A material as its own exemplar matches the truth under the true light, and differs under its own light."""
    config = dataclasses.replace(SVBRDF, training={"exemplar_size": SIZE}, light=Light(0, 0, 1.0))
    material = little_material(config)
    assert measured_size(material) == SIZE
    shares = [float(share) for share in np.arange(20) / 20]
    states = rollout(material, SIZE, shares)
    write_animation(tmp_path / "made.webp", pictures_at(material, states, shares))
    light = Light(*RELIGHTS["left"], 1.0)
    # The truth has fewer frames; each is compared at its first time.
    write_animation(tmp_path / "made_relit_left.webp", pictures_at(material, states, shares[::4], light))
    report, judge = measure(material, tmp_path / "made.webp", seeds=1)
    assert set(report.relit) == {"left"}
    relit, ignored = report.relit["left"]
    assert report.overall.score < 0.3 and relit < 0.3, "equal up to interpolation and 8 bits"
    assert ignored > 5 * relit
    record = report.record()
    assert (record["score_relit"], record["score_relit_ignoring_the_light"]) == report.mean_relit() == (relit, ignored)
    assert record["score"] == report.overall.score and record["measured_at_size"] == SIZE
    assert score_by_accurate_solver(material, judge).score < 0.2


def test_samples_of_several_seeds(exemplar):
    material = little_material(CONFIG)
    report, judge = measure(material, exemplar, seeds=2)
    shares = judge.target.shares
    samples = [pictures_at(material, rollout(material, SIZE, shares, seed=seed), shares) for seed in range(2)]
    assert report.overall == judge.score(*samples)
    assert report.samples == tuple(judge.score(sample) for sample in samples)
    assert report.samples[0].score != report.samples[1].score
    record = report.record()
    assert record["score_of_each_seed"] == [sample.score for sample in report.samples]
    assert dataclasses.asdict(report.overall).items() <= record.items()
    assert not any("relit" in name for name in record)
    with raises(RequestError, code="out-of-range"):
        measure(material, exemplar, seeds=0)


def test_the_score_beyond_the_span_exists_where_the_solve_reaches_it(exemplar):
    material = little_material(CONFIG)
    report, judge = measure(material, exemplar, seeds=1)
    states = rollout(material, SIZE, [0.5, BEYOND])
    assert report.beyond == judge.score_at_the_end(pictures_at(material, states, [BEYOND])) == report.record()["score_beyond"]
    # Steps of 0.25 from -0.5: 10 reach the span's end at 2, 14 reach 1.5 times the span.
    short = little_material(dataclasses.replace(CONFIG, solver=SolverConfig(method="euler", step=0.25, max_steps=11)))
    report, _ = measure(short, exemplar, seeds=1)
    assert report.beyond is None and "score_beyond" not in report.record() and report.overall.score > 0
    shorter = little_material(dataclasses.replace(CONFIG, solver=SolverConfig(method="euler", step=0.25, max_steps=5)))
    with raises(RequestError, code="ended-early"):
        measure(shorter, exemplar, seeds=1)


def table(out):
    """The printed rows by name."""
    return {line[:28].strip(): line[28:].split() for line in out.splitlines()}


def test_the_table_of_all_materials(tmp_path, exemplar, monkeypatch, capsys):
    oa.save(little_material(CONFIG), tmp_path / "plain")
    monkeypatch.setattr(verb, "list_materials", lambda: [str(tmp_path / "plain")])
    evaluate_all = ["evaluate", "--all", "--exemplars"]
    assert main([*evaluate_all, str(tmp_path), "--record", "--seeds", "2"]) == 0
    out = capsys.readouterr().out
    rows = table(out)
    assert list(rows)[:4] == ["", "plain_texture", "seed 0", "seed 1"]
    assert out.splitlines()[-1] == "1 measured: 0 with a score of at most 1, 0 of at most 1.5"
    kept = oa.load(tmp_path / "plain").config.measures
    names = ("score", "worst_score", "change_score", "worst_change_score", "score_beyond")
    assert [float(cell) for cell in rows["plain_texture"]] == pytest.approx([kept[name] for name in names], abs=6e-3)
    each = [float(rows[f"seed {seed}"][0]) for seed in range(2)]
    assert each == pytest.approx(kept["score_of_each_seed"], abs=6e-3)
    card = (tmp_path / "plain" / "README.md").read_text()
    assert f"score: {kept['score']}" in card and "times as far from its exemplar" in card
    assert main([*evaluate_all, str(tmp_path / "elsewhere")]) == 0
    assert "its exemplar was not found" in capsys.readouterr().out
    assert main(["evaluate"]) == 1
    assert "--all" in capsys.readouterr().err


def test_controls_are_printed(tmp_path, exemplar, monkeypatch, capsys):
    oa.save(little_material(CONFIG), tmp_path / "plain")
    oa.save(little_material(dataclasses.replace(PLAIN, name="other"), seed=5), tmp_path / "other")
    monkeypatch.setattr(verb, "list_materials", lambda: [str(tmp_path / name) for name in ("other", "plain")])
    assert main(["evaluate", str(tmp_path / "plain"), str(exemplar), "--controls", "--seeds", "1"]) == 0
    rows = table(capsys.readouterr().out)
    assert list(rows)[1:] == [
        *("plain_texture", "seed 0 by tsit5 1e-4", "exemplar", "mirrored", "quilted, other seed", "blurred"),
        *("pixels shuffled", "frozen", "noise", "halves", "another, other"),
    ]
    assert float(rows["noise"][0]) > float(rows["mirrored"][0]) > float(rows["exemplar"][0]) == 0
    assert float(rows["frozen"][2]) > 3 * float(rows["mirrored"][2])


def test_materials_that_fail_are_listed_and_the_others_are_evaluated(tmp_path, exemplar, monkeypatch, capsys):
    (tmp_path / "broken").mkdir()
    oa.save(little_material(CONFIG), tmp_path / "plain")
    monkeypatch.setattr(verb, "list_materials", lambda: [str(tmp_path / name) for name in ("broken", "plain")])
    assert main(["evaluate", "--all", "--exemplars", str(tmp_path), "--seeds", "1"]) == 1
    printed = capsys.readouterr()
    assert list(table(printed.out))[1] == "plain_texture"
    assert "broken" in printed.err.splitlines()[-1]
