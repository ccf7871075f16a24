#include "rows.h"

#include "base/mem.h"
#include "cli/redaction.h"
#include "profile/server_url.h"

struct redaction_row {
	const char *name, *text, *redacted;
};

/* For a profile with the names of make_profile. */
static const struct redaction_row texts[] = {
    {"nothing", "", ""},
    {"a sentence", "tls = none: what is sent can be read",
	"tls = none: what is sent can be read"},
    {"the user", "the login of jdoe was refused",
	"the login of *** was refused"},
    {"the user in other letters", "JDoe, jdoe", "***, ***"},
    {"the user inside of a word", "jdoes ajdoe jdoe-2 x_jdoe",
	"jdoes ajdoe jdoe-2 x_jdoe"},
    {"an address", "553 <bob@other.test>: not yours", "553 <***>: not yours"},
    {"an address that begins with a mark", "=me@example.net", "=***"},
    {"a lone @", "a @ b", "a @ b"},
    {"the sender's domain", "answers to corp.test cannot arrive",
	"answers to *** cannot arrive"},
    {"a part of that domain", "www.corp.test", "***"},
    {"the server", "smtps://post.corp.test:465 is silent",
	"smtps://***:465 is silent"},
    {"a server without a dot", "relayhost refuses", "*** refuses"},
    {"another host", "names mx7.hoster.example, outside", "names ***, outside"},
    {"a host at the end of a sentence", "see mx.hoster.example.", "see ***."},
    {"a host of a provider", "smtp.gmail.com refuses",
	"smtp.gmail.com refuses"},
    {"a provider's SPF", "v=spf1 include:_spf.google.com ~all",
	"v=spf1 include:_spf.google.com ~all"},
    {"the id of a check", "needs config.read", "needs config.read"},
    {"a scope", "https://outlook.office.com/SMTP.Send is missing, SMTP.Send",
	"https://outlook.office.com/SMTP.Send is missing, SMTP.Send"},
    {"a file", "/etc/resolv.conf", "/etc/resolv.conf"},
    {"versions and codes", "TLS1.3, 5.7.8, 1.4.2, 2026-12-11T00:00:00Z",
	"TLS1.3, 5.7.8, 1.4.2, 2026-12-11T00:00:00Z"},
    {"IPv4", "192.0.2.5 and 192.0.2.5:465", "*** and ***:465"},
    {"IPv4 at the end of a sentence", "from 192.0.2.5.", "from ***."},
    {"IPv4 in SPF", "v=spf1 ip4:192.0.2.0/24 -all", "v=spf1 ip4:***/24 -all"},
    {"IPv6", "2001:db8::5, [2001:db8::5]:465", "***, [***]:465"},
    {"IPv6 in SPF", "ip6:2001:db8::/32", "ip6:***/32"},
    {"the home folder", "/home/nobody-here/.config/smtpost/config:3",
	"***/.config/smtpost/config:3"},
    {"a file in it", "~/.netrc, ~/acme/pass and /home/nobody-here/acme/x",
	"~/.netrc, ~/***/*** and ***/***/***"},
    {"a file elsewhere", "'/etc/acme/mail.pem':3:1 is missing",
	"'/etc/***/***':3:1 is missing"},
    {"a folder", "/srv/acme/ (/acme)", "/srv/***/ (/***)"},
    {"no file", "1/2, a/b, / and //", "1/2, a/b, / and //"},
    {"a host in capitals", "MX9.Hoster.Example or HOSTER.EXAMPLE",
	"*** or ***"},
    {"another SPF record",
	"\"v=spf1 include:_spf.acme.example a:x.acme.example/24 "
	"exists:%{i}.x.acme.example ~all\"",
	"\"v=spf1 include:*** a:***/24 exists:%{i}.*** ~all\""},
    {"a service",
	"_submissions._tcp.acme.example, sel._domainkey.acme.example has",
	"***, *** has"},
    {"a URL of a provider", "https://support.google.com/mail/?p=x",
	"https://support.google.com/mail/?p=x"},
    {"a URL", "see http://www.acme.example/jane?x and https://acme.example:8/y",
	"see http://***/*** and https://***:8/***"},
    {"an IPv6 address with a zone", "fe80::1%eth0 and [fe80::1%wlan-acme]:25",
	"*** and [***]:25"},
    {"a host that ends in a dot and a colon",
	"mx.acme.example.: 550, mx.acme.example:25", "***.: 550, ***:25"},
    {"a host with a user", "ssh jane@acme", "ssh ***"},
    {"a host in quotes",
	"`mx.acme.example' {mx.acme.example} |mx.acme.example| "
	"host=mx.acme.example",
	"`***' {***} |***| host=***"},
    {"the manual", "see smtpost.conf(5)", "see smtpost.conf(5)"},
    {"octets that are not UTF-8", "\xff\xfe jdoe \x80", "\xff\xfe *** \x80"},
};

static void
make_profile(struct profile *profile, struct server *servers)
{
	struct error err;

	assert_true(server_url_parse(
	    &servers[0], SPAN("smtps://post.corp.test"), &err));
	assert_true(server_url_parse(&servers[1], SPAN("relayhost"), &err) ||
	    server_url_parse(&servers[1], SPAN("smtp://relayhost"), &err));
	*profile = (struct profile){
	    .servers = servers,
	    .server_count = 2,
	    .user = (char *)(uintptr_t) "jdoe",
	    .sender = (char *)(uintptr_t) "john@corp.test",
	};
}

static void
test_text(void **state)
{
	const struct redaction_row *row = *state;
	struct redaction redaction;
	struct server servers[2] = {{0}, {0}};
	struct profile profile;
	struct diagnosis diagnosis = {.profile = &profile};
	struct buf out = {0};

	make_profile(&profile, servers);
	redaction_init(&redaction, &diagnosis);
	*(char **)mem_append(&redaction.words, &redaction.count,
	    sizeof(char *)) = mem_copy_text("/home/nobody-here");
	redaction_add(&redaction, span_from(row->text), &out);
	assert_string_equal(buf_text(&out), row->redacted);
	buf_free(&out);
	redaction_free(&redaction);
	server_url_free(&servers[0]);
	server_url_free(&servers[1]);
}

static const struct redaction_row jsons[] = {
    {"a key stays", "{\"jdoe\":\"jdoe\",\"n\":3}",
	"{\"jdoe\":\"***\",\"n\":3}"},
    {"a list", "[\"a\",\"jdoe\"]", "[\"a\",\"***\"]"},
    {"a quote in a string", "{\"a\":\"\\\"jdoe\\\" b\",\"c\":\"jdoe\"}",
	"{\"a\":\"\\\"***\\\" b\",\"c\":\"***\"}"},
    {"a backslash at the end", "{\"a\":\"b\\\\\",\"c\":\"jdoe\"}",
	"{\"a\":\"b\\\\\",\"c\":\"***\"}"},
    {"the greeting",
	"{\"greeting\":{\"code\":220,\"text\":[\"a\",\"b\"]},"
	"\"ehlo\":[\"c\"]}",
	"{\"greeting\":{\"code\":220,\"text\":[\"***\",\"***\"]},"
	"\"ehlo\":[\"***\"]}"},
    {"the greeting is a string", "{\"greeting\":\"a\",\"b\":\"c\"}",
	"{\"greeting\":\"***\",\"b\":\"c\"}"},
    {"the greeting is the last member",
	"[{\"greeting\":[\"a\"]},{\"b\":\"c\"}]",
	"[{\"greeting\":[\"***\"]},{\"b\":\"c\"}]"},
    {"the lines of EHLO", "{\"ehlo\":[\"a\",\"b\"],\"ehlo-tls\":[\"c\"]}",
	"{\"ehlo\":[\"***\",\"b\"],\"ehlo-tls\":[\"***\"]}"},
    {"no EHLO", "{\"ehlo\":null,\"b\":\"c\"}", "{\"ehlo\":null,\"b\":\"c\"}"},
    {"an escape behind an address", "{\"a\":\"b@c\\\"d\\\\x00\"}",
	"{\"a\":\"***\\\"d\\\\x00\"}"},
    {"two lines", "[\"jdoe\\njdoe\"]", "[\"***\\n***\"]"},
};

static void
test_json(void **state)
{
	const struct redaction_row *row = *state;
	struct redaction redaction = {0};
	struct buf out = {0};

	*(char **)mem_append(&redaction.words, &redaction.count,
	    sizeof(char *)) = mem_copy_text("jdoe");
	redaction_add_json(&redaction, span_from(row->text), &out);
	assert_string_equal(buf_text(&out), row->redacted);
	buf_free(&out);
	redaction_free(&redaction);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "text", texts, ROWS(texts), test_text);
	rows_add(&all, "JSON", jsons, ROWS(jsons), test_json);
	return rows_end(&all);
}
