"""A difficult SMTP server: the demo's sink, which refuses whom it is told to and can hang up after the body."""

import asyncio
import email
import email.policy
import threading

from intranet.demo.sink import Folder


class Post(Folder):
    """`refuse` maps an address to the server's words; `at_body` does the same once the body came; `while_answering`
    maps one to what happens, elsewhere, between the recipient's acceptance and the body, `while_taking` between the body
    and the answer."""

    def __init__(self, folder):
        super().__init__(folder)
        self.refuse, self.at_body, self.hang_up = {}, {}, set()
        self.stall, self.connections = threading.Event(), 0
        self.stalls = set()
        self.while_answering, self.while_taking = {}, {}

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        if address in self.while_answering:
            await asyncio.to_thread(self.while_answering.pop(address))
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        if address in self.at_body:
            return self.at_body[address]
        answer = await super().handle_DATA(server, session, envelope)
        if address in self.while_taking:
            await asyncio.to_thread(self.while_taking.pop(address))
        if address in self.hang_up:
            server.transport.abort()
        if address in self.stalls:
            self.stall.set()
            await asyncio.sleep(30)
        return answer

    def mails(self):
        """Every message taken, oldest first."""
        files = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def addresses(self):
        return sorted(mail["To"].addresses[0].addr_spec for mail in self.mails())


def html(mail):
    return mail.get_body(("html",)).get_content()


def text(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
