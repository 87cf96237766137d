"""A small stand-in of the Hugging Face Hub: the parts of its HTTP interface that are used here, in a thread, on 127.0.0.1."""

import base64
import dataclasses
import hashlib
import http.server
import json
import re
import threading
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from hub_delivery import LARGE, Delivery, deliver, redirect

TOKEN = "hf_standInTokenThatMayWrite"
READ_ONLY = "hf_standInTokenThatMayNotWrite"


def only_this(monkeypatch, cache: Path, endpoint: str) -> None:
    """Let huggingface_hub ask a stand-in, or nobody, with an empty cache, nobody logged in, and files by plain HTTP."""
    from huggingface_hub import constants

    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    settings = {"ENDPOINT": endpoint, "HUGGINGFACE_CO_URL_TEMPLATE": template, "HF_HUB_CACHE": str(cache)}
    for name, value in {**settings, "HF_TOKEN_PATH": str(cache / "nobody"), "HF_HUB_DISABLE_XET": True}.items():
        monkeypatch.setattr(constants, name, value)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@dataclasses.dataclass
class Repository:
    """Its files by commit, and which commit each branch stands for."""

    tags: list[str] = dataclasses.field(default_factory=list)
    private: bool = False
    gated: bool = False
    commits: dict[str, dict[str, bytes]] = dataclasses.field(default_factory=dict)
    branches: dict[str, str] = dataclasses.field(default_factory=dict)
    claimed: dict[str, int] = dataclasses.field(default_factory=dict)
    """Sizes that it pretends its files to have."""

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        """Put files onto a branch; the commit's name."""
        everything = {**self.commits.get(self.branches.get(branch, ""), {}), **files}
        name = hashlib.sha1(f"{branch}{len(self.commits)}{sorted(everything.items())}".encode()).hexdigest()
        self.commits[name], self.branches[branch] = everything, name
        card = everything.get("README.md", b"").decode()
        front = card.split("---")[1] if card.startswith("---") else ""
        self.tags = re.findall(r"^- (\S+)", front, re.MULTILINE)
        self.tags += [f"license:{name}" for name in re.findall(r"^license: (\S+)", front, re.MULTILINE)]
        return name

    def at(self, revision: str) -> str | None:
        """The commit that a branch, a tag or a commit's name stands for."""
        return self.branches.get(revision, revision if revision in self.commits else None)


@dataclasses.dataclass
class Job:
    """A job as it was asked for; nothing runs it. `stage` and `message` are what the Hub is to say about it."""

    id: str
    namespace: str
    spec: dict
    stage: str = "SCHEDULING"
    message: str | None = None

    @property
    def told(self) -> dict:
        """What the Hub says about it: its secrets by their names alone."""
        names = ("dockerImage", "command", "arguments", "environment", "flavor", "labels")
        status = {"stage": self.stage, "message": self.message}
        owner = {"id": "1", "name": self.namespace, "type": "user"}
        created = f"2026-01-31T12:00:{int(self.id[3:]):02}.000Z"
        kept = {name: self.spec.get(name) for name in names}
        return {**kept, "id": self.id, "createdAt": created, "secrets": list(self.spec.get("secrets", {})), "status": status,
                "owner": owner}  # fmt: skip


class HubStandIn:
    """Serves until it is closed. `requests` are the methods and paths that were asked for, in order, and `ranges` the parts of
    files.

    A model repository is known by its name `user/name`, a data set repository by `datasets/user/name`.
    """

    def __init__(self):
        self.repositories: dict[str, Repository] = {}
        self.jobs: list[Job] = []
        self.no_jobs: int | None = None
        """A status that a new job is answered with."""
        self.stored: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.ranges: list[str] = []
        self.trouble: int | None = None
        """A status that every request is answered with."""
        self.delivery = Delivery()
        """How files are sent, and what is not answered for now."""
        self.listing: bytes | None = None
        """What a search is answered with, whatever there is."""
        self.gone = False
        stand_in = self

        class Handler(_Handler):
            hub = stand_in

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def add(self, name: str, folder: Path, **facts) -> Repository:
        """A repository with the files of a folder."""
        repository = self.repositories[name] = Repository(**facts)
        repository.commit({path.name: path.read_bytes() for path in folder.iterdir()})
        return repository

    def close(self) -> None:
        """Be out of reach from now on, for connections that are open too."""
        self.gone = True
        self.delivery.given_up.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    hub: HubStandIn
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.answer()

    def do_HEAD(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def do_PUT(self):
        self.answer()

    def answer(self):
        split = urlsplit(self.path)
        path, self.query = unquote(split.path), parse_qs(split.query)
        self.body = self.read_body()
        self.token = self.headers.get("authorization", "").removeprefix("Bearer ")
        if self.hub.gone:
            self.close_connection = True
            return None
        request, delivery = f"{self.command} {path}", self.hub.delivery
        self.hub.requests.append(request)
        self.hub.ranges += [self.headers["range"]] if "range" in self.headers else []
        if delivery.keeps_silent(request):
            self.close_connection = True
            return None
        if delivery.is_busy(request):
            return self.send(b"", 429, Retry_After=3600)
        if self.hub.trouble:
            return self.refuse(self.hub.trouble, None, "The stand-in has trouble.")
        if self.token not in ("", TOKEN, READ_ONLY):
            return self.refuse(401, None, "Invalid credentials in Authorization header")
        for method, pattern, respond in ROUTES:
            found = re.fullmatch(pattern, path)
            if method == ("GET" if self.command == "HEAD" else self.command) and found:
                return respond(self, **found.groupdict())
        return self.refuse(404, None, "There is nothing here.")

    def read_body(self):
        if self.headers.get("transfer-encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = []
        while length := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def send(self, content, status=200, **headers):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.begin(status, {"Content_Length": len(content), **headers})
        if self.command != "HEAD":
            self.wfile.write(content)

    def begin(self, status, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def refuse(self, status, code, message):
        self.send({"error": message}, status, X_Error_Message=message, **({"X_Error_Code": code} if code else {}))

    def repository(self, name, writing=False):
        """The repository that this token may see, or None where it was refused."""
        found = self.hub.repositories.get(name)
        if found is None or (found.private and not self.token):
            self.refuse(404 if self.token else 401, "RepoNotFound", "Repository not found")
        elif writing and self.token != TOKEN:
            self.refuse(403, None, "You have no permission to write here.")
        else:
            return found

    def commit_of(self, repository, revision):
        commit = repository.at(revision)
        if commit is None:
            self.refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit

    # What is asked for

    def list_models(self):
        wanted, text = self.query.get("filter", []), self.query.get("search", [""])[0].lower()
        found = [
            self.listed(name, repository)
            for name, repository in self.hub.repositories.items()
            if set(wanted) <= set(repository.tags)
            and text in name.lower()
            and not repository.private
            and not name.startswith("datasets/")
        ]
        self.send(found[: int(self.query["limit"][0])] if self.hub.listing is None else self.hub.listing)

    def listed(self, name, repository):
        name = name.removeprefix("datasets/")
        facts = {"id": name, "author": name.partition("/")[0], "tags": repository.tags, "likes": 3, "downloads": 14}
        return {**facts, "lastModified": "2026-01-31T12:00:00.000Z", "private": repository.private}

    def model_info(self, name, revision="main"):
        if (repository := self.repository(name)) and (commit := self.commit_of(repository, revision)):
            files = [{"rfilename": path} for path in repository.commits[commit]]
            self.send({**self.listed(name, repository), "sha": commit, "siblings": files})

    def paths_info(self, name, revision):
        if (repository := self.repository(name)) and (commit := self.commit_of(repository, revision)):
            files = repository.commits[commit]
            wanted = [path for path in parse_qs(self.body.decode())["paths"] if path in files]
            self.send([self.entry(path, files[path], repository.claimed.get(path, len(files[path]))) for path in wanted])

    def entry(self, path, content, size):
        facts = {"type": "file", "path": path, "size": size, "oid": "0" * 40}
        stored = {"oid": hashlib.sha256(content).hexdigest(), "size": size, "pointerSize": 130}
        return {**facts, "lfs": stored} if path.endswith(LARGE) else facts

    def resolve(self, name, revision, path):
        if (repository := self.repository(name)) and (commit := self.commit_of(repository, revision)):
            if repository.gated:
                self.refuse(403, "GatedRepo", "Access to this repository is restricted.")
            elif path not in repository.commits[commit]:
                self.refuse(404, "EntryNotFound", "Entry not found")
            else:
                content = repository.commits[commit][path]
                if self.hub.delivery.redirects and path.endswith(LARGE):
                    return redirect(self, content, commit)
                deliver(self, content, {"X_Repo_Commit": commit, "ETag": f'"{hashlib.sha1(content).hexdigest()}"'})

    def cdn(self, oid):
        if self.token:
            return self.refuse(400, None, "Only one auth mechanism allowed")
        deliver(self, self.hub.stored[oid], {})

    def create(self):
        asked = json.loads(self.body)
        name = f"{asked['organization']}/{asked['name']}"
        name = f"datasets/{name}" if asked.get("type") == "dataset" else name
        if self.token != TOKEN:
            return self.refuse(403, None, "You have no permission to make a repository here.")
        if name in self.hub.repositories:
            return self.refuse(409, None, "You already created this model repo")
        repository = self.hub.repositories[name] = Repository(private=asked.get("visibility") == "private")
        repository.commit({".gitattributes": b"*.eqx filter=lfs"})
        self.send({"url": f"{self.hub.endpoint}/{name}", "name": name})

    def branch(self, name, branch):
        if repository := self.repository(name, writing=True):
            repository.branches.setdefault(branch, repository.branches["main"])
            self.send({})

    def validate(self):
        content = json.loads(self.body)["content"]
        if "license: " in content:
            return self.send({"errors": [], "warnings": []})
        return self.send({"errors": [{"message": '"license" is missing'}], "warnings": []}, 400)

    def preupload(self, name, revision):
        if self.repository(name, writing=True):
            paths = [file["path"] for file in json.loads(self.body)["files"]]
            modes = ["lfs" if path.endswith(LARGE) else "regular" for path in paths]
            files = zip(paths, modes, strict=True)
            self.send({"files": [{"path": path, "uploadMode": mode, "shouldIgnore": False} for path, mode in files]})

    def lfs_batch(self, name):
        if self.repository(name, writing=True):
            objects = json.loads(self.body)["objects"]
            for wanted in objects:
                wanted["actions"] = {"upload": {"href": f"{self.hub.endpoint}/store/{wanted['oid']}"}}
            self.send({"transfer": "basic", "objects": objects})

    def store(self, oid):
        assert hashlib.sha256(self.body).hexdigest() == oid
        self.hub.stored[oid] = self.body
        self.send({})

    def commit(self, name, revision):
        if repository := self.repository(name, writing=True):
            lines = [json.loads(line) for line in self.body.splitlines()]
            values = [(line["key"], line["value"]) for line in lines]
            files = {value["path"]: base64.b64decode(value["content"]) for key, value in values if key == "file"}
            files |= {value["path"]: self.hub.stored[value["oid"]] for key, value in values if key == "lfsFile"}
            commit = repository.commit(files, revision)
            self.send({"commitUrl": f"{self.hub.endpoint}/{name}/commit/{commit}", "commitOid": commit})

    def run_job(self, namespace):
        if self.token != TOKEN:
            return self.refuse(401 if not self.token else 403, None, "You may not start jobs here.")
        if self.hub.no_jobs:
            return self.refuse(self.hub.no_jobs, None, "Pre-paid credits are needed for jobs.")
        job = Job(f"job{len(self.hub.jobs)}", namespace, json.loads(self.body))
        self.hub.jobs.append(job)
        self.send(job.told)

    def list_jobs(self, namespace):
        if self.token not in (TOKEN, READ_ONLY):
            return self.refuse(401, None, "Invalid credentials.")
        wanted = dict(label.split("=", 1) for label in self.query.get("label", []))
        jobs = [job for job in self.hub.jobs if job.namespace == namespace]
        self.send([job.told for job in jobs if wanted.items() <= job.spec.get("labels", {}).items()])


NAME = r"(?P<name>[^/]+/[^/]+)"
DATASET = r"(?P<name>datasets/[^/]+/[^/]+)"
ROUTES = [
    ("GET", r"/api/models", _Handler.list_models),
    ("POST", r"/api/repos/create", _Handler.create),
    ("POST", r"/api/validate-yaml", _Handler.validate),
    ("PUT", r"/store/(?P<oid>[0-9a-f]+)", _Handler.store),
    ("GET", r"/cdn/(?P<oid>[0-9a-f]+)", _Handler.cdn),
    ("POST", r"/api/jobs/(?P<namespace>[^/]+)", _Handler.run_job),
    ("GET", r"/api/jobs/(?P<namespace>[^/]+)", _Handler.list_jobs),
]
for api, page in ((f"/api/models/{NAME}", f"/{NAME}"), (f"/api/{DATASET}", f"/{DATASET}")):
    ROUTES += [
        ("GET", api, _Handler.model_info),
        ("GET", rf"{api}/revision/(?P<revision>.+)", _Handler.model_info),
        ("POST", rf"{api}/paths-info/(?P<revision>.+)", _Handler.paths_info),
        ("GET", rf"{page}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", _Handler.resolve),
        ("POST", rf"{api}/branch/(?P<branch>.+)", _Handler.branch),
        ("POST", rf"{api}/preupload/(?P<revision>.+)", _Handler.preupload),
        ("POST", rf"{page}\.git/info/lfs/objects/batch", _Handler.lfs_batch),
        ("POST", rf"{api}/commit/(?P<revision>.+)", _Handler.commit),
    ]
