"""What a browser can do with a material of its own, beside looking at it: rename, delete and publish it."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from ...errors import AppearanceError
from ..materials.library import Library
from ..text_format import as_text

QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class OwnMaterial:
    """Buttons and fields for the own material whose key is in `chosen`; made where they are to be seen."""

    def __init__(self, library: Library, owner: gr.BrowserState, chosen: gr.State):
        self.library, self.owner, self.chosen = library, owner, chosen
        with gr.Row(elem_classes="fields"):
            self.name = gr.Textbox(label="Another name", max_length=60, min_width=120)
            self.rename = gr.Button("Rename", min_width=60, elem_classes="beside")
            self.delete = gr.Button("Delete", min_width=60, elem_classes="beside")
        with gr.Column(visible=False) as self.sure:
            gr.Markdown("Delete this training and its material for good?")
            with gr.Row():
                self.really = gr.Button("Yes, delete", variant="stop", size="sm", min_width=80)
                self.spare = gr.Button("Keep it", size="sm", min_width=60)
        self.said = gr.Markdown()
        if library.hub:
            with gr.Accordion("Publish on the Hub", open=False):
                self._publishing()

    def _publishing(self):
        repo = gr.Textbox(label="Repository", placeholder="user/name", max_length=100)
        token = gr.Textbox(
            label="Access token that may write",
            type="password",
            max_length=1000,
            html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
        )
        gr.Markdown("It is used once and kept nowhere. Make one at [the Hub](https://huggingface.co/settings/tokens).")
        private = gr.Checkbox(False, label="A private repository")
        button = gr.Button("Publish", variant="primary")
        said = gr.Markdown()

        def publish(owner, key, repo, token, private):
            try:
                address = self.library.publish_own(owner, key, repo, token, private)
            except AppearanceError as error:
                return "", f"**Not published:** {as_text(str(error))}"
            return "", f"Published: {as_text(address)}"

        # Not by the queue, which keeps what it is given for a while.
        told = {**QUIET, "queue": False}
        inputs = [self.owner, self.chosen, repo, token, private]
        button.click(lambda: "Publishing ...", None, said, **told).then(publish, inputs, [token, said], **told)

    def _ask(self, owner, key):
        try:
            return gr.update(visible=True), gr.update(value=f"Yes, delete {self.library.name_of_own(owner, key)}")
        except AppearanceError as error:
            raise gr.Error(as_text(str(error)), print_exception=False) from error

    def connect(self, show: Callable[[str, str], Any], views: list) -> None:
        """Let `show(owner, key)` give the values of `views` after a change."""
        which, hidden = [self.owner, self.chosen], gr.update(visible=False)

        def rename(owner, key, name):
            try:
                self.library.rename_own(owner, key, name)
            except AppearanceError as error:
                return f"**Not renamed:** {as_text(str(error))}", name, *show(owner, key)
            return "", "", *show(owner, key)

        def delete(owner, key):
            try:
                self.library.delete_own(owner, key)
            except AppearanceError as error:
                return f"**Not deleted:** {as_text(str(error))}", hidden, *show(owner, key)
            return "", hidden, *show(owner, "")

        for event in (self.rename.click, self.name.submit):
            event(rename, [*which, self.name], [self.said, self.name, *views], **QUIET)
        self.delete.click(self._ask, which, [self.sure, self.really], queue=False, **QUIET)
        self.spare.click(lambda: hidden, None, self.sure, queue=False, **QUIET)
        self.really.click(delete, which, [self.said, self.sure, *views], **QUIET)
        # Asked of one, it is not answered for another.
        self.chosen.change(lambda: (hidden, "", ""), None, [self.sure, self.name, self.said], queue=False, **QUIET)
