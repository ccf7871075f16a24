/*
 * Prepares a mail before the first connection. Standard input is read only
 * after every choice that does not need the header. Warnings are printed at
 * once, because the connection may hang.
 */
#include "cli/outgoing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address/domain.h"
#include "base/environment.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cli/draft.h"
#include "envelope/recipients.h"
#include "fixup/extra_fields.h"
#include "fixup/header_policy.h"
#include "message/header.h"
#include "profile/identity.h"
#include "profile/profile_choice.h"
#include "profile/setting_table.h"
#include "smtp/signing.h"

#define RECIPIENTS_FILE_MAX ((size_t)64 * 1024 * 1024)

void
outgoing_free(struct outgoing *outgoing)
{
	plan_free(&outgoing->plan);
	envelope_free(&outgoing->envelope);
	if (outgoing->message != NULL)
		message_free(outgoing->message);
	composition_free(&outgoing->composition);
	aliases_free(&outgoing->aliases);
	free(outgoing->label);
	if (!outgoing->shares_profile)
		profile_free(&outgoing->profile);
	*outgoing = (struct outgoing){0};
}

struct profiles *
outgoing_load_profiles(const struct options *options, struct error *err)
{
	struct profile_sources sources = {
	    .config = options->config,
	    .has_server = options->has_server,
	    .has_profile = options->profile != NULL,
	    .sets = options->sets,
	    .set_origins = options->set_origins,
	    .set_count = options->set_count,
	    .report = options->role == ROLE_SMTPOST && options->mode != MODE_RUN
		? REPORT_TEXT
		: REPORT_NONE,
	};

	return profiles_load(&sources, err);
}

void
outgoing_fill_report(struct profile *profile, const struct options *options)
{
	const struct setting *setting = setting_table_find(SPAN("report"));
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

enum report_form
outgoing_report(const struct outgoing *outgoing, const struct options *options)
{
	return options->has_report ? options->report : outgoing->profile.report;
}

/* Opens a file; NULL and "-" are standard input. -1, with err, on failure. */
static int
open_input(const char *file, struct error *err)
{
	if (file == NULL || options_is_stdin(file))
		return STDIN_FILENO;
	return file_open(file, FILE_ANY, ERROR_NO_INPUT, err);
}

static bool
refuse_without_recipients(const struct options *options, struct error *err)
{
	bool takes_message = mode_table[options->mode].takes_message;
	bool is_mail = options_role_is_mail(options->role);

	return error_set(err, ERROR_USAGE,
	    "cannot %s: no recipient is named\n"
	    "hint: %sname them after the options%s",
	    takes_message ? "send the message" : "ask the server",
	    is_mail ? "smtpost only sends mail; " : "",
	    !takes_message || is_mail	   ? ""
		: options_compose(options) ? ", or with --to"
					   : ", or take them from the message "
					     "with -t");
}

/* The options for many mails have no meaning for a single one. */
static bool
check_single(const struct options *options, struct error *err)
{
	const struct batch_options *batch = &options->batch;
	const char *option = batch->rows != NULL ? "--rows"
	    : batch->state != NULL		 ? "--state"
	    : batch->rate.count > 0		 ? "--rate"
	    : batch->max_failures > 0		 ? "--max-failures"
	    : batch->resends_unknown > 0	 ? "--resend-unknown"
	    : options->has_consent > 0		 ? "--yes"
						 : NULL;

	return option == NULL ||
	    error_set(err, ERROR_USAGE, "cannot use %s without %s", option,
		batch->rows != NULL ? "--merge" : "--batch or --merge");
}

static bool
reads_message(const struct options *options)
{
	return options->message == NULL || options_is_stdin(options->message);
}

static bool
check_sources(const struct options *options, struct error *err)
{
	if (!check_single(options, err))
		return false;
	if (options_compose(options) && !draft_check(options, err))
		return false;
	if (options_is_stdin(options->recipients) &&
	    (options_compose(options) ? options_compose_from_input(options)
				      : reads_message(options)))
		return error_set(err, ERROR_USAGE,
		    "cannot read both message and recipients from standard "
		    "input\nhint: name a file with %s",
		    options_compose(options) ? "--body-file" : "--message");
	if (options->operand_count == 0 && !options->read_recipients &&
	    options->to.count + options->cc.count + options->bcc.count == 0 &&
	    options->recipients == NULL &&
	    options->mode != MODE_CHECK_MESSAGE && options->mode != MODE_RUN)
		return refuse_without_recipients(options, err);
	return true;
}

/*
 * Whether a lone dot ends the message: as sendmail, unless `ignore-dots` is
 * set. Before the profile is chosen by From, a dot ends the message only if it
 * would with every profile: better to send too much text than to lose some.
 */
static bool
dot_ends(const struct outgoing *outgoing, const struct options *options,
    const struct profiles *profiles)
{
	bool ends = options_role_is_sendmail(options->role);

	if (outgoing->profile.name != NULL)
		return ends && !outgoing->profile.ignore_dots;
	for (size_t i = 0; ends && i < profiles->count; i++) {
		struct profile profile = PROFILE_UNSET;
		struct error ignored;

		if (profile_choice_make(&profile, profiles,
			profiles->named[i].name, NULL, NULL, &ignored))
			ends = !profile.ignore_dots;
		profile_free(&profile);
	}
	return ends;
}

static bool
read_message(struct outgoing *outgoing, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	struct message_options how = {
	    .header =
		options->read_recipients ? HEADER_REQUIRED : HEADER_BY_NAME,
	    .keeps_raw = options->wants_diff,
	    .max_size = outgoing->profile.max_size,
	    .memory_max = outgoing->profile.memory_max,
	    .dot_ends = dot_ends(outgoing, options, profiles),
	    .edits = &options->header_edits,
	};
	bool from_stdin = reads_message(options);
	int fd = open_input(options->message, err);

	if (fd < 0)
		return false;
	outgoing->message = message_read(
	    fd, from_stdin ? "standard input" : options->message, &how, err);
	if (outgoing->message != NULL && from_stdin)
		outgoing->input_read = true;
	return outgoing->message != NULL;
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
add_operands(struct recipients *recipients, const struct outgoing *outgoing,
    const struct options *options, struct error *err)
{
	if (options_compose(options) || options->batch.table != NULL)
		return composition_add_recipients(
		    &outgoing->composition, recipients, err);
	for (size_t i = 0; i < options->operand_count; i++)
		if (!recipients_add_list(
			recipients, span_from(options->operands[i]), err))
			return false;
	return true;
}

struct aliases
outgoing_aliases(const struct profile *profile)
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

/*
 * With partial = all-or-nothing, a recipient that an alias settled as failed
 * fails the others too, just as a refusal by the server.
 */
static void
settle_all_or_nothing(struct outgoing *outgoing)
{
	struct outcome outcome = {0};
	bool has_failed = false;

	for (size_t i = 0; i < outgoing->envelope.count; i++)
		if (outgoing->envelope.recipients[i].outcome.action !=
		    ACTION_NONE)
			has_failed = true;
	if (!has_failed || outgoing->profile.partial != PARTIAL_ALL_OR_NOTHING)
		return;
	outcome_set_own(&outcome, STAGE_RCPT, CAUSE_CONTENT,
	    "not sent: another recipient was refused");
	envelope_settle_open(&outgoing->envelope, &outcome);
	outcome_free(&outcome);
}

static bool
make_recipients(struct outgoing *outgoing, const struct options *options,
    const char *domain, struct buf *notes, struct error *err)
{
	const struct profile *profile = &outgoing->profile;
	struct recipients recipients = {
	    .envelope = &outgoing->envelope,
	    .domain = domain,
	    .aliases = &outgoing->aliases,
	    .local = span_from(profile->local_recipients),
	    .notes = notes,
	};
	bool done;

	outgoing->aliases = outgoing_aliases(profile);
	done = add_operands(&recipients, outgoing, options, err);
	if (done && options->recipients != NULL)
		done = add_recipients_file(&recipients, options, err);
	if (done && options->read_recipients)
		done = recipients_add_header(
		    &recipients, message_header(outgoing->message), err);
	recipients_free(&recipients);
	settle_all_or_nothing(outgoing);
	if (!done || outgoing->envelope.count > 0)
		return done;
	if (!options->read_recipients)
		return options->mode == MODE_CHECK_MESSAGE ||
		    refuse_without_recipients(options, err);
	return error_set(err, ERROR_DATA,
	    "cannot send the message: it has no recipient in %s",
	    header_newest_resent(message_header(outgoing->message)).len > 0
		? "Resent-To, Resent-Cc or Resent-Bcc"
		: "To, Cc or Bcc");
}

bool
outgoing_make_plan(struct plan *plan, const struct message *message,
    const struct profile *profile, const struct originator *originator,
    struct aliases *aliases, struct originator_check *originators,
    struct error *err)
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
	const struct header_completion completion = {
	    .from_path = originator->from_path,
	    .from_name = originator->from_name,
	    .id_domain = originator->id_domain,
	    .now = time(NULL),
	};
	struct buf fields = {0};
	struct extra_fields extra = {
	    .hides_recipients = profile->undisclosed_recipients};
	const struct fixup fixup = {
	    .extra = profile->add_headers != NULL || extra.hides_recipients
		? &extra
		: NULL,
	    .completion = is_kept ? NULL : &completion,
	    .policy = is_kept ? NULL : &policy,
	    .originators = originators,
	    .remove_bcc = profile->remove_bcc,
	    .repair = profile->repair,
	};
	bool done;

	buf_add_span(&policy.notes, buf_span(&originator->notes));
	if (aliases != NULL)
		buf_add_span(&policy.notes, buf_span(&aliases->file.notes));
	done = extra_fields_read(&fields, span_from(profile->add_headers), err);
	extra.fields = buf_span(&fields);
	done = done && fixup_plan(plan, message, &fixup, err);
	buf_free(&fields);
	if (done && is_kept)
		buf_add_span(&plan->notes, buf_span(&policy.notes));
	header_policy_free(&policy);
	return done;
}

bool
outgoing_prepare_profile(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct profiles *profiles = outgoing_load_profiles(options, err);
	bool done;

	if (profiles == NULL) {
		outgoing_fill_report(&outgoing->profile, options);
		return false;
	}
	done = originator_choose_profile(
	    &outgoing->profile, profiles, options, outgoing->message, err);
	profiles_free(profiles);
	return done;
}

bool
outgoing_is_choice_by_header(
    const struct options *options, const struct profiles *profiles)
{
	return options->profile == NULL &&
	    profiles->environment_choice == NULL &&
	    (options->from == NULL || options->from[0] == '\0' ||
		strcmp(options->from, "<>") == 0) &&
	    profiles->count > 1;
}

static bool
check_size(const struct outgoing *outgoing, struct error *err)
{
	uint64_t max = outgoing->profile.max_size;

	if (max == 0 || message_size(outgoing->message) <= max)
		return true;
	return error_set(err, ERROR_DATA,
	    "cannot send the message: it is larger than max-size, %llu octets",
	    (unsigned long long)max);
}

/* Uses the default settings, as without any configuration. */
static bool
use_no_profile(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct span set = SPAN("server=smtp://localhost");
	struct span origin = SPAN("default");
	struct options alone = {.role = options->role,
	    .sets = &set,
	    .set_origins = &origin,
	    .set_count = 1,
	    .has_server = true};
	struct profiles *profiles = outgoing_load_profiles(&alone, err);
	bool done = profiles != NULL &&
	    originator_choose_profile(
		&outgoing->profile, profiles, &alone, outgoing->message, err);

	profiles_free(profiles);
	return done;
}

/*
 * --check-message does not need a sender. If no profile fits, it uses the
 * default settings.
 */
static bool
choose_by_header(struct outgoing *outgoing, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	return originator_choose_profile(&outgoing->profile, profiles, options,
		   outgoing->message, err) ||
	    (options->mode == MODE_CHECK_MESSAGE &&
		use_no_profile(outgoing, options, err));
}

/* The domain of the Message-ID that --header gives; NULL: none. */
static char *
given_id_domain(const struct message *header)
{
	struct span id;
	struct field field;
	size_t at;

	if (!header_find(message_header(header), SPAN("Message-ID"), &field))
		return NULL;
	id = span_head(field.body, span_find(field.body, '>'));
	at = span_find_last(id, '@');
	return at + 1 < id.len ? span_copy(span_skip(id, at + 1)) : NULL;
}

char *
outgoing_id_domain(const struct profile *profile, const struct options *options,
    const struct message *header, struct error *err)
{
	struct aliases aliases = outgoing_aliases(profile);
	struct originator originator = {.aliases = &aliases};
	char *domain = identity_domain(profile), *found = NULL;

	if (originator_find(&originator, profile, options, header,
		domain != NULL ? domain : "localhost", err)) {
		found = given_id_domain(header);
		if (found == NULL)
			found = mem_copy_text(originator.id_domain);
	}
	originator_free(&originator);
	aliases_free(&aliases);
	free(domain);
	return found;
}

/* For composition_make. */
struct id_domain_search {
	const struct outgoing *outgoing;
	const struct options *options;
};

static char *
search_id_domain(void *context, const struct message *header, struct error *err)
{
	const struct id_domain_search *search = context;

	return outgoing_id_domain(
	    &search->outgoing->profile, search->options, header, err);
}

bool
outgoing_compose(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct id_domain_search search = {outgoing, options};
	const struct composition_options how = {
	    .id_domain = {search_id_domain, &search},
	    .memory_max = outgoing->profile.memory_max,
	    .max_size = outgoing->profile.max_size,
	    .keeps_raw = options->wants_diff,
	    .edits = &options->header_edits,
	};

	outgoing->message = composition_make(&outgoing->composition, &how, err);
	return outgoing->message != NULL;
}

/* The profile is chosen first: before a person writes a text in vain. */
static bool
choose_and_compose(struct outgoing *outgoing, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	const struct composition_options how = {
	    .edits = &options->header_edits};
	bool done;

	if (!draft_fill(&outgoing->composition, options, err))
		return false;
	outgoing->message =
	    composition_make_header(&outgoing->composition, &how, err);
	done = outgoing->message != NULL &&
	    choose_by_header(outgoing, options, profiles, err);
	message_free(outgoing->message);
	outgoing->message = NULL;
	return done && outgoing_compose(outgoing, options, err);
}

static bool
choose_and_read(struct outgoing *outgoing, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	if (options_compose(options))
		return choose_and_compose(outgoing, options, profiles, err);
	if (!outgoing_is_choice_by_header(options, profiles))
		return originator_choose_profile(
			   &outgoing->profile, profiles, options, NULL, err) &&
		    read_message(outgoing, options, profiles, err);
	return read_message(outgoing, options, profiles, err) &&
	    choose_by_header(outgoing, options, profiles, err);
}

/* Notes names with an underscore, which some servers refuse. */
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

/* Makes recipients and reverse-path. `originator` is kept for the plan. */
static bool
make_envelope(struct outgoing *outgoing, const struct options *options,
    struct originator *originator, struct error *err)
{
	char *domain = identity_domain(&outgoing->profile);
	/* --check-message needs no sender that a server would accept. */
	const char *sender_domain =
	    domain == NULL && options->mode == MODE_CHECK_MESSAGE ? "localhost"
								  : domain;
	bool done;

	originator->aliases = &outgoing->aliases;
	done = make_recipients(
		   outgoing, options, domain, &originator->notes, err) &&
	    originator_find(originator, &outgoing->profile, options,
		outgoing->message, sender_domain, err);
	if (domain == NULL) {
		free(originator->domain);
		originator->domain = NULL;
	}
	if (done) {
		outgoing->envelope.reverse_path =
		    mem_copy_text(originator->reverse_path);
		note_names(&outgoing->profile, originator);
	}
	if (!done && sender_domain == NULL && err->kind == ERROR_DATA &&
	    outgoing->profile.unconfigured != NULL) {
		error_add(err, "\nhint: %s", outgoing->profile.unconfigured);
		/* Cron and others that keep their mail may try again. */
		if (options_role_is_sendmail(options->role))
			err->kind = ERROR_TEMPORARY;
	}
	free(domain);
	return done;
}

/* Requests notifications (RFC 3461), and TLS on the whole way (RFC 8689). */
static void
add_requests(struct outgoing *outgoing, const struct options *options)
{
	struct envelope *envelope = &outgoing->envelope;

	for (size_t i = 0; i < envelope->count; i++)
		envelope->recipients[i].dsn.notify =
		    outgoing->profile.dsn_notify;
	envelope->dsn_return = outgoing->profile.dsn_return;
	envelope->requires_tls = options->requires_tls > 0;
	if (options->envelope_id != NULL)
		envelope->envelope_id = mem_copy_text(options->envelope_id);
}

bool
outgoing_prepare_envelope(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct originator originator = {0};
	bool done = check_sources(options, err) &&
	    outgoing_prepare_profile(outgoing, options, err) &&
	    make_envelope(outgoing, options, &originator, err);

	buf_add_span(&outgoing->plan.notes, buf_span(&originator.notes));
	buf_add_span(
	    &outgoing->plan.notes, buf_span(&outgoing->aliases.file.notes));
	originator_free(&originator);
	return done;
}

bool
outgoing_complete(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct originator originator = {0};
	bool done = check_size(outgoing, err) &&
	    make_envelope(outgoing, options, &originator, err) &&
	    outgoing_make_plan(&outgoing->plan, outgoing->message,
		&outgoing->profile, &originator, &outgoing->aliases, NULL, err);

	/* With a filter-command, the message that counts is not known yet. */
	if (done && outgoing->profile.filter_command == NULL)
		signing_note(&outgoing->profile, outgoing->message,
		    &outgoing->plan, &outgoing->plan.routine,
		    &outgoing->plan.notes);
	add_requests(outgoing, options);
	originator_free(&originator);
	return done;
}

bool
outgoing_prepare(
    struct outgoing *outgoing, const struct options *options, struct error *err)
{
	struct profiles *profiles;
	bool done;

	if (!check_sources(options, err))
		return false;
	profiles = outgoing_load_profiles(options, err);
	if (profiles == NULL) {
		outgoing_fill_report(&outgoing->profile, options);
		return false;
	}
	done = choose_and_read(outgoing, options, profiles, err);
	profiles_free(profiles);
	return done && outgoing_complete(outgoing, options, err);
}

/* Ports meant for the other scheme (RFC 8314 section 3.3). */
static const struct {
	enum scheme scheme;
	unsigned short port;
	const char *wants, *other;
} odd_ports[] = {
    {SCHEME_SMTP, 465, "TLS from the start", "smtps"},
    {SCHEME_SMTPS, 587, "STARTTLS", "smtp"},
    {SCHEME_SMTPS, 25, "STARTTLS", "smtp"},
};

static void
warn(const struct server *server, size_t row, bool is_printed,
    const struct observer *observer)
{
	struct buf text = {0};

	buf_add_format(&text,
	    "warning: %s: port %u is usually for %s: write %s%s", server->url,
	    (unsigned)server->port, odd_ports[row].wants, odd_ports[row].other,
	    strchr(server->url, ':'));
	if (is_printed)
		fprintf(stderr, "smtpost: %s\n", buf_text(&text));
	observer_note(observer, "%s", buf_text(&text));
	buf_free(&text);
}

/*
 * Prints the warnings among the notes. Only -v shows the other notes. `label`
 * names the mail, if there are several.
 */
static void
print_warnings(struct span notes, const char *label)
{
	struct span line;

	while (span_next_word(&notes, "\n", &line)) {
		char *shown;

		if (!span_starts(line, SPAN("warning: ")))
			continue;
		shown = utf8_masked(line);
		fprintf(stderr, "smtpost: %s%s%s\n", label != NULL ? label : "",
		    label != NULL ? ": " : "", shown);
		free(shown);
	}
}

/* With -v the observer prints them. */
static bool
prints_warnings(const struct options *options)
{
	return options->role == ROLE_SMTPOST && options->verbose == 0;
}

void
outgoing_warn_of_ports(const struct profile *profile,
    const struct options *options, const struct observer *observer)
{
	for (size_t i = 0; i < profile->server_count; i++) {
		const struct server *server = &profile->servers[i];

		for (size_t row = 0;
		     row < sizeof(odd_ports) / sizeof(odd_ports[0]); row++)
			if (server->scheme == odd_ports[row].scheme &&
			    server->port == odd_ports[row].port)
				warn(server, row, prints_warnings(options),
				    observer);
	}
}

void
outgoing_print_notes(struct span notes, const struct options *options)
{
	if (prints_warnings(options))
		print_warnings(notes, NULL);
}

void
outgoing_print_warnings(
    const struct outgoing *outgoing, const struct options *options)
{
	if (prints_warnings(options))
		print_warnings(
		    buf_span(&outgoing->plan.notes), outgoing->label);
}
