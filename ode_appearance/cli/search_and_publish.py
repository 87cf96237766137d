"""`search` and `publish`: materials on the Hugging Face Hub."""

from ..checkpoints.library import find_folder


def add_to(verbs) -> None:
    """Add the verbs to the parser."""
    parser = verbs.add_parser("search", help="look for materials on the Hugging Face Hub")
    parser.add_argument("query", nargs="?", default="", help="text in their names (default: all)")
    parser.add_argument("--limit", type=int, default=20, help="maximum number (default 20)")
    parser.set_defaults(run=run_search)
    parser = verbs.add_parser(
        "publish",
        help="upload a material to the Hugging Face Hub",
        description="Uploads with the access token in $HF_TOKEN or of `hf auth login`.",
    )
    parser.add_argument("name", help="a name in checkpoints/, or a folder")
    parser.add_argument("repo", help="repository user/repo, created if missing")
    parser.add_argument("--private", action="store_true", help="create a private repository")
    parser.add_argument("--revision", help="branch to upload to (default: main)")
    parser.add_argument("--message", help="commit message")
    parser.set_defaults(run=run_publish)


def run_search(options) -> None:
    """Print a line per repository; other verbs accept the names."""
    from ..checkpoints.hub import list_hub

    for found in list_hub(options.query, options.limit):
        print(f"{found.repo:40} {found.license or 'no licence given':20} {found.modified:12} {found.likes:>5} likes")


def run_publish(options) -> None:
    """Upload, and print the URL."""
    from ..checkpoints.hub import publish

    folder = find_folder(options.name)
    print(publish(folder, options.repo, private=options.private, revision=options.revision, message=options.message))
