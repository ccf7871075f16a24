/*
 * All questions and what is shown before them go to standard error. A password
 * goes only to the host that the user has confirmed.
 */
#include "cli/setup_dialogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "cli/output.h"
#include "cli/question.h"
#include "profile/mechanism.h"
#include "profile/oauth_service.h"
#include "profile/secret_command.h"
#include "profile/secret_prompt.h"

static void
add_mechanisms(unsigned mechanisms, struct buf *out)
{
	const char *comma = "";

	for (size_t i = 0; i < mechanism_count(); i++)
		if (mechanisms & 1U << i) {
			buf_add_format(
			    out, "%s%s", comma, mechanism_at(i)->name);
			comma = ", ";
		}
}

/* Whether the server offers a login with this kind of secret. */
static bool
offers(const struct server_search *search, enum credential credential)
{
	for (size_t i = 0; i < mechanism_count(); i++)
		if (search->mechanisms & 1U << i &&
		    mechanism_at(i)->credential == credential)
			return true;
	return false;
}

bool
setup_dialogue_needs_token(const struct server_search *search)
{
	return offers(search, CREDENTIAL_TOKEN) &&
	    !offers(search, CREDENTIAL_PASSWORD);
}

const char *
setup_dialogue_issuer(const struct server_search *search)
{
	if (search->oauth != NULL)
		return search->oauth;
	return search->provider != NULL ? search->provider->oauth : NULL;
}

bool
setup_dialogue_can_use_oauth(const struct setup_profile *setup)
{
	return (setup_dialogue_issuer(setup->search) != NULL ||
		   offers(setup->search, CREDENTIAL_TOKEN)) &&
	    secret_store_is_possible(SECRET_PLACE_OAUTH);
}

static void
add_masked(struct buf *out, const char *text)
{
	utf8_add_masked(out, span_from(text));
}

static void
add_server(const struct setup_profile *setup, struct buf *out)
{
	const struct server_search *search = setup->search;
	struct span host = span_from(search->host);

	buf_add_text(out, "smtpost: found ");
	add_masked(out, search->url);
	buf_add_text(out, " for ");
	add_masked(out, search->domain);
	buf_add_text(out, ": ");
	utf8_add_sentence(out, buf_span(&search->source));
	buf_add_text(out, "\n    at ");
	utf8_add_masked(out, server_search_registered(host));
	buf_add_text(out, ", the host ");
	utf8_add_masked(out, host);
	buf_add_text(out,
	    search->is_unverified ? ", which could not be checked now"
				  : ", with a trusted certificate");
	buf_add_text(out, "\n    logins: ");
	add_mechanisms(search->mechanisms, out);
	buf_add_char(out, '\n');
	if (search->is_foreign) {
		buf_add_text(out, "    warning: this host is outside of ");
		add_masked(out, search->domain);
		buf_add_text(out, ", and no DNSSEC proves that it is meant\n");
	}
	if (search->provider != NULL && search->provider->login != NULL)
		buf_add_format(out, "    note: %s\n", search->provider->login);
}

enum setup_answer
setup_dialogue_confirm(const struct setup_profile *setup, struct error *err)
{
	struct buf out = {0};
	bool agrees = false, done;

	add_server(setup, &out);
	if (setup_profile_has_login(setup)) {
		buf_add_text(&out, "    smtpost will send it the user name ");
		add_masked(&out, setup_profile_user(setup));
		buf_add_text(&out,
		    setup_dialogue_needs_token(setup->search)
			? " and an access token, encrypted\n"
			: " and the password, encrypted\n");
		buf_add_text(&out,
		    "Is this your server, and may smtpost log in there once? "
		    "(y/N) ");
	} else {
		buf_add_text(&out,
		    "    it knows its clients by their address, and wants no "
		    "password\n"
		    "Is this your server, and may smtpost connect to it once? "
		    "(y/N) ");
	}
	done = question_agree(buf_text(&out), &agrees, err);
	buf_free(&out);
	if (!done)
		return SETUP_FAILED;
	return agrees ? SETUP_GOES_ON : SETUP_STOPS;
}

static void
set_user(struct setup_profile *setup, char *user)
{
	free(setup->user);
	setup->user = user;
}

/* The part of the address before its last @. */
static char *
local_part(const char *address)
{
	struct span text = span_from(address);

	return span_copy(span_head(text, span_find_last(text, '@')));
}

/* Asks until there is an answer; an empty one is `standard`. */
static enum setup_answer
ask_user(struct setup_profile *setup, const char *what, const char *standard,
    struct error *err)
{
	struct buf prompt = {0};
	char *user = NULL;

	buf_add_format(&prompt, "%s", what);
	if (standard != NULL) {
		buf_add_text(&prompt, " [");
		add_masked(&prompt, standard);
		buf_add_char(&prompt, ']');
	}
	buf_add_text(&prompt, ": ");
	do {
		free(user);
		user = question_ask(buf_text(&prompt), err);
		if (user != NULL && user[0] == '\0' && standard != NULL) {
			free(user);
			user = mem_copy_text(standard);
		}
	} while (user != NULL && user[0] == '\0');
	buf_free(&prompt);
	if (user == NULL)
		return SETUP_FAILED;
	set_user(setup, user);
	return SETUP_GOES_ON;
}

enum setup_answer
setup_dialogue_ask_user(struct setup_profile *setup, struct error *err)
{
	const struct provider *provider = setup->search->provider;

	if (!setup_profile_has_login(setup))
		return SETUP_GOES_ON;
	if (setup->search->has_local_user) {
		set_user(setup, local_part(setup->address));
		return SETUP_GOES_ON;
	}
	if (provider == NULL || provider->form == USER_FORM_ADDRESS ||
	    provider->form == USER_FORM_LITERAL)
		return SETUP_GOES_ON;
	if (provider->user != NULL &&
	    strcmp(provider->user, "local part") == 0) {
		set_user(setup, local_part(setup->address));
		return SETUP_GOES_ON;
	}
	return ask_user(setup, "User name of the login",
	    provider->form == USER_FORM_KEY ? NULL : setup->address, err);
}

static enum setup_answer
ask_password(struct setup_profile *setup, struct error *err)
{
	for (;;) {
		struct buf prompt = {0};
		enum prompt_result result;

		buf_wipe(&setup->password);
		secret_prompt_add_login(
		    &prompt, setup_profile_user(setup), setup->search->host);
		result = secret_prompt_ask(
		    &setup->password, "password", buf_text(&prompt), err);
		buf_free(&prompt);
		switch (result) {
		case PROMPT_READ:
			break;
		case PROMPT_IMPOSSIBLE:
			error_set(err, ERROR_TEMPORARY,
			    "cannot ask for the password: there is no "
			    "terminal");
			return SETUP_FAILED;
		case PROMPT_FAILED:
			return SETUP_FAILED;
		}
		if (!span_has_control(buf_span(&setup->password)))
			return SETUP_GOES_ON;
		fputs("smtpost: there is a control character in the password\n",
		    stderr);
	}
}

static enum setup_answer
ask_command(struct setup_profile *setup, struct error *err)
{
	char *command;

	setup->store.is_token = setup_dialogue_needs_token(setup->search);
	command = question_ask(setup->store.is_token
		? "Command that prints an access token for SMTP: "
		: "Command that prints the password, such as "
		  "\"pass show mail\": ",
	    err);
	if (command == NULL)
		return SETUP_FAILED;
	free(setup->command);
	setup->command = command;
	if (command[0] == '\0')
		return SETUP_STOPS;
	setup->store.command = command;
	buf_wipe(&setup->password);
	return SETUP_GOES_ON;
}

/* The password may stand in a file that only its owner and group can read. */
static bool
config_is_private(const struct setup_profile *setup)
{
	struct stat status;

	return stat(setup->config, &status) < 0 || !(status.st_mode & S_IROTH);
}

/* The places, as the user names them. */
static const struct {
	enum secret_place place;
	const char *word, *text;
} places[] = {
    {SECRET_PLACE_OAUTH, "oauth",
	"nowhere: log in by OAuth in a browser, with smtpost-oauth"},
    {SECRET_PLACE_COMMAND, "command",
	"a command of yours prints it: pass, a password manager"},
    {SECRET_PLACE_KEYRING, "keyring",
	"in the keyring of the desktop, by secret-tool"},
    {SECRET_PLACE_CREDENTIAL, "credential",
	"in a file that systemd-creds encrypts"},
    {SECRET_PLACE_FILE, "file", "in a file that only you can read"},
    {SECRET_PLACE_CONFIG, "configuration",
	"in the configuration file itself; not recommended"},
};

#define PLACE_COUNT (sizeof(places) / sizeof(places[0]))

static bool
is_offered(const struct setup_profile *setup, enum secret_place place)
{
	if (place == SECRET_PLACE_OAUTH)
		return setup_dialogue_can_use_oauth(setup);
	if (place != SECRET_PLACE_COMMAND &&
	    setup_dialogue_needs_token(setup->search))
		return false;
	/* The service has no desktop, and everybody reads its configuration. */
	if (setup->domain != NULL)
		return place == SECRET_PLACE_FILE;
	if (place == SECRET_PLACE_CONFIG)
		return setup->options->writes > 0 && config_is_private(setup);
	return secret_store_is_possible(place);
}

/* Whether the file of the place is there already; then says so. */
static bool
is_taken(const struct setup_profile *setup)
{
	char *path = secret_store_path(&setup->store), *shown;
	bool taken = path != NULL && setup->options->writes > 0 &&
	    access(path, F_OK) == 0;

	if (taken) {
		shown = utf8_masked(span_from(path));
		fprintf(stderr, "smtpost: there is a file %s already\n", shown);
		free(shown);
	}
	free(path);
	return taken;
}

/* Asks for the word of a place. */
static enum setup_answer
ask_place(struct setup_profile *setup, struct error *err)
{
	struct buf prompt = {0};
	bool offered[PLACE_COUNT], is_chosen = false;
	bool is_token = setup_dialogue_needs_token(setup->search);
	char *answer = NULL;

	buf_add_text(&prompt,
	    is_token ? "Where should the access tokens come from?\n"
		     : "Where should the password be kept?\n");
	for (size_t i = 0; i < PLACE_COUNT; i++) {
		offered[i] = is_offered(setup, places[i].place);
		if (offered[i])
			buf_add_format(&prompt, "    %-13s  %s\n",
			    places[i].word,
			    is_token && places[i].place == SECRET_PLACE_COMMAND
				? "a command of yours prints them; "
				  "smtpost-oauth(1) names some"
				: places[i].text);
	}
	buf_add_text(&prompt, "Type one of these words: ");
	while (!is_chosen) {
		free(answer);
		answer = question_ask(buf_text(&prompt), err);
		if (answer == NULL)
			break;
		for (size_t i = 0; i < PLACE_COUNT; i++)
			if (offered[i] && strcmp(answer, places[i].word) == 0) {
				setup->store.place = places[i].place;
				is_chosen = !is_taken(setup);
			}
	}
	free(answer);
	buf_free(&prompt);
	return is_chosen ? SETUP_GOES_ON : SETUP_FAILED;
}

/* An empty answer stops. */
static enum setup_answer
ask_issuer_url(struct setup_profile *setup, struct error *err)
{
	struct buf service = {0};
	enum setup_answer answer = SETUP_FAILED;
	char *typed;

	while ((typed = question_ask("Who gives out the access tokens? The "
				     "issuer, such as "
				     "https://login.example.com: ",
		    err)) != NULL) {
		bool is_empty = typed[0] == '\0';
		bool done = oauth_service_add(span_from(typed), &service);

		free(typed);
		answer = done ? SETUP_GOES_ON : SETUP_STOPS;
		if (is_empty || done)
			break;
		fputs("smtpost: an issuer is https://HOST or "
		      "https://HOST/PATH\n",
		    stderr);
		answer = SETUP_FAILED;
	}
	if (answer == SETUP_GOES_ON) {
		free(setup->issuer);
		setup->issuer = buf_take_text(&service);
	}
	buf_free(&service);
	return answer;
}

static enum setup_answer
ask_issuer(struct setup_profile *setup, struct error *err)
{
	enum setup_answer answer = SETUP_GOES_ON;

	setup->has_store = true;
	setup->store.place = SECRET_PLACE_OAUTH;
	setup->store.oauth = setup_dialogue_issuer(setup->search);
	if (setup->store.oauth == NULL) {
		answer = ask_issuer_url(setup, err);
		setup->store.oauth = setup->issuer;
	}
	return answer;
}

enum setup_answer
setup_dialogue_ask_service(struct setup_profile *setup, struct error *err)
{
	enum setup_answer answer = SETUP_GOES_ON;

	if (setup_dialogue_needs_token(setup->search))
		setup->store.place = SECRET_PLACE_OAUTH;
	else if (setup_dialogue_can_use_oauth(setup))
		answer = ask_place(setup, err);
	if (answer != SETUP_GOES_ON)
		return answer;
	return setup->store.place == SECRET_PLACE_OAUTH
	    ? ask_issuer(setup, err)
	    : ask_password(setup, err);
}

enum setup_answer
setup_dialogue_ask_secret(struct setup_profile *setup, struct error *err)
{
	enum setup_answer answer = SETUP_GOES_ON;

	setup->has_store = true;
	if (setup_dialogue_needs_token(setup->search) &&
	    !setup_dialogue_can_use_oauth(setup)) {
		fputs("    The server takes no passwords, only access tokens "
		      "of OAuth. A program of\n"
		      "    yours must print one, since smtpost-oauth is not "
		      "installed.\n",
		    stderr);
		setup->store.place = SECRET_PLACE_COMMAND;
	} else {
		answer = ask_place(setup, err);
	}
	if (answer != SETUP_GOES_ON)
		return answer;
	if (setup->store.place == SECRET_PLACE_OAUTH)
		return ask_issuer(setup, err);
	return setup->store.place == SECRET_PLACE_COMMAND
	    ? ask_command(setup, err)
	    : ask_password(setup, err);
}

static enum setup_answer
ask_new_user(struct setup_profile *setup, struct error *err)
{
	char *local = local_part(setup->address);
	bool is_address =
	    strcmp(setup_profile_user(setup), setup->address) == 0;
	enum setup_answer answer = ask_user(setup, "Another user name",
	    is_address ? local : setup->address, err);

	free(local);
	return answer;
}

static enum setup_answer
ask_new_secret(struct setup_profile *setup, struct error *err)
{
	return setup->has_store && setup->store.place == SECRET_PLACE_COMMAND
	    ? ask_command(setup, err)
	    : ask_password(setup, err);
}

/* What to do after a failed check. *again: another login. */
static enum setup_answer
ask_after_failure(struct setup_profile *setup, bool *again, struct error *err)
{
	*again = true;
	for (;;) {
		bool has_login = setup_profile_has_login(setup);
		char *answer = question_ask(has_login
			? "This profile does not work yet. What now?\n"
			  "    user      try another user name\n"
			  "    password  try another password or command\n"
			  "    write     go on all the same\n"
			  "    stop      write nothing\n"
			  "Type one of these words: "
			: "This profile does not work yet. What now?\n"
			  "    write     go on all the same\n"
			  "    stop      write nothing\n"
			  "Type one of these words: ",
		    err);
		struct span word;
		bool user, password, goes_on, stops;

		if (answer == NULL)
			return SETUP_FAILED;
		word = span_from(answer);
		user = has_login && span_equal(word, SPAN("user"));
		password = has_login && span_equal(word, SPAN("password"));
		goes_on = span_equal(word, SPAN("write"));
		stops = span_equal(word, SPAN("stop"));
		free(answer);
		if (user)
			return ask_new_user(setup, err);
		if (password)
			return ask_new_secret(setup, err);
		if (goes_on || stops) {
			*again = false;
			return goes_on ? SETUP_GOES_ON : SETUP_STOPS;
		}
	}
}

enum setup_answer
setup_dialogue_log_in(
    struct setup_profile *setup, int *status, struct error *err)
{
	enum setup_answer answer = SETUP_GOES_ON;
	bool again = true;

	while (answer == SETUP_GOES_ON && again) {
		struct setup_verdict verdict;

		fputs("smtpost: logging in\n", stderr);
		if (!setup_profile_check(setup, &verdict, err))
			return SETUP_FAILED;
		*status = verdict.exit_status;
		if (verdict.is_interrupted) {
			error_set(err, ERROR_TEMPORARY,
			    "cannot go on: a signal interrupted the login; "
			    "nothing was written");
			return SETUP_FAILED;
		}
		if (verdict.is_good)
			return SETUP_GOES_ON;
		answer = ask_after_failure(setup, &again, err);
	}
	return answer;
}

void
setup_dialogue_stop(int *status)
{
	fputs("smtpost: nothing was written\n", stderr);
	if (*status <= 0)
		*status = EX_TEMPFAIL;
}
