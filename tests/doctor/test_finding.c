#include "rows.h"

#include <string.h>

#include "doctor/finding.h"

/* The findings of the checks "a" and "b", by letters: O ok, N note, ... */
static void
add_letters(struct findings *findings, const char *id, const char *letters)
{
	for (; *letters != '\0'; letters++)
		if (*letters == '?')
			finding_add_unknown(findings, id, "why");
		else
			finding_add(findings, id,
			    (enum severity)(
				strchr("ONWFS", *letters) - "ONWFS"),
			    "text");
}

struct worst_row {
	const char *name, *letters;
	enum severity worst;
};

static const struct worst_row worst_rows[] = {
    {"nothing", "", SEVERITY_SKIPPED},
    {"ok", "O", SEVERITY_OK},
    {"a note is worse than ok", "ONO", SEVERITY_NOTE},
    {"a warning is worse", "NWO", SEVERITY_WARNING},
    {"a failure is the worst", "WFN", SEVERITY_FAILURE},
    {"what was skipped is not judged", "SO", SEVERITY_OK},
    {"skipped after a failure", "FS", SEVERITY_FAILURE},
    {"only skipped", "S?", SEVERITY_SKIPPED},
};

static void
test_worst(void **state)
{
	const struct worst_row *row = *state;
	struct findings findings = {0};

	add_letters(&findings, "other", "F");
	add_letters(&findings, "own", row->letters);
	assert_int_equal(finding_worst(&findings, "own"), row->worst);
	if (row->letters[0] != '\0')
		assert_ptr_equal(
		    finding_of(&findings, "own"), findings.items[1]);
	else
		assert_null(finding_of(&findings, "own"));
	finding_free_all(&findings);
	assert_int_equal(findings.count, 0);
}

static void
test_parts(void **state)
{
	struct findings findings = {0};
	struct finding *finding = finding_add(
	    &findings, "ipv6", SEVERITY_WARNING, "%s is silent", "::1");

	(void)state;
	assert_string_equal(finding->id, "ipv6");
	assert_string_equal(finding->text, "::1 is silent");
	assert_null(finding->subject);
	assert_null(finding->hint);
	assert_int_equal(finding->duration, -1);
	finding_set_subject(finding, "a:25");
	finding_set_subject(finding, "b:25");
	assert_string_equal(finding->subject, "b:25");
	finding_set_hint(finding, "%d", 1);
	finding_set_hint(finding, "%d", 2);
	assert_string_equal(finding->hint, "2");
	finding_add_setting(finding, "ip", "4");
	finding_add_record(finding, "example.com", "TXT", "v=spf1 ~all");
	assert_int_equal(finding->remedy_count, 2);
	assert_string_equal(finding->remedies[0].setting, "ip");
	assert_string_equal(finding->remedies[0].value, "4");
	assert_null(finding->remedies[1].setting);
	assert_string_equal(finding->remedies[1].dns_name, "example.com");
	assert_string_equal(finding->remedies[1].dns_type, "TXT");
	assert_string_equal(finding->remedies[1].value, "v=spf1 ~all");
	finding_add_text(finding, "key", "RSA");
	finding_add_number(finding, "days", -3);
	assert_int_equal(finding->datum_count, 2);
	assert_string_equal(finding->data[0].text, "RSA");
	assert_false(finding->data[0].is_number);
	assert_string_equal(finding->data[1].text, "-3");
	assert_true(finding->data[1].is_number);
	finding_free_all(&findings);
}

/* A server can say a lot; what is kept of it is bounded. */
static void
test_long(void **state)
{
	struct findings findings = {0};
	char text[20000];
	struct finding *finding;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	finding = finding_add(&findings, "ehlo", SEVERITY_NOTE, "%s", text);
	assert_true(strlen(finding->text) < 5000);
	assert_string_equal(finding->text + strlen(finding->text) - 4, "x...");
	finding_free_all(&findings);
}

struct error_row {
	const char *name, *error, *text, *hint;
};

static const struct error_row error_rows[] = {
    {"a sentence", "cannot read it", "cannot read it", NULL},
    {"a hint", "cannot read it\nhint: chmod 600 it", "cannot read it",
	"chmod 600 it"},
    {"two hints", "no\nhint: a\nhint: b", "no", "a\nhint: b"},
    {"a line feed at the end", "no\n", "no", NULL},
};

static void
test_error(void **state)
{
	const struct error_row *row = *state;
	struct findings findings = {0};
	struct error err = {0};
	struct finding *finding;

	error_set(&err, ERROR_CONFIG, "%s", row->error);
	finding =
	    finding_add_error(&findings, "config.read", SEVERITY_FAILURE, &err);
	assert_string_equal(finding->text, row->text);
	if (row->hint != NULL)
		assert_string_equal(finding->hint, row->hint);
	else
		assert_null(finding->hint);
	finding_free_all(&findings);
}

/* What is the last place already is not added again. */
static void
test_places(void **state)
{
	static const char *const places[] = {
	    "ab", "b", "b", "b port 25", "25", "ab", "ab"};
	struct buf list = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		finding_list_place(&list, span_from(places[i]));
	assert_string_equal(buf_text(&list), "ab, b, b port 25, 25, ab");
	buf_free(&list);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "worst", worst_rows, ROWS(worst_rows), test_worst);
	rows_add(&all, "an error", error_rows, ROWS(error_rows), test_error);
	rows_add_one(&all, "the parts of a finding", test_parts);
	rows_add_one(&all, "a long text is cut", test_long);
	rows_add_one(&all, "a list of places", test_places);
	return rows_end(&all);
}
