"""The app's page: its head and its tabs."""

import sys

import gradio as gr

from ...data.exemplar_limits import MAX_FILE_BYTES
from ...errors import AppearanceError, ConfigError
from ...web import assets
from ..actions.handlers import Studio
from ..api.endpoints import endpoints
from ..components.metadata_list import facts
from ..materials.library import Library
from ..settings import mcp_allowed
from ..solving.jobs import MOST_SESSIONS
from .explore_tab import explore
from .library_panel import LibraryPanel
from .training_tab import TrainingTab, refusal

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
    # Dark enough for white letters on it, and letters dark enough on white: 4.5 to 1.
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
    input_placeholder_color="*neutral_600",
    input_placeholder_color_dark="*neutral_400",
)


def _mcp():
    """Whether there are tools; the app ends with a sentence where there should be and cannot."""
    try:
        return mcp_allowed()
    except ConfigError as error:
        sys.exit(str(error))


LAUNCH = {
    "theme": THEME,
    "css": assets.text("styles/page.css"),
    "head": f"<script>(() => {{\n{assets.bundle('storage')}}})();</script>",
    "footer_links": ["api", "settings"],
    "run_history": False,
    "max_file_size": MAX_FILE_BYTES,
    "state_session_capacity": MOST_SESSIONS,
    "mcp_server": _mcp(),
}
"""What `launch` needs beside the app itself."""
UPLOADS_KEPT = 3600, 86_400
"""Every how many seconds it is looked for uploads that are older than so many seconds; those are deleted."""


def build(studio: Studio, library: Library) -> gr.Blocks:
    """The app; without trainings in its library, it has nothing but the page on which materials are looked at."""
    # Keyframes and previews are served where they lie; all others of Gradio's files are copies.
    gr.set_static_paths([studio.files.root, *studio.collection.served_files()])
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False, delete_cache=UPLOADS_KEPT) as app:
        with gr.Row(elem_id="head"):
            with gr.Column(scale=3, min_width=320):
                gr.HTML(HEADING, elem_id="heading", apply_default_css=False)
            with gr.Column(scale=1, min_width=240):
                device = facts(elem_id="device")
        if library.trainings is None:
            explore(app, studio, device, (lambda: LibraryPanel(library, None)) if library.hub else None)
        else:
            _tabs(app, studio, device, library)
        endpoints(studio, library)
    return app


def _tabs(app, studio, device, library):
    owner = gr.BrowserState("", storage_key="ode-appearance-browser", secret="ode-appearance")
    with gr.Tabs(selected="explore") as tabs:
        with gr.Tab("Explore", id="explore") as explore_tab:
            picking, panel = explore(app, studio, device, lambda: LibraryPanel(library, owner))
        with gr.Tab("Train", id="train") as train_tab:
            training = TrainingTab(library, owner)
    training.connect(train_tab, explore_tab)
    panel.refresh_with(explore_tab.select)

    def open_material(owner, key):
        try:
            library.open_own(owner, key)
        except AppearanceError as error:
            raise refusal(error) from error
        return gr.Tabs(selected="explore")

    opened = training.open.click(open_material, [training.owner, training.chosen], tabs, api_visibility="private")
    opened.success(**picking(training.chosen))
