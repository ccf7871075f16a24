/*
 * Keeps the findings of a diagnosis. Every text is bounded here, because a
 * server or a name server chooses some of them.
 */
#include "doctor/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define TEXT_SIZE 4096

const char *
finding_severity_name(enum severity severity)
{
	static const char *const names[] = {
	    [SEVERITY_OK] = "ok",
	    [SEVERITY_NOTE] = "note",
	    [SEVERITY_WARNING] = "warning",
	    [SEVERITY_FAILURE] = "failure",
	    [SEVERITY_SKIPPED] = "skipped",
	};

	return names[severity];
}

static char *
format_text(const char *format, va_list arguments)
{
	char text[TEXT_SIZE] = "";

	text_add_format(text, sizeof(text), format, arguments);
	return mem_copy_text(text);
}

static char *copy_text(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static char *
copy_text(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	return text;
}

void
finding_append(struct findings *findings, struct finding *finding)
{
	struct finding **item =
	    mem_append(&findings->items, &findings->count, sizeof(*item));

	*item = finding;
}

/* Takes ownership of the text. */
static struct finding *
add(struct findings *findings, const char *id, enum severity severity,
    char *text)
{
	struct finding *finding = mem_new(1, sizeof(*finding));

	finding->id = id;
	finding->severity = severity;
	finding->text = text;
	finding->duration = -1;
	finding_append(findings, finding);
	return finding;
}

struct finding *
finding_add(struct findings *findings, const char *id, enum severity severity,
    const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	return add(findings, id, severity, text);
}

struct finding *
finding_add_once(struct findings *findings, const char *id,
    enum severity severity, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = findings->items[i];

		if (strcmp(finding->id, id) == 0 &&
		    finding->severity == severity &&
		    strcmp(finding->text, text) == 0) {
			free(text);
			return finding;
		}
	}
	return add(findings, id, severity, text);
}

struct finding *
finding_add_unknown(
    struct findings *findings, const char *id, const char *format, ...)
{
	struct finding *finding;
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = format_text(format, arguments);
	va_end(arguments);
	finding = add(findings, id, SEVERITY_SKIPPED, text);
	finding->is_unknown = true;
	return finding;
}

struct finding *
finding_add_error(struct findings *findings, const char *id,
    enum severity severity, const struct error *err)
{
	size_t end = strcspn(err->text, "\n");
	const char *hint = err->text + end + strspn(err->text + end, "\n");
	struct finding *finding =
	    finding_add(findings, id, severity, "%.*s", (int)end, err->text);

	if (strncmp(hint, "hint: ", 6) == 0)
		hint += 6;
	if (hint[0] != '\0')
		finding_set_hint(finding, "%s", hint);
	return finding;
}

void
finding_add_notes(struct findings *findings, const char *id, struct span lines)
{
	struct span line;

	while (span_next_word(&lines, "\n", &line))
		finding_add(findings, id, SEVERITY_NOTE, "%.*s", (int)line.len,
		    line.at);
}

void
finding_add_skipped(
    struct findings *findings, const char *id, const char *needs)
{
	finding_add(findings, id, SEVERITY_SKIPPED, "needs %s", needs)->needs =
	    needs;
}

void
finding_set_subject(struct finding *finding, const char *subject)
{
	free(finding->subject);
	finding->subject = copy_text("%s", subject);
}

void
finding_set_hint(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	free(finding->hint);
	va_start(arguments, format);
	finding->hint = format_text(format, arguments);
	va_end(arguments);
}

static struct remedy *
add_remedy(struct finding *finding, const char *value)
{
	struct remedy *remedy = mem_append(
	    &finding->remedies, &finding->remedy_count, sizeof(*remedy));

	remedy->value = copy_text("%s", value);
	return remedy;
}

void
finding_add_setting(
    struct finding *finding, const char *setting, const char *value)
{
	add_remedy(finding, value)->setting = setting;
}

void
finding_add_record(struct finding *finding, const char *name, const char *type,
    const char *value)
{
	struct remedy *remedy = add_remedy(finding, value);

	remedy->dns_name = copy_text("%s", name);
	remedy->dns_type = type;
}

/* Takes ownership of the text. */
static void
add_datum(struct finding *finding, const char *key, char *text, bool is_number)
{
	struct datum *datum =
	    mem_append(&finding->data, &finding->datum_count, sizeof(*datum));

	*datum = (struct datum){key, text, is_number};
}

void
finding_add_text(struct finding *finding, const char *key, const char *text)
{
	add_datum(finding, key, copy_text("%s", text), false);
}

void
finding_add_number(struct finding *finding, const char *key, int64_t number)
{
	add_datum(finding, key, copy_text("%" PRId64, number), true);
}

/* Whether the last place of the list is this one. */
static bool
ends_with(struct span list, struct span place)
{
	struct span before;

	if (list.len < place.len)
		return false;
	before = span_head(list, list.len - place.len);
	return span_equal(span_skip(list, before.len), place) &&
	    (before.len == 0 ||
		(before.len > 1 && before.at[before.len - 2] == ','));
}

void
finding_list_place(struct buf *list, struct span place)
{
	if (ends_with(buf_span(list), place))
		return;
	buf_add_text(list, list->len > 0 ? ", " : "");
	buf_add_span(list, place);
}

enum severity
finding_worst(const struct findings *findings, const char *id)
{
	enum severity worst = SEVERITY_SKIPPED;

	for (size_t i = 0; i < findings->count; i++) {
		enum severity severity = findings->items[i]->severity;

		if (strcmp(findings->items[i]->id, id) == 0 &&
		    severity != SEVERITY_SKIPPED &&
		    (worst == SEVERITY_SKIPPED || severity > worst))
			worst = severity;
	}
	return worst;
}

const struct finding *
finding_of(const struct findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->items[i]->id, id) == 0)
			return findings->items[i];
	return NULL;
}

const char *
finding_first_failure(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i]->severity == SEVERITY_FAILURE)
			return findings->items[i]->id;
	return NULL;
}

void
finding_free(struct finding *finding)
{
	for (size_t i = 0; i < finding->remedy_count; i++) {
		free(finding->remedies[i].dns_name);
		free(finding->remedies[i].value);
	}
	for (size_t i = 0; i < finding->datum_count; i++)
		free(finding->data[i].text);
	free(finding->remedies);
	free(finding->data);
	free(finding->subject);
	free(finding->text);
	free(finding->hint);
	free(finding);
}

void
finding_free_all(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		finding_free(findings->items[i]);
	free(findings->items);
	*findings = (struct findings){0};
}
