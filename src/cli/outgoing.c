#include "cli/outgoing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/originator.h"
#include "envelope/recipients.h"
#include "fixup/header_policy.h"
#include "message/resent.h"
#include "profile/environment_layer.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"
#include "profile/setting.h"

#define RECIPIENTS_FILE_MAX ((size_t)64 * 1024 * 1024)

void
outgoing_free(struct outgoing *prepared)
{
	plan_free(&prepared->plan);
	envelope_free(&prepared->envelope);
	if (prepared->message != NULL)
		message_free(prepared->message);
	aliases_free(&prepared->aliases);
	profile_free(&prepared->profile);
	*prepared = (struct outgoing){0};
}

struct profiles *
prepare_profiles(const struct options *options, struct error *err)
{
	struct profile_sources sources = {
	    .config = options->config,
	    .has_server = options->has_server,
	    .has_profile = options->profile != NULL,
	    .sets = options->sets,
	    .set_origins = options->set_origins,
	    .set_count = options->set_count,
	    .report = options_role_is_sendmail(options->role) ? REPORT_NONE
							      : REPORT_TEXT,
	};

	return profiles_load(&sources, err);
}

/*
 * The report as the command line and the environment want it. For a failure
 * that leaves no profile, since a file or another variable is wrong.
 */
static void
fill_report(struct profile *profile, const struct options *options)
{
	const struct setting *setting = setting_find(SPAN("report"));
	const char *value = environment_get("SMTPOST_REPORT");
	struct error ignored;

	if (value != NULL)
		setting->type->parse(
		    setting, profile, span_from(value), &ignored);
	for (size_t i = 0; i < options->set_count; i++) {
		struct span set = options->sets[i];
		size_t equals = span_find(set, '=');

		if (span_equal(
			span_trim(span_head(set, equals)), SPAN("report")))
			setting->type->parse(setting, profile,
			    span_trim(span_skip(set, equals + 1)), &ignored);
	}
}

static bool
is_stdin(const char *file)
{
	return file != NULL && strcmp(file, "-") == 0;
}

/* "-" and no name at all are standard input. -1 with err on failure. */
static int
open_input(const char *file, struct error *err)
{
	if (file == NULL || is_stdin(file))
		return STDIN_FILENO;
	return file_open(file, FILE_ANY, ERROR_NO_INPUT, err);
}

static bool
check_sources(const struct options *options, struct error *err)
{
	if (is_stdin(options->recipients) &&
	    (options->message == NULL || is_stdin(options->message)))
		return error_set(err, ERROR_USAGE,
		    "cannot read both message and recipients from standard "
		    "input\nhint: name a file with --message");
	if (options->operand_count == 0 && !options->read_recipients &&
	    options->recipients == NULL && options->mode != MODE_CHECK_MESSAGE)
		return error_set(err, ERROR_USAGE,
		    "no recipients\nhint: name them behind the options%s",
		    mode_takes_message(options->mode)
			? ", or take them from the message with -t"
			: "");
	return true;
}

/*
 * As sendmail a lone dot ends the message, unless `ignore-dots`. Before the
 * profile is known (it waits for From) that is done only where every one of
 * them wants it: rather too much text than too little.
 */
static bool
dot_ends(const struct outgoing *prepared, const struct options *options,
    const struct profiles *profiles)
{
	bool ends = options_role_is_sendmail(options->role);

	if (prepared->profile.name != NULL)
		return ends && !prepared->profile.ignore_dots;
	for (size_t i = 0; ends && i < profiles->count; i++) {
		struct profile profile = {.password_fd = -1};
		struct error ignored;

		if (profile_choice_make(&profile, profiles,
			profiles->named[i].name, NULL, NULL, &ignored))
			ends = !profile.ignore_dots;
		profile_free(&profile);
	}
	return ends;
}

static bool
read_message(struct outgoing *prepared, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	struct message_options how = {
	    .header =
		options->read_recipients ? HEADER_REQUIRED : HEADER_BY_NAME,
	    .keeps_raw = options->wants_diff,
	    .max_size = prepared->profile.max_size,
	    .memory_max = prepared->profile.memory_max,
	    .dot_ends = dot_ends(prepared, options, profiles),
	};
	bool from_stdin =
	    options->message == NULL || is_stdin(options->message);
	int fd = open_input(options->message, err);

	if (fd < 0)
		return false;
	prepared->message = message_read(
	    fd, from_stdin ? "standard input" : options->message, &how, err);
	if (prepared->message != NULL && from_stdin)
		prepared->input_read = true;
	/* The message keeps what it needs; see message_read. */
	return prepared->message != NULL;
}

static bool
add_recipients_file(struct recipients *recipients,
    const struct options *options, struct error *err)
{
	struct buf text;
	int fd = open_input(options->recipients, err);
	bool done;

	if (fd < 0)
		return false;
	buf_init(&text, RECIPIENTS_FILE_MAX);
	done = file_read(fd, options->recipients, &text, ERROR_NO_INPUT, err) &&
	    recipients_add_lines(recipients, buf_span(&text), err);
	buf_free(&text);
	if (fd != STDIN_FILENO)
		close(fd);
	return done;
}

static bool
add_operands(struct recipients *recipients, const struct options *options,
    struct error *err)
{
	for (size_t i = 0; i < options->operand_count; i++)
		if (!recipients_add_list(
			recipients, span_from(options->operands[i]), err))
			return false;
	return true;
}

/* Nobody can look for a file that is called "none". */
struct aliases
prepare_aliases(const struct profile *profile)
{
	struct aliases aliases = {
	    .path = profile->aliases,
	    .may_be_absent = profile->aliases == NULL,
	    .mail_domain = profile->domain,
	    .host =
		{
		    .further = profile->local_domains.names,
		    .further_count = profile->local_domains.count,
		},
	};

	if (aliases.path == NULL)
		aliases.path = "/etc/aliases";
	else if (strcmp(aliases.path, "none") == 0)
		aliases.path = NULL;
	return aliases;
}

/* One that an alias does not lead to anybody is refused like any other. */
static void
settle_all_or_nothing(struct outgoing *prepared)
{
	struct outcome outcome = {0};
	bool has_failed = false;

	for (size_t i = 0; i < prepared->envelope.count; i++)
		if (prepared->envelope.recipients[i].outcome.action !=
		    ACTION_NONE)
			has_failed = true;
	if (!has_failed || prepared->profile.partial != PARTIAL_ALL_OR_NOTHING)
		return;
	outcome_set_own(&outcome, STAGE_RCPT, CAUSE_CONTENT,
	    "not sent: another recipient was refused");
	envelope_settle_open(&prepared->envelope, &outcome);
	outcome_free(&outcome);
}

static bool
make_recipients(struct outgoing *prepared, const struct options *options,
    const char *domain, struct buf *notes, struct error *err)
{
	const struct profile *profile = &prepared->profile;
	struct recipients recipients = {
	    .envelope = &prepared->envelope,
	    .domain = domain,
	    .aliases = &prepared->aliases,
	    .local = span_from(profile->local_recipients),
	    .notes = notes,
	};
	bool done;

	prepared->aliases = prepare_aliases(profile);
	done = add_operands(&recipients, options, err);
	if (done && options->recipients != NULL)
		done = add_recipients_file(&recipients, options, err);
	if (done && options->read_recipients)
		done = recipients_add_header(
		    &recipients, message_header(prepared->message), err);
	recipients_free(&recipients);
	settle_all_or_nothing(prepared);
	if (!done || prepared->envelope.count > 0)
		return done;
	if (!options->read_recipients)
		return options->mode == MODE_CHECK_MESSAGE ||
		    error_set(err, ERROR_USAGE, "no recipients");
	return error_set(err, ERROR_DATA, "no recipients in %s",
	    resent_newest(message_header(prepared->message)).len > 0
		? "Resent-To, Resent-Cc or Resent-Bcc"
		: "To, Cc or Bcc");
}

bool
prepare_plan(struct plan *plan, const struct message *message,
    const struct profile *profile, const struct originator *originator,
    struct aliases *aliases, struct header_judge *judge, struct error *err)
{
	bool is_kept = profile->header_policy == HEADER_POLICY_KEEP;
	struct header_policy policy = {
	    .domain = originator->domain,
	    .aliases = aliases,
	    .reverse_path = originator->reverse_path,
	    .from_path = originator->from_path,
	    .name = originator->from_name,
	    .replaces = profile->header_policy == HEADER_POLICY_PROVIDER,
	    .sender = originator->replacement,
	    .match = profile->match.names,
	    .match_count = profile->match.count,
	    .keeps_original_from = profile->keep_original_from,
	};
	struct fixup fixup = {
	    .complete = !is_kept,
	    .policy = is_kept ? NULL : &policy,
	    .judge = judge,
	    .remove_bcc = profile->remove_bcc,
	    .repair = profile->repair,
	    .from_path = originator->from_path,
	    .from_name = originator->from_name,
	    .id_domain = originator->id_domain,
	    .now = time(NULL),
	};
	bool done;

	buf_add_span(&policy.notes, buf_span(&originator->notes));
	if (aliases != NULL)
		buf_add_span(&policy.notes, buf_span(&aliases->file.notes));
	done = fixup_plan(plan, message, &fixup, err);
	if (done && is_kept)
		buf_add_span(&plan->notes, buf_span(&policy.notes));
	header_policy_free(&policy);
	return done;
}

bool
prepare_profile(
    struct outgoing *prepared, const struct options *options, struct error *err)
{
	struct profiles *profiles = prepare_profiles(options, err);
	bool done;

	if (profiles == NULL) {
		fill_report(&prepared->profile, options);
		return false;
	}
	done = originator_choose_profile(
	    &prepared->profile, profiles, options, prepared->message, err);
	profiles_free(profiles);
	return done;
}

/*
 * Only a choice by the From header has to wait for the message; the others
 * come first, so that a mistake shows before anything is read, and `max-size`
 * bounds the reading itself.
 */
static bool
is_choice_by_header(
    const struct options *options, const struct profiles *profiles)
{
	return options->profile == NULL &&
	    environment_layer_profile() == NULL &&
	    (options->from == NULL || options->from[0] == '\0' ||
		strcmp(options->from, "<>") == 0) &&
	    profiles->count > 1;
}

static bool
check_size(const struct outgoing *prepared, struct error *err)
{
	uint64_t max = prepared->profile.max_size;
	uint64_t size = message_header(prepared->message).len +
	    message_facts(prepared->message)->body_size;

	if (max == 0 || size <= max)
		return true;
	return error_set(err, ERROR_DATA,
	    "cannot send: the message is larger than max-size (%llu octets)",
	    (unsigned long long)max);
}

/* As if there were no configuration, and a server at hand. */
static bool
use_no_profile(
    struct outgoing *prepared, const struct options *options, struct error *err)
{
	struct span set = SPAN("server=smtp://localhost");
	struct span origin = SPAN("default");
	struct options alone = {.role = options->role,
	    .sets = &set,
	    .set_origins = &origin,
	    .set_count = 1,
	    .has_server = true};
	struct profiles *profiles = prepare_profiles(&alone, err);
	bool done = profiles != NULL &&
	    originator_choose_profile(
		&prepared->profile, profiles, &alone, prepared->message, err);

	if (profiles != NULL)
		profiles_free(profiles);
	return done;
}

/*
 * A message that is only checked needs no sender: where several profiles wait
 * for one, it is checked with the default settings.
 */
static bool
choose_by_header(struct outgoing *prepared, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	return originator_choose_profile(&prepared->profile, profiles, options,
		   prepared->message, err) ||
	    (options->mode == MODE_CHECK_MESSAGE &&
		use_no_profile(prepared, options, err));
}

static bool
choose_and_read(struct outgoing *prepared, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	if (!is_choice_by_header(options, profiles))
		return originator_choose_profile(
			   &prepared->profile, profiles, options, NULL, err) &&
		    read_message(prepared, options, profiles, err);
	return read_message(prepared, options, profiles, err) &&
	    choose_by_header(prepared, options, profiles, err) &&
	    check_size(prepared, err);
}

/* Names that servers may not take, of the sender and of the profile. */
static void
note_names(const struct profile *profile, struct originator *originator)
{
	struct buf *notes = &originator->notes;

	domain_note_underscore(span_from(originator->reverse_path), notes);
	domain_note_underscore(span_from(profile->ehlo_name), notes);
	for (size_t i = 0; i < profile->server_count; i++)
		domain_note_underscore(
		    span_from(profile->servers[i].host), notes);
}

/* Recipients and reverse-path; `originator` has more, for the plan. */
static bool
make_envelope(struct outgoing *prepared, const struct options *options,
    struct originator *originator, struct error *err)
{
	char *domain = identity_domain(&prepared->profile);
	/* A message that is only checked needs no sender that can be used. */
	const char *sender_domain =
	    domain == NULL && options->mode == MODE_CHECK_MESSAGE ? "localhost"
								  : domain;
	bool done;

	originator->aliases = &prepared->aliases;
	done = make_recipients(
		   prepared, options, domain, &originator->notes, err) &&
	    originator_find(originator, &prepared->profile, options,
		prepared->message, sender_domain, err);
	if (domain == NULL) {
		free(originator->domain);
		originator->domain = NULL;
	}
	if (done) {
		prepared->envelope.reverse_path =
		    mem_copy_text(originator->reverse_path);
		note_names(&prepared->profile, originator);
	}
	if (!done && sender_domain == NULL && err->kind == ERROR_DATA &&
	    prepared->profile.unconfigured != NULL)
		error_add(err, "\nhint: %s", prepared->profile.unconfigured);
	free(domain);
	return done;
}

/* What reports of delivery are asked for (RFC 3461). */
static void
request_notifications(struct outgoing *prepared, const struct options *options)
{
	struct envelope *envelope = &prepared->envelope;

	for (size_t i = 0; i < envelope->count; i++)
		envelope->recipients[i].dsn.notify =
		    prepared->profile.dsn_notify;
	envelope->dsn_return = prepared->profile.dsn_return;
	if (options->envelope_id != NULL)
		envelope->envelope_id = mem_copy_text(options->envelope_id);
}

bool
prepare_envelope(
    struct outgoing *prepared, const struct options *options, struct error *err)
{
	struct originator originator = {0};
	bool done = check_sources(options, err) &&
	    prepare_profile(prepared, options, err) &&
	    make_envelope(prepared, options, &originator, err);

	buf_add_span(&prepared->plan.notes, buf_span(&originator.notes));
	buf_add_span(
	    &prepared->plan.notes, buf_span(&prepared->aliases.file.notes));
	originator_free(&originator);
	return done;
}

bool
outgoing_prepare(
    struct outgoing *prepared, const struct options *options, struct error *err)
{
	struct originator originator = {0};
	struct profiles *profiles;
	bool done;

	if (!check_sources(options, err))
		return false;
	profiles = prepare_profiles(options, err);
	if (profiles == NULL) {
		fill_report(&prepared->profile, options);
		return false;
	}
	done = choose_and_read(prepared, options, profiles, err);
	profiles_free(profiles);
	done = done && make_envelope(prepared, options, &originator, err) &&
	    prepare_plan(&prepared->plan, prepared->message, &prepared->profile,
		&originator, &prepared->aliases, NULL, err);
	request_notifications(prepared, options);
	originator_free(&originator);
	return done;
}
