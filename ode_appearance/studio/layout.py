"""The app's page: its head, its tabs, and its endpoint for programs."""

import gradio as gr

from ..errors import AppearanceError
from . import assets
from .explore import explore
from .facts import facts
from .handlers import SIZE, Studio
from .training_tab import TrainingTab, refusal
from .trainings import Trainings

TITLE = "ODE Appearance"
HEADING = "<h1>ODE Appearance</h1><p>Materials that change with time: pick one, age it, drag the light over it.</p>"

# Fonts of the system: none is fetched from elsewhere.
THEME = gr.themes.Default(
    primary_hue="orange",
    neutral_hue="stone",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
).set(
    body_text_color_subdued="*neutral_600",
    body_text_color_subdued_dark="*neutral_400",
    block_label_text_color="*neutral_700",
)
LAUNCH = {"theme": THEME, "css": assets.text("page.css"), "footer_links": ["api", "settings"], "run_history": False}
"""What `launch` needs beside the app itself."""


def build(studio: Studio, trainings: Trainings | None) -> gr.Blocks:
    """The app; without trainings, it has nothing but the page on which materials are looked at."""
    # Keyframes and previews are served where they lie; all others of Gradio's files are copies.
    gr.set_static_paths([studio.files.root, studio.collection.folder])
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as app:
        with gr.Row(elem_id="head"):
            with gr.Column(scale=3, min_width=320):
                gr.HTML(HEADING, elem_id="heading", apply_default_css=False)
            with gr.Column(scale=1, min_width=240):
                device = facts(elem_id="device")
        if trainings is None:
            explore(app, studio, device)
        else:
            _tabs(app, studio, device, trainings)
        _endpoint(studio)
    return app


def _tabs(app, studio, device, trainings):
    with gr.Tabs(selected="explore") as tabs:
        with gr.Tab("Explore", id="explore") as explore_tab:
            picking = explore(app, studio, device)
        with gr.Tab("Train", id="train") as train_tab:
            training = TrainingTab(trainings)
    training.connect(train_tab, explore_tab)

    def open_material(owner, key):
        place = studio.files.folder()
        training.copy_material(owner, key, place)
        try:
            studio.collection.open(key, place)
        except AppearanceError as error:
            raise refusal(error) from error
        return gr.Tabs(selected="explore")

    opened = training.open.click(open_material, [training.owner, training.chosen], tabs, api_visibility="private")
    opened.success(**picking(training.chosen))


def _endpoint(studio: Studio) -> None:
    """The API endpoint `/render`."""

    def render(material, seed, width, height, time, x, y, log_intensity):
        try:
            return studio.pictures.draw(material, seed, width, height, time, x, y, log_intensity)
        except AppearanceError as error:
            raise gr.Error(str(error), print_exception=False) from error

    numbers = {"seed": 0, "width": SIZE, "height": SIZE, "time": 0.0, "x": 0.0, "y": 0.0, "log_intensity": 0.0}
    with gr.Row(visible=False):
        inputs = [gr.Textbox("rusting_steel", label="material")]
        inputs += [gr.Number(value, label=name) for name, value in numbers.items()]
        picture = gr.Image(label="picture", format="png", type="numpy")
        button = gr.Button("render")
    button.click(
        render, inputs, picture, api_name="render", concurrency_limit=None,
        api_description="A picture of a material at a model time, solved from a seed at a size, under a point light "
        "at (x, y) of a logarithmic intensity (an RGB texture is its own light): a PNG.",
    )  # fmt: skip
