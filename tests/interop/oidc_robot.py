"""A person at a browser, for oidc_provider.py: logs in, then consents or refuses.

As a program it is the browser that a login starts:

    oidc_robot.py AUTHORITY USER yes|no ADDRESS
"""

import html
import http.cookiejar
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request

LIMIT = 60
STEPS_MAX = 20
FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.S)
CANCEL = re.compile(r'<a href="([^"]+)">\[ Cancel ]</a>')


class OwnRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def attribute(tag, name):
    found = re.search(r'\b%s="([^"]*)"' % name, tag)
    return html.unescape(found.group(1)) if found else ""


class Robot:
    def __init__(self, authority, user, consents=True):
        self.user, self.consents = user, consents
        context = ssl.create_default_context(cafile=authority)
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context), OwnRedirects(),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def load(self, address, form=None):
        """(where it leads, None) or (None, the page)"""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            reply = self.opener.open(address, data, LIMIT)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            page = reply.read().decode()
            if reply.status in (302, 303):
                return urllib.parse.urljoin(address, reply.headers["Location"]), None
        return None, page

    def answer(self, page):
        """(the address, the form) that the person chooses; None: it is the end."""
        form = FORM.search(page)
        if form is None:
            return None
        fields = {attribute(tag, "name"): attribute(tag, "value")
                  for tag in re.findall("<input[^>]*>", form.group(2))}
        if "login" in fields:
            fields.update(login=self.user, password="any")
        elif not self.consents and "confirm" in fields:
            fields["abort"] = "yes"
        elif not self.consents and fields.get("prompt") == "consent":
            return html.unescape(CANCEL.search(page).group(1)), None
        return html.unescape(form.group(1)), fields

    def browse(self, address):
        """Answers all pages; returns the address of this machine that it was sent
        to, or the last page of the provider."""
        form = None
        for _ in range(STEPS_MAX):
            leads_to, page = self.load(address, form)
            step = (leads_to, None) if leads_to else self.answer(page)
            # Whoever has refused a code is asked for another one.
            if step is None or "abort" in (form or ()):
                return page
            leads_to, form = step
            address = urllib.parse.urljoin(address, leads_to)
            if address.startswith("http://"):
                return address
        raise AssertionError("the pages do not end")

    def log_in(self, address):
        """As a browser on this machine, which shows where it was sent to."""
        return self.load(self.browse(address))[1]


if __name__ == "__main__":
    AUTHORITY, USER, CONSENTS, ADDRESS = sys.argv[1:]
    Robot(AUTHORITY, USER, CONSENTS == "yes").log_in(ADDRESS)
