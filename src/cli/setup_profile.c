/*
 * The profile is read from its text together with the configuration that is
 * there already. So what is checked is what later calls will use.
 */
#include "cli/setup_profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/signals.h"
#include "base/utf8.h"
#include "base/wait.h"
#include "cli/doctor_text.h"
#include "cli/output.h"
#include "cli/trace.h"
#include "cli/verdict.h"
#include "doctor/check_table.h"
#include "doctor/checkup.h"
#include "doctor/diagnosis.h"
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/oauth_service.h"
#include "profile/profile_choice.h"
#include "profile/provider_table.h"
#include "profile/secret.h"
#include "profile/secret_oauth.h"
#include "profile/section_text.h"

#define TIMEOUT ((int64_t)60000)
#define FINDINGS_MAX ((size_t)256 * 1024)

const char *
setup_profile_user(const struct setup_profile *setup)
{
	const struct provider *provider = setup->search->provider;

	if (setup->user != NULL)
		return setup->user;
	if (provider != NULL && provider->form == USER_FORM_LITERAL)
		return provider->user;
	return setup->address;
}

bool
setup_profile_has_login(const struct setup_profile *setup)
{
	return setup->user != NULL || !setup->search->has_no_login;
}

bool
setup_profile_has_oauth(const struct setup_profile *setup)
{
	return setup->has_store && setup->store.place == SECRET_PLACE_OAUTH;
}

/* Whether a list of patterns can hold the address. */
static bool
is_pattern_safe(const char *address)
{
	return address[strcspn(address, " \t\",*?<>()\\")] == '\0';
}

/* `sender` has words that begin with %. */
static void
add_sender(const char *path, struct buf *out)
{
	struct buf value = {0};

	identity_add_literal(&value, span_from(path));
	section_text_add(out, "sender", buf_text(&value));
	buf_free(&value);
}

/* Whether the provider's preset makes the user name the sender. */
static bool
sender_is_preset(const struct setup_profile *setup)
{
	const struct provider *provider = setup->search->provider;

	return provider != NULL && provider->form == USER_FORM_ADDRESS &&
	    strcmp(setup_profile_user(setup), setup->address) == 0 &&
	    is_pattern_safe(setup->address);
}

static void
add_service(const struct setup_profile *setup, struct buf *out)
{
	section_text_add(out, "domain", setup->domain);
	section_text_add(out, "allow-senders", "own");
	if (setup->has_one_sender)
		section_text_add(out, "header-policy", "provider");
	section_text_add(out, "log", "syslog");
}

/* What else the service of `oauth` wants; the user has to fill it in. */
static void
add_client(const struct setup_profile *setup, struct buf *out)
{
	switch (oauth_service_need(span_from(setup->store.oauth))) {
	case OAUTH_NEEDS_ID:
		buf_add_text(out,
		    "# smtpost-oauth(1) shows how to get this from the "
		    "service:\n"
		    "# oauth-client-id = ID\n");
		break;
	case OAUTH_NEEDS_SECRET:
		buf_add_text(out,
		    "# smtpost-oauth(1) shows how to get these from the "
		    "service:\n"
		    "# oauth-client-id = ID\n");
		/* Everybody may read service.conf. */
		buf_add_text(out,
		    setup->domain == NULL
			? "# oauth-client-secret = SECRET\n"
			: "# oauth-client-secret-file = " SYSCONFDIR
			  "/smtpost/client-secret\n");
		break;
	case OAUTH_NEEDS_UNKNOWN:
		buf_add_text(out,
		    "# Only if the service gives out no ID by itself:\n"
		    "# oauth-client-id = ID\n");
		break;
	case OAUTH_NEEDS_NOTHING:
		break;
	}
}

void
setup_profile_add_next_step(
    const struct setup_profile *setup, const char *config, struct buf *out)
{
	enum oauth_client_need need =
	    oauth_service_need(span_from(setup->store.oauth));

	if (need == OAUTH_NEEDS_ID || need == OAUTH_NEEDS_SECRET) {
		buf_add_text(out, "add oauth-client-id to ");
		utf8_add_masked(out, span_from(setup->config));
		buf_add_text(out, ", then ");
	}
	buf_add_text(out, "log in: ");
	secret_oauth_add_call(config,
	    setup->domain == NULL ? setup->name : "default", "login", out);
}

/* The mechanisms that do not send the password, if the server has one. */
static void
add_scram(const struct setup_profile *setup, struct buf *out)
{
	struct buf names = {0};

	for (size_t i = 0; i < mechanism_count(); i++)
		if (setup->search->mechanisms & 1U << i &&
		    mechanism_at(i)->exchange == EXCHANGE_SCRAM)
			buf_add_format(&names, "%s%s",
			    names.len > 0 ? ", " : "", mechanism_at(i)->name);
	if (names.len > 0)
		section_text_add(out, "auth", buf_text(&names));
	buf_free(&names);
}

void
setup_profile_add_text(
    const struct setup_profile *setup, bool with_secret, struct buf *out)
{
	const struct server_search *search = setup->search;
	const struct provider *provider = search->provider;

	buf_add_text(out, "# From smtpost --setup: ");
	utf8_add_sentence(out, buf_span(&search->source));
	if (search->is_unverified)
		buf_add_text(out, "; the server could not be checked");
	if (search->is_foreign)
		buf_add_text(out,
		    "\n# Warning: it is outside of the domain, and no DNSSEC "
		    "proves that it is meant");
	buf_add_char(out, '\n');
	if (setup->domain == NULL) {
		buf_add_format(out, "[%s]\n", setup->name);
		if (is_pattern_safe(setup->address))
			section_text_add(out, "match", setup->address);
	}
	if (search->provider_name != NULL)
		section_text_add(out, "provider", search->provider_name);
	else
		section_text_add(out, "server", search->servers);
	if (setup_profile_has_login(setup) &&
	    (provider == NULL || provider->form != USER_FORM_LITERAL ||
		setup->user != NULL))
		section_text_add(out, "user", setup_profile_user(setup));
	if (setup->domain == NULL ? !sender_is_preset(setup)
				  : setup->has_one_sender)
		add_sender(setup->path, out);
	if (with_secret && setup->has_store)
		secret_store_add_setting(
		    &setup->store, buf_span(&setup->password), out);
	if (with_secret && setup_profile_has_oauth(setup))
		add_client(setup, out);
	else if (search->wants_scram)
		add_scram(setup, out);
	if (setup->domain != NULL)
		add_service(setup, out);
}

/*
 * Reads the profile with the configuration that is there. Free both in every
 * case.
 */
static bool
load(const struct setup_profile *setup, bool with_secret,
    struct profile *profile, struct profiles **profiles, struct error *err)
{
	struct buf text = {0};
	struct profile_sources sources = {
	    .config =
		setup->domain != NULL ? setup->config : setup->options->config,
	    .no_environment = true,
	};
	bool done;

	buf_init_secret(&text, 0);
	setup_profile_add_text(setup, with_secret, &text);
	sources.addition = buf_span(&text);
	*profiles = profiles_load(&sources, err);
	done = *profiles != NULL &&
	    profile_choice_make(profile, *profiles,
		setup->domain == NULL ? setup->name : NULL, NULL, NULL, err);
	buf_wipe(&text);
	return done;
}

/* Those about one login; what is in the queue or the DNS does not matter. */
static bool *
select_checks(void)
{
	bool *selected = mem_new(check_table_count, sizeof(bool));

	for (size_t i = 0; i < check_table_count; i++)
		selected[i] = strncmp(check_table[i].id, "dns.", 4) != 0 &&
		    strncmp(check_table[i].id, "queue", 5) != 0;
	return selected;
}

static void
print(const struct setup_profile *setup, const struct diagnosis *diagnosis)
{
	struct buf out = {.max = FINDINGS_MAX};

	doctor_text_add_findings(&out, &diagnosis->findings,
	    setup->options->verbose > 0 ? SHOWS_OK : SHOWS_TROUBLE);
	output_write(&out, stderr);
	buf_free(&out);
}

static void
judge(const struct setup_profile *setup, const struct diagnosis *diagnosis,
    struct setup_verdict *verdict)
{
	struct verdict all = verdict_of(diagnosis, setup->options);

	*verdict = (struct setup_verdict){
	    .is_good = all.counts[SEVERITY_FAILURE] == 0 &&
		all.submission <= 0 && all.status != VERDICT_UNKNOWN,
	    .is_interrupted = signals_are_pending(),
	    .exit_status = all.submission,
	};
}

bool
setup_profile_check(const struct setup_profile *setup,
    struct setup_verdict *verdict, struct error *err)
{
	struct profile profile = PROFILE_UNSET;
	struct profiles *profiles = NULL;
	bool done =
	    load(setup, setup->password.len == 0, &profile, &profiles, err);
	bool *selected = select_checks();

	if (done) {
		struct trace trace;
		struct diagnosis diagnosis = {
		    .profiles = profiles,
		    .profile = &profile,
		    .sender = setup->path,
		    .observer = trace_init(&trace, setup->options->verbose),
		    .selected = selected,
		    .deadline = deadline_in(TIMEOUT),
		};

		if (setup->password.len > 0) {
			buf_init_secret(&profile.password, 0);
			buf_add_span(
			    &profile.password, buf_span(&setup->password));
		}
		checkup_run(&diagnosis);
		print(setup, &diagnosis);
		judge(setup, &diagnosis, verdict);
		diagnosis_free(&diagnosis);
	}
	free(selected);
	profile_free(&profile);
	profiles_free(profiles);
	return done;
}

bool
setup_profile_finds_secret(const struct setup_profile *setup, struct error *err)
{
	struct profile profile = PROFILE_UNSET;
	struct profiles *profiles = NULL;
	struct secret secret = {0};
	bool done = load(setup, true, &profile, &profiles, err) &&
	    secret_fetch(&secret, &profile, false, err);

	if (done &&
	    !span_equal(buf_span(&secret.password), buf_span(&setup->password)))
		done = error_set(err, ERROR_CONFIG,
		    "cannot use this place for the password: it gives back "
		    "another one");
	secret_free(&secret);
	profile_free(&profile);
	profiles_free(profiles);
	return done;
}

void
setup_profile_free(struct setup_profile *setup)
{
	free(setup->name);
	free(setup->user);
	free(setup->command);
	free(setup->issuer);
	free(setup->domain);
	buf_wipe(&setup->password);
}
