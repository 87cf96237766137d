"""`search` and `publish`: materials on the Hugging Face Hub."""

from ..checkpoints.library import find_folder


def add_to(verbs) -> None:
    """Add the verbs to the parser."""
    parser = verbs.add_parser("search", help="look for materials on the Hugging Face Hub")
    parser.add_argument("query", nargs="?", default="", help="what their names have in them (default: all)")
    parser.add_argument("--limit", type=int, default=20, help="how many at most (default 20)")
    parser.set_defaults(run=run_search)
    parser = verbs.add_parser(
        "publish",
        help="upload a material to the Hugging Face Hub",
        description="Uploads with the access token in $HF_TOKEN, or the one that `hf auth login` keeps.",
    )
    parser.add_argument("name", help="a name in checkpoints/, or a folder")
    parser.add_argument("repo", help="the repository, user/repo; it is made where there is none")
    parser.add_argument("--private", action="store_true", help="make it a private one")
    parser.add_argument("--revision", help="branch to upload to (default: main)")
    parser.add_argument("--message", help="what the commit says")
    parser.set_defaults(run=run_publish)


def run_search(options) -> None:
    """A line for each repository; `sample` and the other verbs take their names."""
    from ..checkpoints.hub import list_hub

    for found in list_hub(options.query, options.limit):
        print(f"{found.repo:40} {found.license or 'no licence given':20} {found.modified:12} {found.likes:>5} likes")


def run_publish(options) -> None:
    """Upload, and print the address."""
    from ..checkpoints.hub import publish

    folder = find_folder(options.name)
    print(publish(folder, options.repo, private=options.private, revision=options.revision, message=options.message))
