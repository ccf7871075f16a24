#include "doctor/diagnosed.h"

#include <time.h>

#include "doctor/config_check.h"

/* The findings of one check of a configuration. */
struct config_row {
	const char *name;
	const char *config;  /* NULL: there is no file */
	const char *profile; /* -P; NULL: none */
	const char *findings;
};

#define S "server = smtps://mail.example.com\n"

static const struct config_row reads[] = {
    {"one file", S, NULL,
	"ok  config.read  the configuration is read from "
	"FOLDER/.config/smtpost/config\n"},
    {"an included file", S "include more\n", NULL,
	"ok  config.read  the configuration is read from "
	"FOLDER/.config/smtpost/config and FOLDER/.config/smtpost/more\n"},
    {"no file", NULL, NULL,
	"failure  config.read  there is no configuration: looked for "
	"FOLDER/.config/smtpost/config and " SYSCONFDIR "/smtpost/config\n"
	"hint: smtpost --setup you@example.org makes one\n"},
    {"no file, but a profile is named", NULL, "work",
	"failure  config.read  there is no configuration: looked for "
	"FOLDER/.config/smtpost/config and " SYSCONFDIR "/smtpost/config\n"
	"hint: smtpost --setup you@example.org makes one\n"},
    {"a profile that is not there is another check's", S, "work",
	"ok  config.read  the configuration is read from "
	"FOLDER/.config/smtpost/config\n"},
    {"a mistake", "[work]\n" S "tls = no\n", NULL,
	"failure  config.read  FOLDER/.config/smtpost/config:3:7: cannot set "
	"tls to \"no\": tls must be required, opportunistic or none\n"},
    {"control characters", "ser\033[2Jver = x\n", NULL,
	"failure  config.read  FOLDER/.config/smtpost/config:1:4: control "
	"character \\x1b\n"},
};

struct mode_row {
	const char *name;
	mode_t mode;
	const char *config, *findings;
};

static const struct mode_row modes[] = {
    {"others can write", 0622, S,
	"failure  config.read  cannot trust FOLDER/.config/smtpost/config: "
	"others can write to it\n"
	"hint: chmod go-w 'FOLDER/.config/smtpost/config'\n"},
    {"others can read a password", 0644, S "user = me\npassword = hunter2\n",
	"failure  config.read  cannot trust FOLDER/.config/smtpost/config: it "
	"holds a secret and everybody can read it\n"
	"hint: chmod o-r 'FOLDER/.config/smtpost/config'\n"},
    {"others can read it without a password", 0644, S,
	"ok  config.read  the configuration is read from "
	"FOLDER/.config/smtpost/config\n"},
};

static const struct config_row profiles[] = {
    {"the only one", "[work]\n" S, NULL,
	"ok  config.profile  profile work, the only one\n"},
    {"without a name", S, NULL,
	"ok  config.profile  profile default, because nothing chooses another "
	"one\n"},
    {"-P", "[work]\n" S "match = *@example.com\n[home]\n" S, "work",
	"ok  config.profile  profile work, chosen by its name\n"},
    {"-P alone chooses it", "[work]\n" S "[home]\n" S, "work",
	"ok  config.profile  profile work, chosen by its name\n"
	"note  config.profile  only -P work chooses this profile: it has no "
	"match, and is not called default\n"},
    {"-P default", "[default]\n" S "[home]\n" S, "default",
	"ok  config.profile  profile default, chosen by its name\n"},
    {"an unknown name", "[work]\n" S "[home]\n" S, "wrk",
	"failure  config.profile  cannot use profile \"wrk\": there is no such "
	"profile\n"
	"hint: the profiles are work, home\n"},
    {"none is chosen", "[work]\n" S "[home]\n" S, NULL,
	"failure  config.profile  cannot choose a profile: none is named, none "
	"matches the sender and none is called \"default\"\n"
	"hint: use -P with one of work, home\n"},
    {"no server", "[work]\nuser = me\n", NULL,
	"failure  config.profile  cannot use profile \"work\": it has no "
	"server\n"
	"hint: server = smtps://HOST or smtp://HOST\n"},
};

#define PIN                                       \
	"sha256:00112233445566778899aabbccddeeff" \
	"00112233445566778899aabbccddeeff"
#define SAFE "ok  config.weak  no setting makes the connection less safe\n"

static const struct config_row weaknesses[] = {
    {"none", S, NULL, SAFE},
    {"tls = none", "server = smtp://mail.example.com\ntls = none\n", NULL,
	"warning  config.weak  tls = none: what is sent to mail.example.com "
	"can be read on the way\n"
	"write: tls = required\n"},
    {"tls = none on this machine", "server = smtp://LOCALHOST\ntls = none\n",
	NULL,
	"note  config.weak  tls = none: what is sent to LOCALHOST is not "
	"encrypted, but stays on this machine\n"},
    {"tls = none at 127.0.0.1", "server = smtp://127.0.0.1:25\ntls = none\n",
	NULL,
	"note  config.weak  tls = none: what is sent to 127.0.0.1 is not "
	"encrypted, but stays on this machine\n"},
    {"tls = none at ::1", "server = smtp://[::1]:25\ntls = none\n", NULL,
	"note  config.weak  tls = none: what is sent to ::1 is not encrypted, "
	"but stays on this machine\n"},
    {"a name that looks like loopback",
	"server = smtp://127.example.com\ntls = none\n", NULL,
	"warning  config.weak  tls = none: what is sent to 127.example.com "
	"can be read on the way\n"
	"write: tls = required\n"},
    {"tls = none, here and elsewhere",
	"server = smtp://localhost, smtp://a.example, smtp://b.example\n"
	"tls = none\n",
	NULL,
	"warning  config.weak  tls = none: what is sent to a.example, "
	"b.example can be read on the way\n"
	"write: tls = required\n"},
    {"a Unix socket", "server = smtp+unix:/run/x\n", NULL, SAFE},
    {"opportunistic", S "tls = opportunistic\n", NULL,
	"note  config.weak  tls = opportunistic protects what is sent to "
	"mail.example.com from listeners only: any certificate is accepted\n"
	"write: tls = required\n"},
    {"opportunistic with a login",
	S "tls = opportunistic\nuser = me\npassword = x\n", NULL, SAFE},
    {"opportunistic on this machine",
	"server = smtp://localhost\ntls = opportunistic\n", NULL, SAFE},
    {"tls-priority", S "tls-priority = +VERS-TLS1.0\n", NULL,
	"warning  config.weak  tls-priority allows TLS1.0, which is broken\n"
	"hint: smtpost --server-info shows the version of TLS that the server "
	"speaks; if it is 1.2 or 1.3, remove the setting\n"},
    {"a keyword allows nothing old", S "tls-priority = LEGACY\n", NULL, SAFE},
    {"one pin", S "tls-pin = " PIN "\n", NULL,
	"note  config.weak  there is only one tls-pin: mail stops when the "
	"server changes its key\n"
	"hint: add the pin of the key that the server will use next\n"},
    {"srv", "server = srv:example.com\n", NULL, SAFE},
    {"mx", "server = mx:\nehlo-name = a.example\n", NULL, SAFE},
    {"mx without TLS", "server = mx:\nehlo-name = a.example\ntls = none\n",
	NULL,
	"warning  config.weak  tls = none: what is sent to the mail servers "
	"of the recipients can be read on the way\n"
	"write: tls = opportunistic\n"},
};

static const struct config_row providers[] = {
    {"an unknown host", S, NULL,
	"skipped  config.provider  the server belongs to no service that "
	"smtpost knows\n"},
    {"an address", "server = smtps://192.0.2.5\n", NULL,
	"skipped  config.provider  the server belongs to no service that "
	"smtpost knows\n"},
    {"a provider", "provider = gmail\nuser = me@gmail.com\n", NULL,
	"ok  config.provider  provider gmail is Gmail\n"},
    {"a known host", "server = smtps://smtp.gmail.com\nuser = me@gmail.com\n",
	NULL,
	"note  config.provider  smtp.gmail.com belongs to Gmail: provider = "
	"gmail brings its limits and hints\n"
	"write: provider = gmail\n"},
    {"a host of a region",
	"server = smtps://email-smtp.eu-west-1.amazonaws.com\nuser = A\n", NULL,
	"note  config.provider  email-smtp.eu-west-1.amazonaws.com belongs to "
	"Amazon SES: provider = ses:eu-west-1 brings its limits and hints\n"
	"write: provider = ses:eu-west-1\n"},
    {"a user name of another form",
	"server = smtps://smtp.gmail.com\nproxy = socks5://127.0.0.1:1\n"
	"user = me\npassword = x\n",
	NULL,
	"failure  config.provider  cannot use profile \"default\": the user "
	"name of Gmail is a full address\n"
	"hint: user = me@DOMAIN, with the domain of that address\n"},
    {"a user name that is always the same word",
	"server = smtps://smtp.sendgrid.net\nproxy = socks5://127.0.0.1:1\n"
	"user = me\npassword = x\n",
	NULL,
	"failure  config.provider  cannot use profile \"default\": the user "
	"name of SendGrid is always the same word\n"
	"write: user = apikey\n"
	"hint: set user = apikey, or leave it out\n"},
};

static void
assert_findings(const char *config, mode_t mode, const char *profile,
    void (*check)(struct diagnosis *), const char *findings)
{
	struct diagnosed diagnosed;

	diagnosed_make(&diagnosed);
	if (config != NULL)
		folder_write(
		    &diagnosed.folder, ".config/smtpost/config", mode, config);
	folder_write(&diagnosed.folder, ".config/smtpost/more", 0600, "");
	diagnosed_load(&diagnosed, NULL, profile);
	check(&diagnosed.diagnosis);
	assert_string_equal(diagnosed_text(&diagnosed), findings);
	diagnosed_free(&diagnosed);
}

static void
assert_row(const struct config_row *row, void (*check)(struct diagnosis *))
{
	assert_findings(row->config, 0600, row->profile, check, row->findings);
}

static void
test_mode(void **state)
{
	const struct mode_row *row = *state;

	assert_findings(
	    row->config, row->mode, NULL, config_check_read, row->findings);
}

static void
test_read(void **state)
{
	assert_row(*state, config_check_read);
}

static void
test_profile(void **state)
{
	assert_row(*state, config_check_profile);
}

static void
test_weak(void **state)
{
	assert_row(*state, config_check_weak);
}

static void
test_provider(void **state)
{
	assert_row(*state, config_check_provider);
}

static void
test_clock(void **state)
{
	struct diagnosed diagnosed;

	(void)state;
	diagnosed_make(&diagnosed);
	diagnosed_load(&diagnosed, NULL, NULL);
	config_check_clock(&diagnosed.diagnosis);
	assert_non_null(strstr(
	    diagnosed_text(&diagnosed), "ok  clock.build  the clock says 20"));
	diagnosed_free(&diagnosed);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "config.read", reads, ROWS(reads), test_read);
	rows_add(&all, "config.read, modes", modes, ROWS(modes), test_mode);
	rows_add(
	    &all, "config.profile", profiles, ROWS(profiles), test_profile);
	rows_add(&all, "config.weak", weaknesses, ROWS(weaknesses), test_weak);
	rows_add(
	    &all, "config.provider", providers, ROWS(providers), test_provider);
	rows_add_one(&all, "clock.build", test_clock);
	return rows_end(&all);
}
