"""A real SMTP server (aiosmtpd) whose mails land as files, each written whole; AUTH, STARTTLS and implicit TLS as told."""
import asyncio, base64, json, os, ssl, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

settings = json.loads(sys.argv[1])
folder = settings["folder"]
count = len([name for name in os.listdir(folder) if name.endswith(".json")])


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        state = os.path.join(folder, "answer")
        if os.path.exists(state):
            with open(state) as file:
                return file.read().strip()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        count += 1
        name = f"{count:06d}"
        fact = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": server.transport.get_extra_info("sslcontext") is not None,
                "user": str(session.auth_data or ""), "at": time.time(), "mail": envelope.content.decode("utf-8", "surrogateescape")}
        with open(os.path.join(folder, name + ".part"), "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(fact, file)
        os.rename(os.path.join(folder, name + ".part"), os.path.join(folder, name + ".json"))
        return f"250 OK queued as {name}"


class TokenSink(Sink):
    """Knows XOAUTH2 besides, as Google and Microsoft describe it."""

    async def auth_XOAUTH2(self, server, args):
        known = base64.b64decode(args[1]) == f"user={settings['user']}\x01auth=Bearer {settings['token']}\x01\x01".encode()
        return AuthResult(success=known, handled=False, auth_data=settings["user"] if known else None)


def authenticate(server, session, envelope, mechanism, data):
    known = data.login.decode() == settings["user"] and data.password.decode() == settings["password"]
    return AuthResult(success=known, handled=False, auth_data=settings["user"] if known else None)


options = {}
if settings.get("certificate"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings["certificate"], settings["key"])
    options.update({"ssl_context": context} if settings.get("implicit") else {"tls_context": context, "require_starttls": True})
if settings.get("user"):
    options.update(authenticator=authenticate, auth_required=True, auth_require_tls="tls_context" in options)
    if settings.get("mechanism"):
        options.update(auth_exclude_mechanism=[name for name in ("LOGIN", "PLAIN", "XOAUTH2") if name != settings["mechanism"]])
handler = TokenSink() if settings.get("token") else Sink()
controller = Controller(handler, hostname="127.0.0.1", port=settings["port"], ready_timeout=20, **options)
# It looks whether it answers by calling itself, without our authority.
controller._trigger_server = lambda: None
controller.start()
print("listening", flush=True)
asyncio.new_event_loop().run_forever()
