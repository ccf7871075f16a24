#include "cli/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/originator.h"
#include "mail/recipients.h"

#define RECIPIENTS_FILE_MAX ((size_t)64 * 1024 * 1024)

void
prepared_free(struct prepared *prepared)
{
	plan_free(&prepared->plan);
	envelope_free(&prepared->envelope);
	if (prepared->message != NULL)
		message_free(prepared->message);
	profile_free(&prepared->profile);
	*prepared = (struct prepared){0};
}

static struct profiles *
load_profiles(const struct options *options, struct error *err)
{
	struct profile_sources sources = {
	    .config = options->config,
	    .no_files = options->has_server && options->profile == NULL,
	    .sets = options->sets,
	    .set_origins = options->set_origins,
	    .set_count = options->set_count,
	    .report = REPORT_TEXT,
	};

	return profiles_load(&sources, err);
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
	    options->recipients == NULL)
		return error_set(err, ERROR_USAGE,
		    "no recipients\nhint: name them behind the options, or "
		    "take them from the message with -t");
	return true;
}

static bool
read_message(struct prepared *prepared, const struct options *options,
    struct error *err)
{
	struct message_options how = {
	    .max_size = prepared->profile.max_size,
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
		if (!recipients_add_list(recipients,
			span_from(options->operands[i]), err))
			return false;
	return true;
}

static bool
make_recipients(struct prepared *prepared, const struct options *options,
    const char *domain, struct error *err)
{
	struct recipients recipients = {
	    .envelope = &prepared->envelope, .domain = domain};
	bool done = add_operands(&recipients, options, err);

	if (done && options->recipients != NULL)
		done = add_recipients_file(&recipients, options, err);
	if (done && options->read_recipients)
		done = recipients_add_header(
		    &recipients, message_header(prepared->message), err);
	recipients_free(&recipients);
	if (done && prepared->envelope.count == 0)
		return error_set(err,
		    options->read_recipients ? ERROR_DATA : ERROR_USAGE,
		    options->read_recipients
			? "no recipients in To, Cc or Bcc"
			: "no recipients");
	return done;
}

static bool
make_plan(struct prepared *prepared, const struct originator *originator,
    struct error *err)
{
	const struct profile *profile = &prepared->profile;
	struct fixup fixup = {
	    .complete = profile->header_policy == HEADER_POLICY_COMPLETE,
	    .remove_bcc = profile->remove_bcc,
	    .from_path = originator->from_path,
	    .from_name = originator->from_name,
	    .id_domain = originator->id_domain,
	    .now = time(NULL),
	};

	return message_plan(&prepared->plan, prepared->message, &fixup, err);
}

bool
prepare_profile(struct prepared *prepared, const struct options *options,
    struct error *err)
{
	struct profiles *profiles = load_profiles(options, err);
	bool done;

	if (profiles == NULL)
		return false;
	done = originator_choose_profile(&prepared->profile, profiles, options,
	    prepared->message, err);
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
	    getenv("SMTPOST_PROFILE") == NULL &&
	    (options->from == NULL || options->from[0] == '\0' ||
		strcmp(options->from, "<>") == 0) &&
	    profiles_count(profiles) > 1;
}

static bool
check_size(const struct prepared *prepared, struct error *err)
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

static bool
choose_and_read(struct prepared *prepared, const struct options *options,
    const struct profiles *profiles, struct error *err)
{
	if (!is_choice_by_header(options, profiles))
		return originator_choose_profile(&prepared->profile, profiles,
			   options, NULL, err) &&
		    read_message(prepared, options, err);
	return read_message(prepared, options, err) &&
	    originator_choose_profile(&prepared->profile, profiles, options,
		prepared->message, err) &&
	    check_size(prepared, err);
}

bool
prepare(struct prepared *prepared, const struct options *options,
    struct error *err)
{
	struct originator originator = {0};
	struct profiles *profiles;
	char *domain = NULL;
	bool done;

	if (!check_sources(options, err))
		return false;
	profiles = load_profiles(options, err);
	if (profiles == NULL)
		return false;
	done = choose_and_read(prepared, options, profiles, err);
	profiles_free(profiles);
	if (done) {
		domain = profile_domain(&prepared->profile);
		done = make_recipients(prepared, options, domain, err) &&
		    originator_find(&originator, &prepared->profile, options,
			prepared->message, domain, err);
	}
	if (done) {
		prepared->envelope.reverse_path =
		    mem_copy_text(originator.reverse_path);
		done = make_plan(prepared, &originator, err);
	}
	originator_free(&originator);
	free(domain);
	return done;
}
