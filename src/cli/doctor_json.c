/* Writes a diagnosis as JSON. smtpost-doctor(1) explains the keys. */
#include "cli/doctor_json.h"

#include <inttypes.h>
#include <time.h>

#include "base/json_text.h"
#include "cli/survey_json.h"

static void
add_remedy(struct buf *out, const struct remedy *remedy, const char *profile)
{
	buf_add_char(out, '{');
	if (remedy->setting != NULL) {
		json_text_add_member(out, "setting", remedy->setting);
		json_text_add_sentence_member(out, "value", remedy->value);
		json_text_add_member(out, "profile", profile);
	} else {
		json_text_add_sentence_member(out, "dns", remedy->dns_name);
		json_text_add_member(out, "type", remedy->dns_type);
		json_text_add_sentence_member(out, "value", remedy->value);
	}
	buf_add_char(out, '}');
}

static void
add_finding(struct buf *out, const struct finding *finding, const char *profile)
{
	buf_add_char(out, '{');
	json_text_add_member(out, "id", finding->id);
	json_text_add_member(
	    out, "severity", finding_severity_name(finding->severity));
	json_text_add_sentence_member(out, "subject", finding->subject);
	json_text_add_sentence_member(out, "text", finding->text);
	json_text_add_hint(out, span_from(finding->hint));
	json_text_add_key(out, "write");
	buf_add_char(out, '[');
	for (size_t i = 0; i < finding->remedy_count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_remedy(out, &finding->remedies[i], profile);
	}
	buf_add_char(out, ']');
	json_text_add_key(out, "data");
	buf_add_char(out, '{');
	for (size_t i = 0; i < finding->datum_count; i++) {
		const struct datum *datum = &finding->data[i];

		json_text_add_key(out, datum->key);
		if (datum->is_number)
			buf_add_text(out, datum->text);
		else
			json_text_add_sentence(out, span_from(datum->text));
	}
	buf_add_char(out, '}');
	json_text_add_member(out, "needs", finding->needs);
	json_text_add_seconds(out, "seconds", finding->duration);
	buf_add_char(out, '}');
}

static void
add_counts(struct buf *out, const struct verdict *verdict)
{
	json_text_add_key(out, "counts");
	buf_add_char(out, '{');
	for (enum severity i = SEVERITY_OK; i <= SEVERITY_SKIPPED; i++)
		json_text_add_number(
		    out, finding_severity_name(i), verdict->counts[i]);
	buf_add_char(out, '}');
}

static void
add_checks(struct buf *out, const struct diagnosis *diagnosis, const char *name)
{
	const struct findings *findings = &diagnosis->findings;
	const char *profile = diagnosis->profile != NULL ? name : NULL;

	json_text_add_key(out, "checks");
	buf_add_char(out, '[');
	for (size_t i = 0; i < findings->count; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_finding(out, findings->items[i], profile);
	}
	buf_add_char(out, ']');
}

/* The URL of the first server. */
static void
add_server(struct buf *out, const struct profile *profile,
    const struct redaction *redaction)
{
	struct buf member = {0};

	json_text_add_key(out, "server");
	if (profile == NULL || profile->server_count == 0) {
		buf_add_text(out, "null");
		return;
	}
	json_text_add(&member, span_from(profile->servers[0].url));
	if (redaction != NULL)
		redaction_add(redaction, buf_span(&member), out);
	else
		buf_add_span(out, buf_span(&member));
	buf_free(&member);
}

static void
add_survey(struct buf *out, const struct survey *survey,
    const struct redaction *redaction)
{
	struct buf members = {.max = SURVEY_JSON_MAX};

	if (redaction == NULL) {
		survey_json_add(out, survey);
		return;
	}
	survey_json_add(&members, survey);
	buf_add_char(out, ',');
	redaction_add_json(redaction, buf_span(&members), out);
	buf_free(&members);
}

void
doctor_json_add(struct buf *out, const struct diagnosis *diagnosis,
    const struct verdict *verdict, const char *name, int64_t total,
    const struct redaction *redaction)
{
	buf_add_text(out, "{\"doctor\":1");
	json_text_add_member(out, "version", PACKAGE_VERSION);
	json_text_add_time(out, "time", time(NULL));
	json_text_add_member(out, "profile", name);
	add_server(out, diagnosis->profile, redaction);
	json_text_add_number(out, "exit", verdict->status);
	json_text_add_key(out, "submission-exit");
	if (verdict->submission >= 0)
		buf_add_format(out, "%d", verdict->submission);
	else
		buf_add_text(out, "null");
	add_counts(out, verdict);
	add_checks(out, diagnosis, name);
	add_survey(out, &diagnosis->survey, redaction);
	json_text_add_key(out, "seconds");
	buf_add_char(out, '{');
	json_text_add_seconds(out, "total", total);
	buf_add_text(out, "}}\n");
}
