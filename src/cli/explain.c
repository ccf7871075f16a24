/*
 * --explain: chooses a profile as for a submission without a message, and
 * prints its settings. The source of the secret is checked, but never read.
 */
#include "cli/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_text.h"
#include "base/utf8.h"
#include "cli/outgoing.h"
#include "cli/output.h"
#include "cli/report.h"
#include "cli/trace.h"
#include "profile/effective_settings.h"
#include "profile/identity.h"
#include "profile/secret.h"
#include "profile/setting_table.h"

/* The octets of all values together. */
#define TEXT_MAX ((size_t)64 * 1024 * 1024)

/* Finds the full name as for a message without a From field. */
static void
fill_full_name(struct profile *profile, const struct options *options)
{
	char *domain = identity_domain(profile);
	struct originator originator = {0};
	struct error ignored = {0};
	const char *origin = "user database";

	/* The full name is the same with any domain. */
	if (originator_find(&originator, profile, options, NULL,
		domain != NULL ? domain : "localhost", &ignored) &&
	    originator.from_name != NULL &&
	    (profile->full_name == NULL ||
		strcmp(profile->full_name, originator.from_name) != 0)) {
		if (options->full_name != NULL)
			origin = "-F";
		else if (options->from != NULL)
			origin = "-f";
		effective_settings_set_full_name(
		    profile, originator.from_name, origin);
	}
	originator_free(&originator);
	free(domain);
}

static void
add_json(const struct profile *profile, struct span source, struct buf *out)
{
	size_t count = setting_table_count();

	buf_add_char(out, '{');
	json_text_add_member(out, "profile", profile->name);
	json_text_add_key(out, "chosen-by");
	json_text_add_sentence(out, span_from(profile->choice));
	json_text_add_key(out, "settings");
	buf_add_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		const struct setting *setting = setting_table_at(i);
		struct buf value = {.max = TEXT_MAX};

		setting->type->print(setting, profile, &value);
		json_text_add_key(out, setting->name);
		buf_add_text(out, "{\"value\":");
		json_text_add(out, buf_span(&value));
		json_text_add_key(out, "origin");
		json_text_add_sentence(
		    out, span_from(profile->origins.names[i]));
		buf_add_char(out, '}');
		buf_free(&value);
	}
	buf_add_char(out, '}');
	json_text_add_key(out, "secret");
	json_text_add_sentence(out, source);
	buf_add_text(out, "}\n");
}

/* Names the file or folder that replaces the system's certificates. */
static void
add_trust(const struct profile *profile, struct buf *out)
{
	const char *path = profile->trust_file != NULL ? profile->trust_file
						       : profile->trust_folder;

	if (path == NULL)
		return;
	buf_add_text(out, "trust: ");
	utf8_add_masked(out, span_from(path));
	buf_add_format(out, " (environment SSL_CERT_%s)\n",
	    profile->trust_file != NULL ? "FILE" : "DIR");
}

static bool
print(const struct profile *profile, const struct secret *secret,
    enum report_form form, struct error *err)
{
	struct buf text = {.max = TEXT_MAX}, source = {0};

	secret_add_source(secret, profile, &source);
	if (form == REPORT_TEXT) {
		effective_settings_add(profile, &text);
		add_trust(profile, &text);
		buf_add_text(&text, "secret: ");
		utf8_add_sentence(&text, buf_span(&source));
		buf_add_char(&text, '\n');
	} else if (form == REPORT_JSON) {
		add_json(profile, buf_span(&source), &text);
	}
	output_write(&text, stdout);
	buf_free(&source);
	buf_free(&text);
	return output_end(err);
}

bool
explain_print(const struct options *options, struct mode_result *result,
    struct error *err)
{
	enum report_form form = options_report(options);
	struct outgoing outgoing = {0};
	struct secret secret = {0};
	struct error missing = {0};
	bool has_secret,
	    done = outgoing_prepare_profile(&outgoing, options, err);

	(void)result;
	if (done) {
		trace_notes(
		    options->verbose, buf_span(&outgoing.profile.notes));
		effective_settings_fill(&outgoing.profile);
		fill_full_name(&outgoing.profile, options);
		has_secret =
		    secret_locate(&secret, &outgoing.profile, &missing);
		/* JSON is one object: either the settings or the error. */
		if (has_secret || form != REPORT_JSON)
			done = print(&outgoing.profile, &secret, form, err);
		if (done && !has_secret) {
			*err = missing;
			done = false;
		}
	}
	if (!done)
		report_print_error(form, err, stdout);
	outgoing_free(&outgoing);
	return done;
}
