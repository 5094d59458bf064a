"""One student of the trial: what a browser asks the hub and the student's server for."""

import asyncio
import json
import uuid
from urllib.parse import urlencode

import requests
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

PATIENCE = 600


class Student:
    def __init__(self, hub, name, password):
        self.hub, self.name, self.password = hub, name, password
        self.browser = requests.Session()
        self.kernel = None

    def login(self):
        """Fills the login page in; whether the hub lets the student in."""
        self.browser.get(f"{self.hub}/hub/login", timeout=60).raise_for_status()
        form = {"username": self.name, "password": self.password, "_xsrf": self.token("/hub/")}
        answer = self.browser.post(f"{self.hub}/hub/login", data=form, allow_redirects=False, timeout=60)
        return answer.status_code == 302

    def start(self):
        """Asks for the server and follows the page that shows how far it is, to JupyterLab."""
        self.browser.get(f"{self.hub}/hub/spawn/{self.name}", timeout=PATIENCE).raise_for_status()
        progress = f"{self.hub}/hub/api/users/{self.name}/server/progress?" + urlencode({"_xsrf": self.token("/hub/")})
        headers = {"Accept": "text/event-stream"}
        with self.browser.get(progress, headers=headers, stream=True, timeout=PATIENCE) as events:
            events.raise_for_status()
            told = [json.loads(line[5:]) for line in events.iter_lines() if line.startswith(b"data:")]
        if not told or not told[-1].get("ready"):
            raise RuntimeError(f"the server of {self.name} did not start: {told[-1:]}")
        self.browser.get(self.own("lab/tree/TP"), timeout=PATIENCE).raise_for_status()

    def open(self):
        """A kernel of ours for a notebook, as JupyterLab asks for it."""
        session = {
            "path": "TP/essai.ipynb",
            "name": "essai.ipynb",
            "type": "notebook",
            "kernel": {"name": "rust-tp"},
        }
        answer = self.browser.post(self.own("api/sessions"), json=session, headers=self.headers(), timeout=PATIENCE)
        answer.raise_for_status()
        self.kernel = answer.json()["kernel"]["id"]

    def run(self, code):
        """What a cell answers, or prints."""
        return asyncio.run(self._run(code))

    async def _run(self, code):
        address = self.own(f"api/kernels/{self.kernel}/channels").replace("http", "ws", 1)
        prepared = self.browser.prepare_request(requests.Request("GET", self.own("")))
        socket = await websocket_connect(HTTPRequest(address, headers={"Cookie": prepared.headers["Cookie"]}))
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        await socket.write_message(json.dumps(message))
        said = []
        while True:
            text = await asyncio.wait_for(socket.read_message(), PATIENCE)
            if text is None:
                raise RuntimeError(f"the server of {self.name} hung up")
            message = json.loads(text)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "error":
                raise RuntimeError(f"the cell of {self.name} failed: {content}")
            if kind == "execute_result":
                said.append(content["data"]["text/plain"])
            if kind == "stream":
                said.append(content["text"])
            if kind == "status" and content["execution_state"] == "idle":
                socket.close()
                return "".join(said).strip()

    def sees(self, other):
        """Whether the server of another student answers this one."""
        address = f"{self.hub}/user/{other.name}/api/contents"
        answer = self.browser.get(address, timeout=60)
        return answer.ok and answer.url == address

    def stop(self):
        """As the hub's own page stops the server."""
        address = f"{self.hub}/hub/api/users/{self.name}/server"
        headers = {"X-XSRFToken": self.token("/hub/")}
        self.browser.delete(address, headers=headers, timeout=PATIENCE).raise_for_status()

    def own(self, path):
        return f"{self.hub}/user/{self.name}/{path}"

    def headers(self):
        return {"X-XSRFToken": self.token(f"/user/{self.name}/")}

    def token(self, path):
        return self.browser.cookies.get("_xsrf", path=path)
