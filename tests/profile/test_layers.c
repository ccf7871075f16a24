/*
 * The user's file over the system's, which is sought below the current folder
 * here: profiles.c is built into this test with another SYSCONFDIR.
 */
#undef SYSCONFDIR
#define SYSCONFDIR "etc"
#include "../../src/profile/profiles.c"

#include "folder.h"

#include "profile/effective_settings.h"
#include "profile/profile_choice.h"

#define SYSTEM_FILE "etc/smtpost/config"
#define USER_FILE ".config/smtpost/config"
#define XDG_FILE "xdg/smtpost/config"

#define A "server = smtp://a.example\n"
#define B "server = smtp://b.example\n"
#define ME "user = me\n"

struct layer_row {
	const char *name;
	const char *system, *user; /* NULL: no file */
	const char *profile, *set, *environment, *sender;
	const char *chosen; /* NULL: refused */
	const char *expected[5];
	bool redirected;
	const char *variables[4]; /* NAME=VALUE behind SMTPOST_ */
};

static const struct layer_row rows[] = {
    {.name = "no files",
	.chosen = "profile = default",
	.expected = {"server = smtp://localhost:25 "}},
    {.name = "no files and SMTPOST_PROFILE",
	.environment = "work",
	.expected = {"\"work\" (environment SMTPOST_PROFILE)",
	    "no configuration file"}},
    {.name = "system only",
	.system = A,
	.chosen = "profile = default",
	.expected = {"server = smtp://a.example:587 ", SYSTEM_FILE ":1"}},
    {.name = "user only",
	.user = A,
	.chosen = "profile = default",
	.expected = {"server = smtp://a.example:587 ", USER_FILE ":1"}},
    {.name = "both without names",
	.system = A "tls = none\n",
	.user = B "user = me\n",
	.chosen = "profile = default",
	.expected = {"server = smtp://b.example:587 ", "tls = none ",
	    "user = me "}},
    {.name = "same profile, key by key",
	.system = "[w]\n" A "user = s\ndomain = s.example\n",
	.user = "[w]\nuser = u\n",
	.chosen = "profile = w",
	.expected = {"server = smtp://a.example:587 ", "user = u ",
	    "domain = s.example "}},
    {.name = "defaults, key by key",
	.system = "user = s\ndomain = s.x\n[w]\n",
	.user = "user = u\n[v]\n" B,
	.profile = "v",
	.chosen = "profile = v",
	.expected = {"user = u ", "domain = s.x "}},
    {.name = "system's profile before user's defaults",
	.system = "[w]\nuser = s\n" A,
	.user = "user = u\n[v]\n" B,
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"user = s "}},
    {.name = "user's login is not for the system's profile",
	.system = "[w]\n" A,
	.user = B "user = u\n",
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"server = smtp://a.example:587 ", "user =  "}},
    {.name = "user's file without names is the default",
	.system = "[w]\n" A "[default]\n" A "domain = s.x\n",
	.user = B "user = u\n",
	.chosen = "profile = default",
	.expected = {"server = smtp://b.example:587 ", "user = u ",
	    "domain = s.x "}},
    {.name = "user's empty file changes nothing",
	.system = "[w]\n" A,
	.user = "# nothing\n",
	.chosen = "profile = w"},
    {.name = "system's settings are defaults of the user's profile",
	.system = "tls = none\n" A,
	.user = "[v]\nuser = u\n",
	.chosen = "profile = v",
	.expected = {"tls = none ", "server = smtp://a.example:587 "}},
    {.name = "user's profiles come first",
	.system = "[w]\n" A,
	.user = "[v]\n" B,
	.expected = {"one of v, w"}},
    {.name = "extends across files",
	.system = "[w]\n" A "domain = s.x\n",
	.user = "[v]\nextends = w\n" B,
	.profile = "v",
	.chosen = "profile = v",
	.expected = {"server = smtp://b.example:587 ", "domain = s.x "}},
    {.name = "system's file is bad",
	.system = "x = 1\n",
	.user = A,
	.expected = {SYSTEM_FILE ":1:1: unknown"}},

    /* one source of the secret */
    {.name = "two sources",
	.user = A "password-file = x\n"
		  "password-command = y\n",
	.expected = {"config:3:1: password-command is set, and so is "
		     "password-file"}},
    {.name = "two sources in defaults",
	.user = "password = x\npassword-fd = 3\n[a]\n" A "[b]\n" B,
	.profile = "a",
	.expected = {"config:2:1:"}},
    {.name = "own source before that of the defaults",
	.user = ME "password-file = /x\n[a]\npassword-command = y\n" A,
	.chosen = "profile = a",
	.expected = {"password-command = y ", "password-file =  "}},
    {.name = "own source before the inherited one",
	.profile = "a",
	.user = ME "[b]\npassword-command = y\n" B
		   "[a]\nextends = b\npassword-fd = 5\n",
	.chosen = "profile = a",
	.expected = {"password-fd = 5 ", "password-command =  "}},
    {.name = "inherited source",
	.profile = "a",
	.user = ME "[b]\npassword-command = y\n" B "[a]\nextends = b\n",
	.chosen = "profile = a",
	.expected = {"password-command = y "}},
    {.name = "own source taken away",
	.profile = "a",
	.user = "password = hunter2\n[a]\npassword-command =\n" A,
	.chosen = "profile = a",
	.expected = {"password =  ", "password-command =  "}},
    {.name = "user's source before the system's",
	.system = "password-file = /x\n" A,
	.user = ME "password-command = y\n",
	.chosen = "profile = default",
	.expected = {"password-command = y ", "password-file =  "}},
    {.name = "source on the command line",
	.set = "password-fd=4",
	.user = A ME "password = hunter2\n",
	.chosen = "profile = default",
	.expected = {"password-fd = 4 ", "password =  "}},
    {.name = "secret is not shown",
	.user = A ME "password = hunter2\n",
	.chosen = "profile = default",
	.expected = {"password = *** "}},

    /* A password that would not be used */
    {.name = "password but no user",
	.user = A "password = hunter2\n",
	.expected = {"\"default\": it has a password but no user",
	    "set user, or auth = none"}},
    {.name = "password-command but no user",
	.user = A "password-command = y\n",
	.expected = {"but no user"}},
    {.name = "token-command but no user",
	.user = A "token-command = y\n",
	.expected = {"it has a token but no user"}},
    {.name = "a token and a password",
	.user = A ME "token-command = y\n"
		     "password-command = y\n",
	.expected = {"token-command", "password-command"}},
    {.name = "own token before an inherited password",
	.profile = "a",
	.user = ME "password-command = y\n[a]\ntoken-command = z\n" A,
	.chosen = "profile = a",
	.expected = {"token-command = z ", "password-command =  "}},
    {.name = "a token for PLAIN",
	.user = A ME "token-command = y\nauth = PLAIN, LOGIN\n",
	.expected = {"no mechanism that takes one"}},
    {.name = "a password for XOAUTH2",
	.user = A ME "password-command = y\nauth = XOAUTH2\n",
	.expected = {"set oauth or token-command"}},
    {.name = "no secret for XOAUTH2",
	.user = A ME "auth = XOAUTH2\n",
	.expected = {"set oauth or token-command"}},
    {.name = "a token for one of several",
	.user = A ME "token-command = y\nauth = PLAIN XOAUTH2\n",
	.chosen = "profile = default",
	.expected = {"auth = PLAIN, XOAUTH2 "}},
    {.name = "XOAUTH2 and no login",
	.user = A "auth = XOAUTH2\n",
	.chosen = "profile = default",
	.expected = {"auth = XOAUTH2 "}},
    {.name = "OAuth and a password",
	.user = A ME "oauth = google\npassword-command = y\n",
	.expected = {"password-command", "oauth"}},
    {.name = "OAuth but no user",
	.user = A "oauth = google\n",
	.expected = {"it has a token but no user"}},
    {.name = "OAuth for XOAUTH2",
	.user = A ME "oauth = google\nauth = XOAUTH2\n",
	.chosen = "profile = default",
	.expected = {"oauth = google ", "oauth-flow = auto "}},
    {.name = "OAuth for PLAIN",
	.user = A ME "oauth = google\nauth = PLAIN\n",
	.expected = {"no mechanism that takes one"}},
    {.name = "OAuth in place of an inherited password",
	.profile = "a",
	.user = ME "password-command = y\n[a]\noauth = aol\n" A,
	.chosen = "profile = a",
	.expected = {"oauth = aol ", "password-command =  "}},
    {.name = "settings of OAuth without it",
	.user = A ME "password-command = y\noauth-store = command\n"
		     "oauth-client-id = x\n",
	.chosen = "profile = default",
	.expected = {"oauth-store = command ", "oauth-client-id = x "}},
    {.name = "a client secret is not shown",
	.user = A ME "oauth = google\noauth-client-secret = hunter2\n",
	.chosen = "profile = default",
	.expected = {"oauth-client-secret = *** "}},
    {.name = "two client secrets",
	.user = A ME "oauth = google\noauth-client-secret = hunter2\n"
		     "oauth-client-secret-file = /x\n",
	.expected = {"it has oauth-client-secret and "
		     "oauth-client-secret-file"}},
    {.name = "two tenants",
	.user = A ME "oauth = microsoft:a.example\n"
		     "oauth-tenant = b.example\n",
	.expected = {"oauth = microsoft:a.example contradicts oauth-tenant = "
		     "b.example"}},
    {.name = "one tenant, twice",
	.user = A ME "oauth = microsoft:a.example\n"
		     "oauth-tenant = A.example\n",
	.chosen = "profile = default",
	.expected = {"oauth-tenant = A.example "}},
    {.name = "OAuth without TLS",
	.user = A ME "oauth = google\ntls = none\n",
	.expected = {"oauth needs TLS"}},
    {.name = "OAuth without TLS at a name like an address of this host",
	.user =
	    "server = smtp://127.a.example\n" ME "oauth = google\ntls = none\n",
	.expected = {"oauth needs TLS"}},
    {.name = "OAuth without TLS on this host",
	.user = "server = smtp://127.0.0.1\n" ME "oauth = google\ntls = none\n",
	.chosen = "profile = default",
	.expected = {"oauth = google "}},
    {.name = "commands and no store of commands",
	.user = A ME "oauth = google\noauth-write-command = y\n",
	.expected = {"oauth-write-command has no effect with oauth-store = "
		     "file",
	    "set oauth-store = command"}},
    {.name = "a store of commands without one of them",
	.user = A ME "oauth = google\noauth-store = command\n"
		     "oauth-read-command = y\n",
	.expected = {"needs oauth-read-command and oauth-write-command"}},
    {.name = "EXTERNAL and no certificate",
	.user = A "auth = EXTERNAL\n",
	.expected = {"EXTERNAL needs tls-cert"}},
    {.name = "a key and no certificate",
	.user = A "tls-key = /x\n",
	.expected = {"tls-key but no tls-cert"}},
    {.name = "a certificate that is not there",
	.user = A "tls-cert = /nonexistent\n",
	.expected = {"cannot open /nonexistent"}},
    {.name = "password-file but no user",
	.user = A "password-file = /x\n",
	.expected = {"but no user"}},
    {.name = "password-fd but no user",
	.set = "password-fd=3",
	.user = A,
	.expected = {"but no user"}},
    {.name = "user taken away from a password",
	.set = "user=",
	.user = A ME "password-command = y\n",
	.expected = {"but no user"}},
    {.name = "password of the defaults but no user",
	.profile = "a",
	.user = "password = hunter2\n[a]\n" A,
	.expected = {"\"a\": it has a password but no user"}},
    {.name = "password, no user and a list of mechanisms",
	.user = A "password = hunter2\nauth = PLAIN\n",
	.expected = {"but no user"}},
    {.name = "password, no user and auth = none",
	.user = A "password = hunter2\nauth = none\n",
	.chosen = "profile = default",
	.expected = {"password = *** "}},
    {.name = "user and password in layers of their own",
	.system = "[w]\n" A ME,
	.user = "[w]\npassword-command = y\n",
	.chosen = "profile = w",
	.expected = {"user = me ", "password-command = y "}},

/* --server and whose login it is */
#define LOGIN "user = me\npassword = hunter2\n"
#define WORK "[work]\nserver = smtp://a.example, smtps://b.example\n" LOGIN
    {.name = "own server",
	.user = WORK,
	.profile = "work",
	.set = "server=smtp://A.example:587",
	.chosen = "profile = work",
	.expected = {"user = me ", "password = *** "}},
    {.name = "second own server",
	.user = WORK,
	.profile = "work",
	.set = "server=smtps://b.example",
	.chosen = "profile = work",
	.expected = {"user = me ", "password = *** "}},
    {.name = "another server",
	.user = WORK,
	.profile = "work",
	.set = "server=smtp://c.example",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  ", "dropped: another server"},
	.redirected = true},
    /* nor who we are by certificate */
    {.name = "another server than the certificate's",
	.profile = "work",
	.user = "[work]\nserver = smtp://a.example\nauth = EXTERNAL\n"
		"tls-cert = /nonexistent\ntls-key = /nonexistent\n",
	.set = "server=smtp://c.example",
	.chosen = "profile = work",
	.expected = {"tls-cert =  ", "tls-key =  "},
	.redirected = true},
    {.name = "another server than the login's",
	.set = "server=smtp://other.example",
	.profile = "default",
	.user = A ME "oauth = google\noauth-client-id = x\n",
	.chosen = "profile = default",
	.expected = {"oauth =  ", "oauth-client-id =  "},
	.redirected = true},
    {.name = "another server than the token's",
	.profile = "work",
	.user = "[work]\nserver = smtp://a.example\nuser = me\n"
		"auth = XOAUTH2\ntoken-command = y\n",
	.set = "server=smtp://c.example",
	.chosen = "profile = work",
	.expected = {"user =  ", "token-command =  "},
	.redirected = true},
    {.name = "another port",
	.user = WORK,
	.profile = "work",
	.set = "server=smtp://a.example:25",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "another scheme",
	.user = WORK,
	.profile = "work",
	.set = "server=smtps://a.example:587",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "an own and another server",
	.user = WORK,
	.profile = "work",
	.set = "server=smtp://a.example,smtp://c.example",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "profile without a server",
	.user = "[work]\n" LOGIN,
	.profile = "work",
	.set = "server=smtp://a.example",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "login of the defaults",
	.user = LOGIN "[work]\n" A,
	.profile = "work",
	.set = "server=smtp://c.example",
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "presets",
	.user = "provider = yandex\nuser = me@yandex.com\n",
	.chosen = "profile = default",
	.expected = {"server = smtps://smtp.yandex.com:465 ",
	    "header-policy = provider ", "preset yandex",
	    "sender = me@yandex.com "}},
    {.name = "own settings before presets",
	.user = A "provider = sendgrid\nuser = apikey\ntls = none\n"
		  "auth = LOGIN\n",
	.chosen = "profile = default",
	.expected = {"server = smtp://a.example:587 ", "tls = none ",
	    "auth = LOGIN ", "user = apikey "}},
    {.name = "presets before what is inherited",
	.user = A "tls = none\nauth = none\nsender = x@x.example\n[w]\n"
		  "provider = gmail\nuser = me@gmail.com\n",
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"server = smtps://smtp.gmail.com:465, ", "tls = required ",
	    "auth = auto ", "sender = me@gmail.com "}},
    {.name = "what is inherited, where there is no preset",
	.user = "domain = d.example\nsender = x@x.example\n[w]\n"
		"provider = ses:eu-west-1\nuser = AKIA\n",
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"domain = d.example ", "sender = x@x.example "}},
    {.name = "an inherited provider and an own server",
	.user = "[g]\nprovider = gmail\nuser = me@gmail.com\n[w]\n"
		"extends = g\n" B,
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"server = smtp://b.example:587 ", "provider = gmail ",
	    "sender = me@gmail.com "}},
    {.name = "an inherited provider taken away",
	.user = A "provider = gmail\n[w]\nprovider =\n",
	.profile = "w",
	.chosen = "profile = w",
	.expected = {"server = smtp://a.example:587 ", "provider =  ",
	    "tls = required                           default"}},
    {.name = "a provider that is not known",
	.user = "provider = nobody\n",
	.expected = {"config:1", "no such provider", "--providers"}},
    {.name = "another provider",
	.user = "[w]\nprovider = gmail\n" LOGIN,
	.profile = "w",
	.set = "provider=sendgrid",
	.chosen = "profile = w",
	.expected = {"server = smtps://smtp.sendgrid.net:465, ",
	    "user = apikey ", "password =  ", "dropped: another server"},
	.redirected = true},
    {.name = "another provider's region",
	.user = "[w]\nprovider = ses:eu-west-1\n" LOGIN,
	.profile = "w",
	.set = "provider=ses:us-east-1",
	.chosen = "profile = w",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "a provider over a server",
	.user = "[w]\n" A LOGIN,
	.profile = "w",
	.set = "provider=gmail",
	.chosen = "profile = w",
	.expected = {"server = smtps://smtp.gmail.com:465, ",
	    "user =  ", "password =  ", "sender =  "},
	.redirected = true},
    {.name = "the same provider",
	.user = "[w]\nprovider = gmail\nsender = me@gmail.com\n" LOGIN,
	.profile = "w",
	.set = "provider=gmail",
	.chosen = "profile = w",
	.expected = {"user = me ", "password = *** "}},
    {.name = "another server and a preset of the user",
	.user = "[w]\nprovider = sendgrid\npassword = x\n",
	.profile = "w",
	.set = "server=smtp://c.example",
	.chosen = "profile = w",
	.expected = {"server = smtp://c.example:587 ",
	    "user =  ", "password =  "},
	.redirected = true},
    {.name = "a server of the provider",
	.user = "[w]\nprovider = gmail\nsender = me@gmail.com\n" LOGIN,
	.profile = "w",
	.set = "server=smtp://smtp.gmail.com",
	.chosen = "profile = w",
	.expected = {"user = me ", "password = *** "}},

    /* The environment */
    {.name = "all by the environment",
	.chosen = "profile = default",
	.variables = {"SERVER=smtps://a.example", "USER=me", "PASSWORD=hunter2",
	    "TIMEOUT_CONNECT=5s"},
	.expected = {"server = smtps://a.example:465 ", "user = me ",
	    "password = *** ", "environment SMTPOST_PASSWORD\n",
	    "timeout-connect = 5s "}},
    {.name = "the environment over the files",
	.user = A "user = u\n",
	.variables = {"USER=e"},
	.chosen = "profile = default",
	.expected = {"user = e ", "environment SMTPOST_USER\n",
	    "server = smtp://a.example:587 "}},
    {.name = "the command line over the environment",
	.user = A,
	.set = "user=o",
	.variables = {"USER=e"},
	.chosen = "profile = default",
	.expected = {"user = o ", "--set"}},
    {.name = "a source over another one",
	.user = A "user = u\npassword-command = y\n",
	.variables = {"PASSWORD=hunter2"},
	.chosen = "profile = default",
	.expected = {"password = *** ", "password-command =  "}},
    {.name = "two sources in the environment",
	.user = A ME,
	.variables = {"PASSWORD=hunter2", "PASSWORD_FILE=/x"},
	.expected = {"environment SMTPOST_PASSWORD", "only one source"}},
    {.name = "an empty variable",
	.user = A ME "tls = none\n",
	.variables = {"USER=", "TLS="},
	.chosen = "profile = default",
	.expected = {"user = me ", "tls = none "}},
    {.name = "a wrong value",
	.user = A,
	.variables = {"TLS=x"},
	.expected = {"environment SMTPOST_TLS: cannot set tls"}},
    {.name = "a password with a line end",
	.user = A ME,
	.variables = {"PASSWORD=hunter2\n"},
	.expected = {"environment SMTPOST_PASSWORD: cannot set password: "
		     "there is a line end"}},
    {.name = "a variable in a variable",
	.user = A,
	.variables = {"USER=${HOME}$$ \"x\""},
	.chosen = "profile = default",
	.expected = {"user = ${HOME}$$ \"x\" "}},
    {.name = "variables that are no settings",
	.user = A,
	.variables = {"USR=x", "user=x", "PASSWORD-FILE=x", "=x"},
	.chosen = "profile = default",
	.expected = {"user =  ", "password-file =  "}},
    {.name = "a password in a proxy's URL",
	.user = A,
	.variables = {"PROXY=socks5://u:hunter2@p"},
	.chosen = "profile = default",
	.expected = {"proxy = socks5://u:***@p:1080 "}},
    {.name = "extends",
	.user = "[a]\n" A "[b]\n" B,
	.variables = {"EXTENDS=a", "PROFILE=c"},
	.expected = {"\"c\" (environment SMTPOST_PROFILE)"}},

    /* and whose login it is */
    {.name = "a server of the environment reads no file",
	.user = A LOGIN,
	.system = "domain = s.example\n",
	.variables = {"SERVER=smtp://b.example"},
	.chosen = "profile = default",
	.expected = {"server = smtp://b.example:587 ",
	    "user =  ", "domain =  "}},
    {.name = "so does a provider",
	.user = A LOGIN,
	.variables = {"PROVIDER=gmail"},
	.chosen = "profile = default",
	.expected = {"server = smtps://smtp.gmail.com:465, ", "user =  "}},
    {.name = "another server of the environment, -P",
	.user = WORK,
	.profile = "work",
	.variables = {"SERVER=smtp://c.example"},
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  ", "dropped: another server"},
	.redirected = true},
    {.name = "another server of the environment, SMTPOST_PROFILE",
	.user = WORK,
	.environment = "work",
	.variables = {"SERVER=smtp://c.example"},
	.chosen = "profile = work",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "own server by the environment",
	.user = WORK,
	.environment = "work",
	.variables = {"SERVER=smtp://a.example"},
	.chosen = "profile = work",
	.expected = {"user = me ", "password = *** "}},
    {.name = "another server, a login of the environment",
	.user = WORK,
	.profile = "work",
	.variables = {"SERVER=smtp://c.example", "USER=e", "PASSWORD=hunter2"},
	.chosen = "profile = work",
	.expected = {"user = e ", "password = *** "},
	.redirected = true},
    {.name = "another server, a password of the file",
	.user = WORK,
	.profile = "work",
	.variables = {"SERVER=smtp://c.example", "USER=e"},
	.chosen = "profile = work",
	.expected = {"user = e ", "password =  "},
	.redirected = true},
    {.name = "--server to another than the environment's",
	.set = "server=smtp://c.example",
	.variables = {"SERVER=smtp://a.example", "USER=e", "PASSWORD=hunter2"},
	.chosen = "profile = default",
	.expected = {"server = smtp://c.example:587 ",
	    "user =  ", "password =  "},
	.redirected = true},
    {.name = "--server to the environment's own",
	.set = "server=smtp://a.example",
	.variables = {"SERVER=smtp://a.example", "USER=e", "PASSWORD=hunter2"},
	.chosen = "profile = default",
	.expected = {"user = e ", "password = *** "}},
    {.name = "--server and a login that is for any",
	.set = "server=smtp://c.example",
	.variables = {"USER=e", "PASSWORD=hunter2"},
	.chosen = "profile = default",
	.expected = {"user = e ", "password = *** "}},
    {.name = "--server to another than the environment's provider",
	.set = "server=smtp://c.example",
	.variables = {"PROVIDER=sendgrid", "PASSWORD=hunter2"},
	.chosen = "profile = default",
	.expected = {"user =  ", "password =  "},
	.redirected = true},
    {.name = "a bare sender gets the domain of the environment",
	.user = "domain = a.example\n[a]\nmatch = *@a.example\n" A
		"[b]\nmatch = *@b.example\n" B,
	.sender = "bob",
	.variables = {"DOMAIN=b.example"},
	.chosen = "profile = b",
	.expected = {"domain = b.example "}},
};

static void
set_variables(const struct layer_row *row, bool is_over)
{
	for (size_t i = 0; i < 4 && row->variables[i] != NULL; i++) {
		struct span text = span_from(row->variables[i]);
		size_t equals = span_find(text, '=');
		char name[64];

		snprintf(
		    name, sizeof(name), "SMTPOST_%.*s", (int)equals, text.at);
		if (is_over)
			unsetenv(name);
		else
			setenv(name, text.at + equals + 1, 1);
	}
}

static void
test_row(void **state)
{
	const struct layer_row *row = *state;
	struct span set = span_from(row->set), origin = SPAN("--set");
	struct profile_sources sources = {.sets = &set,
	    .set_origins = &origin,
	    .set_count = row->set != NULL};
	struct error err = {0};
	struct buf text = {0};
	struct profiles *profiles;
	struct profile profile;
	struct folder folder;
	bool done = false;

	folder_make(&folder);
	assert_int_equal(chdir(folder.path), 0);
	if (row->environment != NULL)
		setenv("SMTPOST_PROFILE", row->environment, 1);
	if (row->system != NULL)
		folder_write(&folder, SYSTEM_FILE, 0600, row->system);
	if (row->user != NULL)
		folder_write(&folder, USER_FILE, 0600, row->user);
	sources.has_server = span_starts(set, SPAN("server=")) ||
	    span_starts(set, SPAN("provider="));
	sources.has_profile = row->profile != NULL;
	set_variables(row, false);
	profiles = profiles_load(&sources, &err);
	if (profiles != NULL)
		done = profile_choice_make(
		    &profile, profiles, row->profile, row->sender, NULL, &err);
	if (done) {
		assert_int_equal(profile.is_redirected, row->redirected);
		effective_settings_add(&profile, &text);
		profile_free(&profile);
	} else {
		buf_add_text(&text, err.text);
	}
	profiles_free(profiles);
	set_variables(row, true);
	if (done != (row->chosen != NULL))
		fail_msg("%s", buf_text(&text));
	if (!done)
		assert_int_equal(err.kind, ERROR_CONFIG);
	assert_lacks(buf_text(&text), "hunter2");
	if (done)
		assert_contains(buf_text(&text), row->chosen);
	for (size_t i = 0; i < 5 && row->expected[i] != NULL; i++)
		assert_contains(buf_text(&text), row->expected[i]);
	buf_free(&text);
	assert_int_equal(chdir("/"), 0);
	folder_remove(&folder);
}

/* XDG_CONFIG_HOME before ~/.config, but only wsmtpost calls it the caller's. */
static void
test_xdg(void **state)
{
	static const struct {
		const char *folder, *server;
	} cases[] = {
	    {"xdg", "smtp://x:587"},
	    {"nothing-there", "smtp://h:587"},
	    {"", "smtp://h:587"},
	};
	struct profile_sources sources = {0};
	struct folder folder;

	(void)state;
	folder_make(&folder);
	assert_int_equal(chdir(folder.path), 0);
	folder_write(&folder, USER_FILE, 0600, "server = smtp://h\n");
	folder_write(&folder, XDG_FILE, 0600, "server = smtp://x\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = {0};
		struct profile profile;
		struct profiles *profiles;
		char *path = folder_path(&folder, cases[i].folder);

		setenv("XDG_CONFIG_HOME",
		    cases[i].folder[0] != '\0' ? path : "xdg", 1);
		profiles = profiles_load(&sources, &err);
		assert_non_null(profiles);
		assert_true(profile_choice_make(
		    &profile, profiles, NULL, NULL, NULL, &err));
		assert_string_equal(profile.servers[0].url, cases[i].server);
		profile_free(&profile);
		profiles_free(profiles);
		free(path);
	}
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(chdir("/"), 0);
	folder_remove(&folder);
}

/* A user's file that is there but is no file to read from is an error. */
static void
test_unreadable(void **state)
{
	struct profile_sources sources = {0};
	struct error err = {0};
	struct folder folder;

	(void)state;
	folder_make(&folder);
	assert_int_equal(chdir(folder.path), 0);
	folder_write(&folder, USER_FILE "/x", 0600, "");
	assert_null(profiles_load(&sources, &err));
	assert_int_equal(err.kind, ERROR_CONFIG);
	assert_contains(err.text, USER_FILE);
	assert_int_equal(chdir("/"), 0);
	folder_remove(&folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "layers", rows, ROWS(rows), test_row);
	rows_add_one(&all, "XDG_CONFIG_HOME", test_xdg);
	rows_add_one(&all, "not a file", test_unreadable);
	return rows_end(&all);
}
