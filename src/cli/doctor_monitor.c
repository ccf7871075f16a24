/*
 * Keeps the rules of monitoring plugins: a label with other characters than
 * letters, digits and a few more is quoted, a value has a unit, and the only
 * bar stands between the text and the performance data.
 */
#include "cli/doctor_monitor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)

/* Adds a sentence without the bar, which would begin the performance data. */
static void
add_sentence(struct buf *out, const char *text)
{
	struct buf masked = {.max = OUTPUT_MAX};

	utf8_add_sentence(&masked, span_from(text));
	for (size_t i = 0; i < masked.len; i++)
		if (masked.data[i] == '|')
			buf_add_text(out, "\\x7c");
		else
			buf_add_char(out, masked.data[i]);
	buf_free(&masked);
}

static bool
is_plain(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/*
 * "time", "work.time", or 'a b.time' in quotes, which are doubled inside. \xHH
 * stands for what must not be in a label.
 */
static void
add_label(struct doctor_monitor *monitor, const char *profile, const char *word)
{
	struct buf *out = &monitor->data, label = {0};
	bool is_quoted = false;

	if (monitor->is_one_of_many) {
		utf8_add_masked(&label, span_from(profile));
		buf_add_char(&label, '.');
	}
	buf_add_text(&label, word);
	for (size_t i = 0; i < label.len; i++)
		is_quoted |= !is_plain(label.data[i]);
	if (out->len > 0)
		buf_add_char(out, ' ');
	if (is_quoted)
		buf_add_char(out, '\'');
	for (size_t i = 0; i < label.len; i++) {
		char c = label.data[i];

		if (c == '|' || c == '=') {
			buf_add_format(out, "\\x%02x", (unsigned)c);
			continue;
		}
		if (c == '\'')
			buf_add_char(out, c);
		buf_add_char(out, c);
	}
	if (is_quoted)
		buf_add_char(out, '\'');
	buf_add_char(out, '=');
	buf_free(&label);
}

/* A time in milliseconds; below 0: it was not measured. */
static void
add_time(struct doctor_monitor *monitor, const char *profile, const char *word,
    int64_t time)
{
	if (time < 0)
		return;
	add_label(monitor, profile, word);
	buf_add_format(&monitor->data, "%" PRId64 ".%03ds;;;0", time / 1000,
	    (int)(time % 1000));
}

/* The text of a fact; NULL: the finding does not have it. */
static const char *
find_datum(const struct finding *finding, const char *key)
{
	for (size_t i = 0; i < finding->datum_count; i++)
		if (strcmp(finding->data[i].key, key) == 0)
			return finding->data[i].text;
	return NULL;
}

/*
 * Adds the days that are left to the certificate that expires first, and the
 * number of days from which on that is a warning.
 */
static void
add_days(struct doctor_monitor *monitor, const char *profile,
    const struct findings *findings)
{
	const char *first = NULL, *warn = NULL;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->items[i];
		const char *days = strcmp(finding->id, "tls.expiry") == 0
		    ? find_datum(finding, "days")
		    : NULL;

		if (days == NULL ||
		    (first != NULL && atoll(days) >= atoll(first)))
			continue;
		first = days;
		warn = find_datum(finding, "warn-days");
	}
	if (first == NULL)
		return;
	add_label(monitor, profile, "cert_days");
	buf_add_format(&monitor->data, "%s;%s%s;0:", first,
	    warn != NULL ? warn : "", warn != NULL ? ":" : "");
}

static void
add_queue(struct doctor_monitor *monitor, const char *profile,
    const struct findings *findings)
{
	const struct finding *queue = finding_of(findings, "queue");
	const char *count = queue != NULL ? find_datum(queue, "mails") : NULL;

	if (count == NULL)
		return;
	add_label(monitor, profile, "queue");
	buf_add_format(&monitor->data, "%s;;;0", count);
}

/* The address that is reached first decides, as in a submission. */
static const struct survey_address *
find_address(const struct survey *survey)
{
	for (size_t i = 0; i < survey->count; i++)
		for (size_t j = 0; j < survey->servers[i]->count; j++)
			if (survey->servers[i]->addresses[j]->is_connected)
				return survey->servers[i]->addresses[j];
	return NULL;
}

static void
add_data(struct doctor_monitor *monitor, const struct diagnosis *diagnosis,
    const char *profile, int64_t total)
{
	const struct survey_address *address = find_address(&diagnosis->survey);

	add_time(monitor, profile, "time", total);
	if (address != NULL) {
		add_time(monitor, profile, "connect", address->connect_time);
		add_time(monitor, profile, "tls", address->tls_time);
	}
	if (diagnosis->trial.is_done)
		add_time(
		    monitor, profile, "login", diagnosis->trial.login_time);
	add_days(monitor, profile, &diagnosis->findings);
	add_queue(monitor, profile, &diagnosis->findings);
}

/* What is said of the profile in the first line. */
static void
add_text(struct doctor_monitor *monitor, const struct diagnosis *diagnosis,
    const struct verdict *verdict, const char *profile)
{
	const struct finding *finding =
	    verdict_decisive(diagnosis, verdict->status);

	buf_clear(&monitor->text);
	if (monitor->is_one_of_many || finding == NULL)
		buf_add_format(&monitor->text, "profile %s: ", profile);
	if (finding != NULL)
		buf_add_text(&monitor->text, finding->text);
	else if (verdict->status == VERDICT_UNKNOWN)
		buf_add_text(&monitor->text, "nothing could be judged");
	else
		buf_add_text(&monitor->text,
		    verdict->mail != NULL ? verdict->mail : "nothing is wrong");
}

void
doctor_monitor_take(struct doctor_monitor *monitor,
    const struct diagnosis *diagnosis, const struct verdict *verdict,
    const char *name, int64_t total)
{
	const struct findings *findings = &diagnosis->findings;
	const char *profile = name != NULL ? name : "unknown";

	monitor->lines.max = monitor->data.max = OUTPUT_MAX;
	if (monitor->text.len == 0 ||
	    (verdict->status != monitor->status &&
		verdict_worse(verdict->status, monitor->status) ==
		    verdict->status)) {
		monitor->status = verdict->status;
		add_text(monitor, diagnosis, verdict, profile);
	}
	add_data(monitor, diagnosis, profile, total);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = findings->items[i];

		if (finding->severity == SEVERITY_OK ||
		    (finding->severity == SEVERITY_SKIPPED &&
			!finding->is_unknown))
			continue;
		if (monitor->is_one_of_many) {
			add_sentence(&monitor->lines, profile);
			buf_add_text(&monitor->lines, ": ");
		}
		buf_add_format(&monitor->lines,
		    "%s %s: ", finding_severity_name(finding->severity),
		    finding->id);
		add_sentence(&monitor->lines, finding->text);
		buf_add_char(&monitor->lines, '\n');
	}
}

void
doctor_monitor_end(struct doctor_monitor *monitor, struct buf *out)
{
	static const char *const names[] = {
	    [VERDICT_OK] = "OK",
	    [VERDICT_WARNING] = "WARNING",
	    [VERDICT_FAILURE] = "CRITICAL",
	    [VERDICT_UNKNOWN] = "UNKNOWN",
	};

	buf_add_format(out, "SMTPOST %s: ", names[monitor->status]);
	add_sentence(out, buf_text(&monitor->text));
	buf_add_text(out, " | ");
	buf_add_span(out, buf_span(&monitor->data));
	buf_add_char(out, '\n');
	buf_add_span(out, buf_span(&monitor->lines));
}

void
doctor_monitor_free(struct doctor_monitor *monitor)
{
	buf_free(&monitor->text);
	buf_free(&monitor->data);
	buf_free(&monitor->lines);
}
