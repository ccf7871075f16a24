#include "folder.h"

#include "profile/effective_settings.h"
#include "profile/profile_choice.h"
#include "profile/profiles.h"

/*
 * One configuration file (NULL: none is read), the command line, and what
 * comes of it: parts of --explain, or of the error.
 */
#define PIN                                       \
	"sha256:00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"

struct choose_row {
	const char *name;
	const char *config;
	const char *sets[3];
	const char *profile, *environment, *sender, *from;
	const char *chosen; /* the first line's beginning; NULL: refused */
	const char *expected[4];
	enum error_kind kind;
	bool has_trust, trust_is_closed; /* a file ca.pem beside it */
};

#define S "server = smtp://a.example\n"
#define MX "server = mx:\nehlo-name = mail.example.org\n"
#define TWO "[a]\n" S "[b]\n" S
#define MATCHES                                        \
	"[a]\n" S "match = *@a.example\n"              \
	"[b]\n" S "match = x@b.example, *@B.example\n" \
	"[c]\n" S "match = *@b.example, *@c.example\n" \
	"[default]\n" S

static const struct choose_row choices[] = {
    /* which profile */
    {.name = "no file at all",
	.chosen = "profile = default",
	.expected = {"server = smtp://localhost:25 ", "tls = opportunistic "}},
    {.name = "no file, but tls",
	.sets = {"tls=required"},
	.chosen = "profile = default",
	.expected = {"server = smtp://localhost:25 ", "tls = required "}},
    {.name = "no file, but a server",
	.sets = {"server=smtp://b"},
	.chosen = "profile = default",
	.expected = {"server = smtp://b:587 ", "tls = required "}},
    {.name = "no file and a name",
	.profile = "work",
	.expected = {"no configuration file"},
	.kind = ERROR_CONFIG},
    {.name = "no file, SMTPOST_PROFILE names one",
	.environment = "work",
	.expected = {"\"work\" (environment SMTPOST_PROFILE)"},
	.kind = ERROR_CONFIG},
    {.name = "empty file",
	.config = "",
	.expected = {"no server"},
	.kind = ERROR_CONFIG},
    {.name = "no [name] at all",
	.config = S,
	.chosen = "profile = default",
	.expected = {"server = smtp://a.example:587 ", "config:1"}},
    {.name = "the only one",
	.config = "[a]\n" S,
	.chosen = "profile = a",
	.expected = {"the only profile"}},
    {.name = "two",
	.config = TWO,
	.expected = {"-P with one of a, b"},
	.kind = ERROR_CONFIG},
    {.name = "-P",
	.config = TWO,
	.profile = "b",
	.chosen = "profile = b",
	.expected = {" -P\n"}},
    {.name = "-P unknown",
	.config = TWO,
	.profile = "c",
	.expected = {"\"c\": there is no", "are a, b"},
	.kind = ERROR_CONFIG},
    {.name = "-P in another case",
	.config = TWO,
	.profile = "A",
	.expected = {"there is no"},
	.kind = ERROR_CONFIG},
    {.name = "-P empty",
	.config = "[a]\n" S,
	.profile = "",
	.expected = {"there is no"},
	.kind = ERROR_CONFIG},
    {.name = "-P with controls",
	.config = TWO,
	.profile = "\033[2J",
	.expected = {"\"\\x1b[2J\""},
	.kind = ERROR_CONFIG},
    {.name = "SMTPOST_PROFILE",
	.config = TWO,
	.environment = "b",
	.chosen = "profile = b",
	.expected = {" environment SMTPOST_PROFILE\n"}},
    {.name = "SMTPOST_PROFILE unknown",
	.config = TWO,
	.environment = "c",
	.expected = {"environment SMTPOST_PROFILE"},
	.kind = ERROR_CONFIG},
    {.name = "SMTPOST_PROFILE empty",
	.config = "[a]\n" S,
	.environment = "",
	.chosen = "profile = a"},
    {.name = "-P before SMTPOST_PROFILE",
	.config = TWO,
	.profile = "a",
	.environment = "b",
	.chosen = "profile = a"},
    {.name = "SMTPOST_PROFILE before match",
	.config = MATCHES,
	.environment = "c",
	.sender = "x@a.example",
	.chosen = "profile = c"},
    {.name = "match",
	.config = MATCHES,
	.sender = "me@a.example",
	.chosen = "profile = a",
	.expected = {" match ", "config:3\n"}},
    {.name = "first match",
	.config = MATCHES,
	.sender = "me@b.example",
	.chosen = "profile = b"},
    {.name = "match without case",
	.config = MATCHES,
	.sender = "ME@A.Example",
	.chosen = "profile = a"},
    {.name = "match is of the whole",
	.config = MATCHES,
	.sender = "me@a.example.org",
	.chosen = "profile = default"},
    {.name = "match by From",
	.config = MATCHES,
	.from = "me@c.example",
	.chosen = "profile = c"},
    {.name = "match of the sender before From",
	.config = MATCHES,
	.sender = "me@a.example",
	.from = "me@c.example",
	.chosen = "profile = a"},
    {.name = "no match: From is not asked",
	.config = MATCHES,
	.sender = "me@x.example",
	.from = "me@c.example",
	.chosen = "profile = default"},
    {.name = "null sender",
	.config = MATCHES,
	.sender = "<>",
	.from = "me@c.example",
	.chosen = "profile = c"},
    {.name = "empty sender",
	.config = MATCHES,
	.sender = "",
	.from = "me@c.example",
	.chosen = "profile = c"},
    {.name = "no addresses", .config = MATCHES, .chosen = "profile = default"},
    {.name = "match of a bare name at the domain",
	.config = "domain = c.example\n" MATCHES,
	.sender = "me",
	.chosen = "profile = c"},
    {.name = "match of a bare From at the domain",
	.config = "domain = c.example\n" MATCHES,
	.from = "me",
	.chosen = "profile = c"},
    {.name = "match at a further name of this machine",
	.config =
	    "domain = c.example\nlocal-domains = box, x.example\n" MATCHES,
	.sender = "me@X.example",
	.chosen = "profile = c"},
    {.name = "match is not inherited",
	.chosen = "profile = b",
	.config = "[a]\nextends = b\n[b]\n" S "match = *@b\n",
	.sender = "x@b"},
    {.name = "match with a variable not set",
	.config = "[a]\nmatch = ${SMTPOST_NO_SUCH}\n" S,
	.sender = "x@b",
	.expected = {"config:2:9: ${SMTPOST_NO_SUCH}"},
	.kind = ERROR_CONFIG},
    {.name = "no server in it",
	.config = "[a]\nuser = me\n[b]\n" S,
	.profile = "a",
	.expected = {"\"a\": it has no server"},
	.kind = ERROR_CONFIG},

    /* defaults, extends, the command line */
    {.name = "defaults for all",
	.config = "tls = none\nuser = x\n" TWO,
	.profile = "b",
	.chosen = "profile = b",
	.expected = {"tls = none ", "user = x ", "config:2\n"}},
    {.name = "own before defaults",
	.config = "user = x\n[a]\n" S "user = y\n",
	.chosen = "profile = a",
	.expected = {"user = y ", "config:4\n"}},
    {.name = "extends",
	.config = "user = d\ndomain = d.example\n"
		  "[b]\n" S "user = b\n[a]\nextends = b\n",
	.profile = "a",
	.chosen = "profile = a",
	.expected = {"user = b ", "domain = d.example ", "extends = b "}},
    {.name = "chain",
	.config = "[a]\nextends = b\n[b]\nextends = c\n[c]\n" S,
	.profile = "a",
	.chosen = "profile = a",
	.expected = {"server = smtp://a.example:587 ", "extends = b "}},
    {.name = "match is not inherited either way",
	.profile = "a",
	.config = "[b]\nmatch = *\n" S "[a]\nextends = b\n",
	.chosen = "profile = a",
	.expected = {"match =  "}},
    {.name = "circle",
	.config = "[a]\nextends = b\n[b]\nextends = a\n" S,
	.profile = "a",
	.expected = {"config:4:11: ", "in a circle"},
	.kind = ERROR_CONFIG},
    {.name = "of itself",
	.config = "[a]\nextends = a\n" S,
	.expected = {"in a circle"},
	.kind = ERROR_CONFIG},
    {.name = "extends an unknown profile",
	.config = "[a]\nextends = b\n" S,
	.expected = {"config:2:11: ", "no such profile"},
	.kind = ERROR_CONFIG},
    {.name = "a circle of other profiles",
	.profile = "b",
	.chosen = "profile = b",
	.config = "[a]\nextends = a\n[b]\n" S},
    {.name = "extends for all",
	.config = "extends = a\n" TWO,
	.expected = {"config:1:1: extends is for one"},
	.kind = ERROR_CONFIG},
    {.name = "match for all",
	.config = "match = *\n" TWO,
	.expected = {"config:1:1: match is for one"},
	.kind = ERROR_CONFIG},
    {.name = "--set before all",
	.config = "[a]\n" S "user = x\n",
	.sets = {"user=y", "user = z", "tls=none"},
	.chosen = "profile = a",
	.expected = {"user = z ", " --set\n", "tls = none "}},
    {.name = "--set takes away",
	.config = "[a]\n" S "user = x\n",
	.sets = {"user="},
	.chosen = "profile = a",
	.expected = {"user =  ", " --set\n"}},
    {.name = "--set takes $ as it is",
	.config = S,
	.sets = {"user=$${A}~/"},
	.chosen = "profile = default",
	.expected = {"user = $${A}~/ "}},
    {.name = "--set takes quotes as they are",
	.config = S,
	.sets = {"full-name=\"A\""},
	.chosen = "profile = default",
	.expected = {"full-name = \"A\" "}},
    {.name = "--set without =",
	.config = S,
	.sets = {"user"},
	.expected = {"--set: not of the form"},
	.kind = ERROR_USAGE},
    {.name = "--set unknown",
	.config = S,
	.sets = {"sevrer=x"},
	.expected = {"\"sevrer\"\n", "\"server\""},
	.kind = ERROR_USAGE},
    {.name = "--set bad value",
	.config = S,
	.sets = {"tls=maybe"},
	.expected = {"--set: cannot set tls to \"maybe\""},
	.kind = ERROR_USAGE},
    {.name = "--set password",
	.config = S,
	.sets = {"password=hunter2"},
	.expected = {"password-file"},
	.kind = ERROR_USAGE},
    {.name = "--set oauth-client-secret",
	.config = S,
	.sets = {"oauth-client-secret=hunter2"},
	.expected = {"all users can see a client secret",
	    "use oauth-client-secret-file"},
	.kind = ERROR_USAGE},
    {.name = "--set password in a URL",
	.config = S,
	.sets = {"server=smtp://me:hunter2@b"},
	.expected = {"password-fd"},
	.kind = ERROR_USAGE},
    {.name = "--set with a line feed",
	.config = S,
	.sets = {"user=a\nb"},
	.expected = {"a\\x0ab"},
	.kind = ERROR_USAGE},
    {.name = "--set extends",
	.config = "[a]\n" S "[b]\nuser = b\n",
	.sets = {"extends=b"},
	.profile = "a",
	.chosen = "profile = a",
	.expected = {"user = b "}},
    {.name = "--set extends to another server",
	.config = "[o]\n" S "[e]\nserver = smtp://e\n"
		  "[a]\nextends = o\nuser = me\n",
	.sets = {"extends=e"},
	.profile = "a",
	.chosen = "profile = a",
	.expected = {"smtp://e:587", "user =  ", "dropped: another server"}},

    {.name = "own server, weaker TLS",
	.config = S "user = me\n",
	.sets = {"server=smtp://a.example", "tls=opportunistic"},
	.profile = "default",
	.chosen = "profile = default",
	.expected = {"user =  ", "dropped: another server"}},
    {.name = "own server, same TLS",
	.config = S "user = me\n",
	.sets = {"server=smtp://a.example", "tls=required"},
	.profile = "default",
	.chosen = "profile = default",
	.expected = {"user = me "}},
    {.name = "another server and a login for it",
	.config = S "user = me\n",
	.sets = {"server=smtp://b", "user=you", "password-fd=3"},
	.profile = "default",
	.chosen = "profile = default",
	.expected = {"user = you ", "password-fd = 3 "}},

    /* values of profiles that are not chosen */
    {.name = "bad value in another profile",
	.config = "[a]\n" S "[b]\ntls = x\n",
	.profile = "a",
	.expected = {"config:4:7: cannot set tls"},
	.kind = ERROR_CONFIG},
    {.name = "variable not set in another profile",
	.profile = "a",
	.config = "[a]\n" S "[b]\nuser = ${SMTPOST_NO_SUCH}\n",
	.chosen = "profile = a"},
    {.name = "variable not set here",
	.profile = "b",
	.config = "[a]\n" S "[b]\n" S "user = ${SMTPOST_NO_SUCH}\n",
	.expected = {"config:5:8: ${SMTPOST_NO_SUCH} is not set"},
	.kind = ERROR_CONFIG},
    {.name = "variable overridden",
	.sets = {"user=x"},
	.config = S "user = ${SMTPOST_NO_SUCH}\n",
	.chosen = "profile = default",
	.expected = {"user = x "}},
    {.name = "password with a control",
	.config = "password = ${CONTROL}\n" S,
	.expected = {"config:1:12: control character \\x0a"},
	.kind = ERROR_CONFIG},
    {.name = "relative path",
	.chosen = "profile = default",
	.config = S "tls-trust = ca.pem\n",
	.has_trust = true,
	.expected = {"tls-trust = /tmp/smtpost-profile-", "/ca.pem "}},

    /* What is needed on the wire has to be there before it. */
    {.name = "tls-trust is not there",
	.config = S "tls-trust = ca.pem\n",
	.expected = {"cannot read the certificates to trust in /tmp/",
	    "/ca.pem: No such file"},
	.kind = ERROR_CONFIG},
    {.name = "oauth-tls-trust is not there",
	.config = S "user = me\noauth = google\noauth-tls-trust = ca.pem\n",
	.expected = {"cannot read the certificates to trust in /tmp/",
	    "/ca.pem: No such file"},
	.kind = ERROR_CONFIG},
    {.name = "oauth-tls-trust without oauth",
	.chosen = "profile = default",
	.config = S "oauth-tls-trust = ca.pem\n",
	.expected = {"oauth-tls-trust = /tmp/", "/ca.pem "}},
    {.name = "tls-trust is a folder",
	.config = S "tls-trust = .\n",
	.expected = {"cannot read the certificates", "not a regular file"},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust is a device",
	.config = S "tls-trust = /dev/null\n",
	.expected = {"/dev/null: not a regular file"},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust on the command line",
	.config = S,
	.sets = {"tls-trust=/nonexistent/ca.pem"},
	.expected = {"in /nonexistent/ca.pem: "},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust behind a file",
	.has_trust = true,
	.config = S "tls-trust = ca.pem/x\n",
	.expected = {"/ca.pem/x: "},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust in a profile that is not chosen",
	.profile = "a",
	.config = "[a]\n" S "[b]\n" S "tls-trust = ca.pem\n",
	.chosen = "profile = a",
	.expected = {"tls-trust = system "}},
    {.name = "tls-trust without TLS",
	.sets = {"tls=none"},
	.config = S "tls-trust = ca.pem\n",
	.chosen = "profile = default",
	.expected = {"/ca.pem "}},
    {.name = "tls-trust without rights",
	.has_trust = true,
	.trust_is_closed = true,
	.config = S "tls-trust = ca.pem\n",
	.expected = {"/ca.pem: Permission denied"},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust = pin",
	.chosen = "profile = default",
	.config = S "tls-trust = pin\ntls-pin = " PIN "\n",
	.expected = {"tls-trust = pin ", "tls-pin = " PIN " "}},
    {.name = "a pin beside trust",
	.chosen = "profile = default",
	.config = S "tls-pin = " PIN "\n",
	.expected = {"tls-trust = system ", "tls-pin = " PIN " "}},
    {.name = "tls-trust = pin and no pin",
	.config = S "tls-trust = pin\n",
	.expected = {"tls-trust = pin needs tls-pin = sha256:"},
	.kind = ERROR_CONFIG},
    {.name = "tls-trust = pin without TLS",
	.chosen = "profile = default",
	.sets = {"tls=none"},
	.config = S "tls-trust = pin\n"},
    {.name = "a pin that is not checked",
	.kind = ERROR_CONFIG,
	.config = S "tls = opportunistic\ntls-pin = " PIN "\n",
	.expected = {"tls-pin has no effect with tls = opportunistic"}},
    {.name = "a pin of the wrong form",
	.kind = ERROR_CONFIG,
	.config = S "tls-pin = sha256:00\n",
	.expected = {"config:2:11: ", "64 hex digits or 44 of base64"}},
    {.name = "tls-priority",
	.chosen = "profile = default",
	.config = S "tls-priority = -CIPHER-ALL:+AES-256-GCM\n",
	.expected = {"tls-priority = -CIPHER-ALL:+AES-256-GCM "}},
    {.name = "tls-priority that GnuTLS refuses",
	.kind = ERROR_CONFIG,
	.config = S "tls-priority = +AES-9-GCM\n",
	.expected = {"cannot use tls-priority: GnuTLS does not understand"}},
    {.name = "tls-priority that leaves nothing",
	.kind = ERROR_CONFIG,
	.config = S "tls-priority = -VERS-ALL\n",
	.expected = {"cannot use tls-priority: "}},
    /* server = mx: */
    {.name = "mx: TLS is opportunistic",
	.config = MX,
	.chosen = "profile = default",
	.expected = {"server = mx: ", "tls = opportunistic "}},
    {.name = "mx: TLS is required where a setting says so",
	.config = MX "tls = required\n",
	.chosen = "profile = default",
	.expected = {"tls = required "}},
    {.name = "mx: without a login",
	.config = MX "auth = none\n",
	.chosen = "profile = default",
	.expected = {"server = mx: "}},
    {.name = "mx: a list of revoked certificates has an effect",
	.config = MX "tls-crl = ca.pem\n",
	.has_trust = true,
	.chosen = "profile = default",
	.expected = {"tls-crl = "}},
    {.name = "mx: the login of the profile is dropped for it",
	.config = S "user = me\npassword-command = echo x\n",
	.sets = {"server=mx:", "ehlo-name=mail.example.org"},
	.chosen = "profile = default",
	.expected = {"server = mx: ", "user =  "}},
    {.name = "mx: beside a server",
	.config = "server = mx:, smtp://a.example\n"
		  "ehlo-name = mail.example.org\n",
	.expected = {"mx: cannot stand beside another server"},
	.kind = ERROR_CONFIG},
    {.name = "mx: behind a server",
	.config = "server = smtp://a.example, mx:\n"
		  "ehlo-name = mail.example.org\n",
	.expected = {"mx: cannot stand beside another server"},
	.kind = ERROR_CONFIG},
    {.name = "mx: twice",
	.config = "server = mx:, mx:\nehlo-name = mail.example.org\n",
	.expected = {"mx: cannot stand beside another server"},
	.kind = ERROR_CONFIG},
    {.name = "mx: no name",
	.config = "server = mx:\n",
	.expected = {"needs an ehlo-name that other machines know",
	    "hint: set ehlo-name"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a name without a dot",
	.config = "server = mx:\nehlo-name = mail\n",
	.expected = {"needs an ehlo-name that other machines know"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a name that is an address",
	.config = "server = mx:\nehlo-name = [192.0.2.1]\n",
	.expected = {"needs an ehlo-name that other machines know"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a name of this machine only",
	.config = "server = mx:\nehlo-name = localhost.localdomain\n",
	.expected = {"needs an ehlo-name that other machines know"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a name of this network only",
	.config = "server = mx:\nehlo-name = box.local\n",
	.expected = {"needs an ehlo-name that other machines know"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a certificate of the client",
	.config = MX "tls-cert = /x\n",
	.expected = {"tls-cert contradicts server = mx:"},
	.kind = ERROR_CONFIG},
    {.name = "mx: all or nothing",
	.config = MX "partial = all-or-nothing\n",
	.expected = {"partial = all-or-nothing contradicts server = mx:",
	    "hint: partial = best-effort"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a pin",
	.config = MX "tls-pin = " PIN "\n",
	.expected = {"tls-pin contradicts server = mx:",
	    "hint: remove tls-pin"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a proxy",
	.config = MX "proxy = http://a:1\n",
	.expected = {"proxy contradicts server = mx:"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a proxy command",
	.config = MX "proxy = command:ssh a nc %h %p\n",
	.expected = {"proxy contradicts server = mx:"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a user",
	.config = MX "user = me\n",
	.expected = {"user contradicts server = mx:"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a password",
	.config = MX "password-command = echo x\n",
	.expected = {"password-command contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a file with a password",
	.config = MX "password-file = /x\n",
	.expected = {"password-file contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a token",
	.config = MX "token-command = echo x\n",
	.expected = {"token-command contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: OAuth",
	.config = MX "oauth = google\n",
	.expected = {"oauth contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: auth",
	.config = MX "auth = PLAIN\n",
	.expected = {"auth contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a proxy",
	.config = MX "proxy = socks5://p\n",
	.expected = {"proxy contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "mx: a name of the certificate",
	.config = MX "tls-host = a.example\n",
	.expected = {"tls-host contradicts"},
	.kind = ERROR_CONFIG},
    {.name = "smtps and tls = none",
	.config = "server = smtps://a\ntls=none\n",
	.expected = {"tls = none contradicts smtps://a:465"},
	.kind = ERROR_CONFIG},
    {.name = "smtps second and tls = none",
	.sets = {"tls=none"},
	.config = "server = smtp://a, smtps://b\n",
	.expected = {"contradicts smtps://b:465"},
	.kind = ERROR_CONFIG},
};

static void
check_row(const struct choose_row *row, const char *config)
{
	struct span sets[3], origins[3];
	struct profile_sources sources = {.config = config,
	    .has_server = row->config == NULL,
	    .sets = sets,
	    .set_origins = origins,
	    .report = REPORT_TEXT};
	struct error err = {0};
	struct buf text = {0};
	struct profile profile;
	struct profiles *profiles;
	bool done = false;

	while (sources.set_count < 3 && row->sets[sources.set_count] != NULL) {
		origins[sources.set_count] = SPAN("--set");
		sets[sources.set_count] =
		    span_from(row->sets[sources.set_count]);
		sources.set_count++;
	}
	profiles = profiles_load(&sources, &err);
	if (profiles != NULL)
		done = profile_choice_make(&profile, profiles, row->profile,
		    row->sender, row->from, &err);
	if (done) {
		effective_settings_add(&profile, &text);
		profile_free(&profile);
	} else {
		buf_add_text(&text, err.text);
	}
	profiles_free(profiles);
	if (done != (row->chosen != NULL))
		fail_msg("%s", buf_text(&text));
	assert_lacks(buf_text(&text), "hunter2");
	if (!done)
		assert_int_equal(err.kind, row->kind);
	else
		assert_memory_equal(
		    buf_text(&text), row->chosen, strlen(row->chosen));
	for (size_t i = 0; i < 4 && row->expected[i] != NULL; i++)
		assert_contains(buf_text(&text), row->expected[i]);
	buf_free(&text);
}

static void
test_choose(void **state)
{
	const struct choose_row *row = *state;
	struct folder folder;
	char *path;

	if (row->trust_is_closed && geteuid() == 0)
		rows_skip("root can read every file");
	folder_make(&folder);
	setenv("CONTROL", "a\nb", 1);
	unsetenv("SMTPOST_NO_SUCH");
	if (row->environment != NULL)
		setenv("SMTPOST_PROFILE", row->environment, 1);
	if (row->config != NULL)
		folder_write(&folder, "config", 0600, row->config);
	if (row->has_trust)
		folder_write(&folder, "ca.pem", row->trust_is_closed ? 0 : 0644,
		    "certificates\n");
	path = folder_path(&folder, "config");
	check_row(row, row->config != NULL ? path : NULL);
	free(path);
	folder_remove(&folder);
}

static void
test_missing_config(void **state)
{
	struct profile_sources sources = {.config = "/nonexistent/config"};
	struct error err = {0};

	(void)state;
	assert_null(profiles_load(&sources, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_contains(err.text, "cannot open /nonexistent/config");
}

/* "tls = none" lets credentials go in clear only if it is written there. */
static void
test_tls_is_set(void **state)
{
	static const struct {
		const char *config, *set;
		bool expected;
	} cases[] = {
	    {S, NULL, false},
	    {S "tls = required\n", NULL, true},
	    {"tls = none\n[a]\n" S, NULL, true},
	    {S, "tls=none", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span set = span_from(cases[i].set);
		struct span origin = SPAN("--set");
		struct profile_sources sources = {.sets = &set,
		    .set_origins = &origin,
		    .set_count = cases[i].set != NULL};
		struct error err = {0};
		struct profiles *profiles;
		struct profile profile;
		struct folder folder;
		char *path;

		folder_make(&folder);
		folder_write(&folder, "config", 0600, cases[i].config);
		path = folder_path(&folder, "config");
		sources.config = path;
		profiles = profiles_load(&sources, &err);
		assert_non_null(profiles);
		assert_true(profile_choice_make(
		    &profile, profiles, NULL, NULL, NULL, &err));
		assert_int_equal(profile.tls_is_set, cases[i].expected);
		profile_free(&profile);
		profiles_free(profiles);
		free(path);
		folder_remove(&folder);
	}
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "choose", choices, ROWS(choices), test_choose);
	rows_add_one(
	    &all, "a named file that is not there", test_missing_config);
	rows_add_one(&all, "tls in so many words", test_tls_is_set);
	return rows_end(&all);
}
