/*
 * Without a terminal nothing is asked and nobody logs in: only what the search
 * has found is printed. Nothing is written before the last question.
 */
#include "cli/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "address/mailbox.h"
#include "base/file.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/whole_file.h"
#include "cli/output.h"
#include "cli/question.h"
#include "cli/queue_add.h"
#include "cli/setup_dialogue.h"
#include "cli/setup_machine.h"
#include "cli/setup_profile.h"
#include "profile/secret_oauth.h"
#include "profile/section_text.h"

#define CONFIG_MAX ((size_t)1024 * 1024)

/* A call of --setup. */
struct setup {
	struct setup_profile profile;
	struct server_search search;
	struct profiles *profiles; /* those that are there already */
	char *address, *path, *domain;
	char *config, *folder; /* of the configuration file */
	int status;	       /* that a mail would end with */
};

/* Refuses an address without a domain that can be looked up. */
static bool
read_address(struct setup *setup, const char *text, struct error *err)
{
	struct mailbox mailbox;
	struct span domain;
	struct error why;
	bool done = address_list_parse_mailbox(&mailbox, span_from(text), &why);

	if (done) {
		/* Capitals may count in a login, but not in a domain. */
		for (char *at = mailbox.domain; at != NULL && *at != '\0'; at++)
			*at = ascii_lower(*at);
		setup->address = mailbox_as_written(&mailbox);
		setup->path = mailbox_path(&mailbox, NULL, &why);
		done = setup->path != NULL;
	}
	mailbox_free(&mailbox);
	if (done) {
		domain = domain_of_path(span_from(setup->path));
		setup->domain = span_copy(domain);
		done = domain_is_fqdn(domain) ||
		    error_set(&why, ERROR_USAGE,
			"the domain of the address cannot be looked up");
	}
	return done ||
	    error_set(err, ERROR_USAGE, "cannot use --setup: %s", why.text);
}

/* The name of a new profile, if there are others: that of the domain. */
static const char *
wished_name(const struct setup *setup)
{
	static const char *const common[] = {"mail.", "www.", "smtp."};
	const char *domain = setup->domain;

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		if (strncmp(domain, common[i], strlen(common[i])) == 0)
			domain += strlen(common[i]);
	return domain;
}

/* "example" of "example.co.uk". */
static char *
make_name(const struct setup *setup)
{
	struct span part =
	    server_search_registered(span_from(wished_name(setup)));
	char *wish = span_copy(span_head(part, span_find(part, '.')));
	char *name = section_text_name(setup->profiles, wish);

	free(wish);
	return name;
}

/*
 * Lines without a [name] are a profile; below them, a new section would make
 * them defaults of it.
 */
static bool
config_is_nameless(const struct setup *setup)
{
	const struct config *user = &setup->profiles->user;

	return user->count == 1 && user->sections[0].count > 0;
}

static bool
check_config(const struct setup *setup, struct error *err)
{
	static const char why[] =
	    "its settings have no [name] above them, and would become those "
	    "of the new profile too\n"
	    "hint: write [default] above the first of them, then try again";
	char *shown;

	if (!config_is_nameless(setup))
		return true;
	shown = utf8_masked(span_from(setup->config));
	error_set(
	    err, ERROR_CONFIG, "cannot add a profile to %s: %s", shown, why);
	free(shown);
	return false;
}

static bool
load(struct setup *setup, const struct options *options, struct error *err)
{
	struct profile_sources sources = {
	    .config = options->config, .no_environment = true};

	/* A path in a configuration is relative to the folder of its file. */
	setup->config = options->config != NULL ? queue_add_config_path(options)
						: profiles_user_path();
	if (setup->config == NULL)
		return error_set(err, ERROR_CONFIG,
		    "cannot find the configuration: there is no home "
		    "directory\nhint: name a file with --config");
	setup->folder = file_folder(setup->config);
	/* A file that --config names need not be there yet. */
	if (options->config != NULL && access(options->config, F_OK) < 0) {
		sources.has_server = true; /* so that no file is read */
		sources.config = NULL;
	}
	setup->profiles = profiles_load(&sources, err);
	return setup->profiles != NULL;
}

static void
tell_step(void *context, const char *sentence)
{
	const struct options *options = context;

	if (options->verbose > 0)
		fprintf(stderr, "smtpost: %s\n", sentence);
}

static void
print_notes(const struct setup *setup)
{
	struct span rest = buf_span(&setup->search.notes), line;

	while (span_next_word(&rest, "\n", &line)) {
		struct buf out = {0};

		buf_add_text(&out, "smtpost: note: ");
		utf8_add_sentence(&out, line);
		buf_add_char(&out, '\n');
		output_write(&out, stderr);
		buf_free(&out);
	}
}

/* The sentence for a search that found nothing, and its status. */
static void
report_nothing(struct setup *setup, enum search_result result)
{
	struct buf out = {0};

	print_notes(setup);
	if (result == SEARCH_SIGNAL)
		buf_add_text(&out, "smtpost: the search was interrupted\n");
	else if (result == SEARCH_TROUBLE)
		buf_add_format(&out,
		    "smtpost: no server was found for %s now, but some of "
		    "the look-ups failed: try later\n",
		    setup->domain);
	else
		buf_add_format(&out,
		    "smtpost: nothing is known about %s\n"
		    "smtpost: hint: ask its administrator for the name of the "
		    "server for outgoing mail, then\n"
		    "    smtpost --server-info smtps://NAME\n",
		    setup->domain);
	output_write(&out, stderr);
	buf_free(&out);
	setup->status = result == SEARCH_SIGNAL ? EX_TEMPFAIL : EX_NOHOST;
}

static enum search_result
search(struct setup *setup, const struct options *options, bool is_online)
{
	server_search_free(&setup->search);
	setup->search = (struct server_search){
	    .domain = setup->domain,
	    .is_online = is_online,
	    .tell = tell_step,
	    .context = (void *)(uintptr_t)options,
	};
	return server_search_run(&setup->search);
}

/* Others may learn the domain only if the user agrees. */
static bool
ask_online(bool *agrees, struct error *err)
{
	return question_agree("No server was found. smtpost can ask the "
			      "domain, and then the ISPDB of Thunderbird,\n"
			      "by HTTPS, and tell them the domain. Ask them? "
			      "(y/N) ",
	    agrees, err);
}

static bool
find_server(struct setup *setup, const struct options *options, bool *found,
    struct error *err)
{
	bool is_online = options->is_online > 0;
	enum search_result result;

	fprintf(
	    stderr, "smtpost: looking for the server of %s\n", setup->domain);
	result = search(setup, options, is_online);
	if ((result == SEARCH_NONE || result == SEARCH_TROUBLE) && !is_online &&
	    question_is_possible()) {
		if (!ask_online(&is_online, err))
			return false;
		if (is_online)
			result = search(setup, options, true);
	}
	*found = result == SEARCH_FOUND;
	if (!*found)
		report_nothing(setup, result);
	else if (setup->search.is_unverified || options->verbose > 0)
		print_notes(setup);
	return true;
}

/* Adds comments: which settings say where the secret comes from. */
static void
add_sources(const struct setup *setup, struct buf *out)
{
	const struct server_search *search = &setup->search;
	bool needs_token = setup_dialogue_needs_token(search);
	const char *issuer = setup_dialogue_issuer(search);

	buf_add_text(out,
	    needs_token
		? "# The server takes only access tokens of OAuth:\n"
		  "# token-command = COMMAND\n"
		: "# Say where the password comes from, by one of these:\n"
		  "# password-command = COMMAND\n"
		  "# password-file = FILE\n");
	if (issuer != NULL || needs_token)
		buf_add_format(out,
		    "# Or log in by OAuth, with smtpost-oauth(1):\n"
		    "# oauth = %s\n",
		    issuer != NULL ? issuer : "https://ISSUER");
}

/* Adds comments about a secret that is not kept anywhere yet. */
static void
add_recipe(
    const struct setup *setup, const struct options *options, struct buf *out)
{
	const struct setup_profile *profile = &setup->profile;
	struct buf recipe = {0};

	if (!setup_profile_has_login(profile))
		return;
	if (!profile->has_store) {
		add_sources(setup, out);
	} else if (setup_profile_has_oauth(profile)) {
		secret_oauth_add_call(
		    options->config, profile->name, "login", &recipe);
		buf_add_format(out,
		    "# Then log in, with this shell command:\n"
		    "# %s\n",
		    buf_text(&recipe));
	} else {
		secret_store_add_recipe(&profile->store, &recipe);
		if (recipe.len > 0)
			buf_add_format(out,
			    "# First keep the password, with this shell "
			    "command:\n"
			    "# %s\n",
			    buf_text(&recipe));
	}
	buf_free(&recipe);
}

static bool
print(
    const struct setup *setup, const struct options *options, struct error *err)
{
	struct buf out = {0};

	setup_profile_add_text(&setup->profile, true, &out);
	add_recipe(setup, options, &out);
	output_write(&out, stdout);
	buf_free(&out);
	return output_end(err);
}

/* What must stand between the old lines and the new ones. */
static bool
add_distance(const struct setup *setup, struct buf *out, struct error *err)
{
	struct buf old = {0};
	bool done = true;

	buf_init_secret(&old, CONFIG_MAX);
	if (access(setup->config, F_OK) == 0)
		done = file_read_path(
		    setup->config, FILE_OWN, &old, ERROR_CONFIG, err);
	/* A last line that ends in a backslash must not go on. */
	if (done && old.len > 0)
		buf_add_text(
		    out, old.data[old.len - 1] == '\n' ? "\n" : "\n\n");
	buf_wipe(&old);
	return done;
}

/* Whether a failed call has added the profile all the same. */
static bool
profile_is_there(const struct setup *setup)
{
	const struct profile_sources sources = {
	    .config = setup->config, .no_environment = true};
	struct error ignored;
	struct profiles *profiles = profiles_load(&sources, &ignored);
	bool is_there = profiles != NULL &&
	    profiles_find(profiles, span_from(setup->profile.name)) != NULL;

	profiles_free(profiles);
	return is_there;
}

/* Removes the password again, or says how. */
static void
forget_secret(const struct secret_store *store)
{
	struct buf rest = {0}, out = {0};

	secret_store_forget(store, &rest);
	if (rest.len > 0) {
		buf_add_text(&out,
		    "smtpost: note: the password stays in the keyring; this "
		    "removes it:\n    ");
		utf8_add_masked(&out, buf_span(&rest));
		buf_add_char(&out, '\n');
		output_write(&out, stderr);
	}
	buf_free(&rest);
	buf_free(&out);
}

static bool
write_profile(struct setup *setup, struct error *err)
{
	struct setup_profile *profile = &setup->profile;
	const struct secret_store *store = &profile->store;
	struct buf out = {0};
	bool done, is_kept = false;

	buf_init_secret(&out, 0);
	done = add_distance(setup, &out, err);
	setup_profile_add_text(profile, true, &out);
	done = done && whole_file_make_folders(setup->config, 0700, err);
	if (done && profile->password.len > 0) {
		is_kept =
		    secret_store_keep(store, buf_span(&profile->password), err);
		done = is_kept && setup_profile_finds_secret(profile, err);
	}
	done = done && whole_file_append(setup->config, buf_span(&out), err);
	buf_wipe(&out);
	if (!done && is_kept && !profile_is_there(setup))
		forget_secret(store);
	return done;
}

static void
report_written(const struct setup *setup, const struct options *options)
{
	const char *name = setup->profile.name;
	char *shown = utf8_masked(span_from(setup->config));
	struct buf call = {0};

	fprintf(stderr, "smtpost: the profile \"%s\" was added to %s\n", name,
	    shown);
	if (setup_profile_has_oauth(&setup->profile)) {
		setup_profile_add_next_step(
		    &setup->profile, options->config, &call);
		fprintf(stderr, "smtpost: hint: %s\n", buf_text(&call));
	} else {
		fprintf(stderr,
		    "smtpost: hint: try it: echo test | smtpost -P %s "
		    "ADDRESS\n",
		    name);
	}
	buf_free(&call);
	free(shown);
}

/* All questions, in order. */
static enum setup_answer
ask_all(struct setup *setup, struct error *err)
{
	struct setup_profile *profile = &setup->profile;
	enum setup_answer answer = setup_dialogue_ask_user(profile, err);

	if (answer == SETUP_GOES_ON)
		answer = setup_dialogue_confirm(profile, err);
	if (answer == SETUP_GOES_ON && setup_profile_has_login(profile))
		answer = setup_dialogue_ask_secret(profile, err);
	if (answer == SETUP_GOES_ON && !setup_profile_has_oauth(profile)) {
		profile->store.user = setup_profile_user(profile);
		answer = setup_dialogue_log_in(profile, &setup->status, err);
		profile->store.user = setup_profile_user(profile);
	}
	return answer;
}

static bool
finish(struct setup *setup, const struct options *options,
    enum setup_answer answer, struct error *err)
{
	switch (answer) {
	case SETUP_FAILED:
		return false;
	case SETUP_STOPS:
		setup_dialogue_stop(&setup->status);
		return true;
	case SETUP_GOES_ON:
		break;
	}
	setup->status = 0;
	if (options->writes == 0)
		return print(setup, options, err);
	if (!write_profile(setup, err))
		return false;
	report_written(setup, options);
	return true;
}

/* root may mean the machine. */
static enum setup_answer
ask_whom(bool *for_machine, struct error *err)
{
	*for_machine = false;
	for (;;) {
		char *answer =
		    question_ask("You are root. Who is the profile for?\n"
				 "    root     for root alone\n"
				 "    machine  for all users and daemons, by "
				 "the service of smtpost-service(8)\n"
				 "Type one of these words: ",
			err);
		bool is_root;

		if (answer == NULL)
			return SETUP_FAILED;
		is_root = strcmp(answer, "root") == 0;
		*for_machine = strcmp(answer, "machine") == 0;
		free(answer);
		if (is_root || *for_machine)
			return SETUP_GOES_ON;
	}
}

static bool
run(struct setup *setup, const struct options *options, struct error *err)
{
	bool for_machine = false;
	enum setup_answer answer = SETUP_GOES_ON;

	if (!question_is_possible())
		return print(setup, options, err);
	if (geteuid() == 0 && options->config == NULL)
		answer = ask_whom(&for_machine, err);
	if (answer == SETUP_GOES_ON && for_machine)
		return setup_machine_run(&setup->profile, &setup->status, err);
	if (answer == SETUP_GOES_ON && options->writes > 0 &&
	    !check_config(setup, err))
		return false;
	if (answer == SETUP_GOES_ON)
		answer = ask_all(setup, err);
	return finish(setup, options, answer, err);
}

static void
free_all(struct setup *setup)
{
	setup_profile_free(&setup->profile);
	server_search_free(&setup->search);
	profiles_free(setup->profiles);
	free(setup->address);
	free(setup->path);
	free(setup->domain);
	free(setup->config);
	free(setup->folder);
}

bool
setup_run(const struct options *options, struct mode_result *result,
    struct error *err)
{
	struct setup setup = {0};
	bool done, found = false;

	if (options->writes > 0 && !question_is_possible())
		return error_set(err, ERROR_USAGE,
		    "cannot use --write: there is no terminal to ask at");
	done = read_address(&setup, options->setup_address, err) &&
	    load(&setup, options, err);
	signals_catch();
	done = done && find_server(&setup, options, &found, err);
	if (found) {
		struct setup_profile *profile = &setup.profile;

		profile->options = options;
		profile->address = setup.address;
		profile->path = setup.path;
		profile->search = &setup.search;
		profile->config = setup.config;
		profile->name = make_name(&setup);
		profile->store.profile = profile->name;
		profile->store.host = setup.search.host;
		profile->store.folder = setup.folder;
		done = run(&setup, options, err);
	}
	result->exit_status = setup.status;
	free_all(&setup);
	return done;
}
