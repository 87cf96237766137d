"""The measures rank what is known to be better above what is known to be worse."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from materials import PLAIN, SVBRDF, little_material
from PIL import Image

import ode_appearance as oa
from ode_appearance.cli import evaluation as verb
from ode_appearance.cli.main import main
from ode_appearance.config import Light
from ode_appearance.errors import RequestError
from ode_appearance.evaluation import TIMES, Evaluator, checkerboard_halves
from ode_appearance.exemplar import ExemplarFrames
from ode_appearance.exemplar.dataset import RELIGHTS
from ode_appearance.features import load_features
from ode_appearance.measuring import controls, measure, measured_size, pictures_of, rollout

SIZE = 48


def spots(seed: int, share: float) -> np.ndarray:
    """Blurred noise above a threshold that falls with time: dark spots that grow, (3, 48, 48) in 0 ... 255."""
    noise = np.random.default_rng(seed).standard_normal((SIZE, SIZE))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(SIZE), np.fft.fftfreq(SIZE)))
    smooth = np.fft.ifft2(np.fft.fft2(noise) * np.exp(-((frequency / 0.08) ** 2))).real
    dark = 1 / (1 + np.exp(8 * (smooth / smooth.std() - 1 + 2 * share)))
    colours = np.array([0.8, 0.7, 0.6])[:, None, None] * (0.3 + 0.7 * dark) + 0.02 * noise
    return (255 * np.clip(colours, 0, 1)).astype(np.uint8)


def growing(seed: int) -> ExemplarFrames:
    shares = np.arange(TIMES) / TIMES
    frames = np.stack([spots(seed, share) for share in shares])
    return ExemplarFrames("spots", "rgb", frames, shares * 2.0, 2.0, 2.0 / TIMES)


@pytest.fixture(scope="module")
def features():
    return load_features("patch")


@pytest.fixture(scope="module")
def evaluator(features):
    return Evaluator(growing(0), features)


def test_the_controls_rank_as_they_should(evaluator):
    rows = controls(evaluator, little_material(PLAIN))
    assert rows["exemplar"].distance_ratio == rows["exemplar"].worst_distance_ratio == 1
    assert rows["exemplar"].change_ratio == 1
    resampled = evaluator.measure([frame.astype(np.float32) / 255 for frame in growing(1).frames])
    good = max(rows["exemplar mirrored"].distance_ratio, resampled.distance_ratio)
    bad = [rows[name] for name in ("first frame frozen", "another material (little_texture)", "noise") if name in rows]
    bad.append(rows["another material (plain_texture)"])
    assert all(2 * good < measures.distance_ratio for measures in bad)
    assert 2 * resampled.change_ratio < rows["first frame frozen"].change_ratio


def test_noise_and_a_wrong_tint_are_seen(evaluator):
    frames = [frame.astype(np.float32) / 255 for frame in evaluator.exemplar.frames]
    tinted = [np.clip(frame + np.array([0.1, 0, -0.1], np.float32)[:, None, None], 0, 1) for frame in frames]
    noise = np.random.default_rng(0).normal(0, 0.1, frames[0].shape).astype(np.float32)
    noisy = [np.clip(frame + noise, 0, 1) for frame in frames]
    assert evaluator.measure(tinted).distance_ratio > 2
    assert evaluator.measure(noisy).distance_ratio > 2


def test_the_halves_are_the_squares_of_a_checkerboard():
    black, white = checkerboard_halves(jnp.arange(17 * 16, dtype=jnp.float32).reshape(1, 17, 16))
    assert black.shape == white.shape == (1, 128)
    assert set(np.asarray(black)[0, :4]) == {0, 1, 16, 17}
    assert not set(np.asarray(black).ravel()) & set(np.asarray(white).ravel())


def test_what_does_not_fit_is_refused(evaluator):
    with pytest.raises(RequestError, match="20 pictures of 48 pixels"):
        evaluator.measure([np.zeros((3, SIZE, SIZE), np.float32)] * 3)


def write_animation(path, pictures):
    """Lossless, one frame after the other."""
    images = [Image.fromarray((255 * picture).round().astype(np.uint8).transpose(1, 2, 0)) for picture in pictures]
    images[0].save(path, save_all=True, append_images=images[1:], duration=100, lossless=True)


def test_relighting_is_measured_against_the_truth(tmp_path, features):
    """A material as its own exemplar: lit as the truth is, it is as close as the truth; under its own light, it is not."""
    facts = dataclasses.replace(SVBRDF, training={"exemplar_size": SIZE}, light=Light(0, 0, 1.0))
    material = little_material(facts)
    assert measured_size(material) == SIZE
    states = rollout(material, SIZE)
    write_animation(tmp_path / "made.webp", pictures_of(material, states))
    light = Light(*RELIGHTS["left"], 1.0)
    write_animation(tmp_path / "made_relit_left.webp", pictures_of(material, states, light))
    report, _ = measure(material, tmp_path / "made.webp", features)
    assert set(report.relit) == {"left"}
    relit, ignored = report.relit["left"]
    assert relit == pytest.approx(1, abs=0.1)
    assert report.own.distance_ratio == pytest.approx(1, abs=0.1)
    assert ignored > 2 * relit
    record = report.record()
    assert record["relit_ratio"] == pytest.approx(relit, abs=1e-3)
    assert record["measured_at_size"] == SIZE


def test_samples_of_several_seeds(tmp_path, features):
    material = little_material(dataclasses.replace(PLAIN, training={"exemplar_size": SIZE}))
    write_animation(tmp_path / "made.webp", [frame.astype(np.float32) / 255 for frame in growing(0).frames])
    one, evaluator = measure(material, tmp_path / "made.webp", features)
    report, _ = measure(material, tmp_path / "made.webp", features, seeds=3)
    assert one.over_seeds() == one.own == report.own
    each = [evaluator.measure(pictures_of(material, rollout(material, SIZE, seed=seed))) for seed in range(3)]
    assert (report.own, *report.others) == tuple(each)
    assert len({measures.distance_ratio for measures in each}) == 3
    over = report.over_seeds()
    for name, of_all in (("distance_ratio", np.mean), ("change_ratio", np.mean), ("worst_distance_ratio", max)):
        assert getattr(over, name) == pytest.approx(of_all([getattr(measures, name) for measures in each]), abs=1e-4)
    assert over.worst_change_ratio == max(measures.worst_change_ratio for measures in each)
    record = report.record()
    assert record["seeds_measured"] == 3 and record["distance_ratio"] == report.own.distance_ratio
    assert record["mean_distance_ratio_of_seeds"] == over.distance_ratio
    assert record["worst_distance_ratio_of_seeds"] == over.worst_distance_ratio
    assert not any("seeds" in name for name in one.record())
    with pytest.raises(RequestError, match="at least one seed"):
        measure(material, tmp_path / "made.webp", features, seeds=0)


def test_the_table_of_all(tmp_path, features, monkeypatch, capsys):
    material = little_material(dataclasses.replace(PLAIN, training={"exemplar_size": SIZE}))
    oa.save(material, tmp_path / "plain")
    frames = [frame.astype(np.float32) / 255 for frame in growing(0).frames]
    write_animation(tmp_path / "nothing.webp", frames)
    monkeypatch.setattr(verb, "list_materials", lambda: [str(tmp_path / "plain")])
    monkeypatch.setattr("ode_appearance.evaluation.load_features", lambda name: features)
    evaluate_all = ["evaluate", "--all", "--exemplars"]
    assert main([*evaluate_all, str(tmp_path), "--record", "--seeds", "2"]) == 0
    rows = {line[:28].strip(): line[28:].split() for line in capsys.readouterr().out.splitlines()}
    assert list(rows) == ["", "plain_texture", "seed 1", "over 2 seeds"]
    kept = oa.load(tmp_path / "plain").config.measures
    for row, names in (
        ("plain_texture", ("distance_ratio", "worst_distance_ratio")),
        ("over 2 seeds", ("mean_distance_ratio_of_seeds", "worst_distance_ratio_of_seeds")),
    ):
        assert [float(cell) for cell in rows[row][:2]] == pytest.approx([kept[name] for name in names], abs=1e-3)
    first, second, both = (float(rows[row][0]) for row in ("plain_texture", "seed 1", "over 2 seeds"))
    assert first != second and both == pytest.approx((first + second) / 2, abs=1e-3)
    assert main([*evaluate_all, str(tmp_path / "elsewhere")]) == 0
    assert "its exemplar is not at hand" in capsys.readouterr().out
    assert main(["evaluate"]) == 1
    assert "--all" in capsys.readouterr().err


def test_what_of_all_cannot_be_measured_is_told_and_the_rest_is_measured(tmp_path, features, monkeypatch, capsys):
    (tmp_path / "broken").mkdir()
    oa.save(little_material(dataclasses.replace(PLAIN, training={"exemplar_size": SIZE})), tmp_path / "plain")
    write_animation(tmp_path / "nothing.webp", [frame.astype(np.float32) / 255 for frame in growing(0).frames])
    monkeypatch.setattr(verb, "list_materials", lambda: [str(tmp_path / name) for name in ("broken", "plain")])
    monkeypatch.setattr("ode_appearance.evaluation.load_features", lambda name: features)
    assert main(["evaluate", "--all", "--exemplars", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 2 and told.out.splitlines()[1].startswith("plain_texture")
    assert told.err.splitlines()[-1].startswith("Not measured: ") and "broken" in told.err.splitlines()[-1]
