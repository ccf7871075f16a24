#include "rows.h"

#include "net/sts_record.h"

#define ID32 "abcdefghijklmnopqrstuvwxyz012345"

struct record_row {
	const char *name;
	const char *texts[4]; /* of the records */
	const char *id;	      /* NULL: refused */
	const char *reason;
};

static const char several[] = "it has several TXT records";
static const char none[] = "no TXT record of it begins v=STSv1;";
static const char malformed[] = "its TXT record is malformed";
static const char bad_id[] =
    "the id of its TXT record is not 1 to 32 letters and digits";

static const struct record_row rows[] = {
    {"the example of the RFC", {"v=STSv1; id=20160831085700Z;"},
	"20160831085700Z", NULL},
    {"no semicolon at the end", {"v=STSv1; id=1"}, "1", NULL},
    {"a blank at the end", {"v=STSv1; id=1; "}, "1", NULL},
    {"no blank", {"v=STSv1;id=1;"}, "1", NULL},
    {"blanks and tabs", {"v=STSv1; \t id=1 \t;"}, "1", NULL},
    {"capitals", {"v=STSv1; id=aZ09"}, "aZ09", NULL},
    {"32 characters", {"v=STSv1; id=" ID32}, ID32, NULL},
    {"another field", {"v=STSv1; x-y_z.1=a/b:c; id=1"}, "1", NULL},
    {"another field behind it", {"v=STSv1; id=1; x=y"}, "1", NULL},
    {"the first id counts", {"v=STSv1; id=1; id=2"}, "1", NULL},
    {"records of another kind", {"v=spf1 -all", "v=STSv1; id=1", "x"}, "1",
	NULL},
    {"a record of a later version", {"v=STSv2; id=2", "v=STSv1; id=1"}, "1",
	NULL},

    {"no record", {NULL}, NULL, none},
    {"only records of another kind", {"v=spf1 -all", "v=TLSRPTv1;"}, NULL,
	none},
    {"small letters", {"v=stsv1; id=1"}, NULL, none},
    {"a blank in front", {" v=STSv1; id=1"}, NULL, none},
    {"a blank before the semicolon", {"v=STSv1 ; id=1"}, NULL, none},
    {"no semicolon", {"v=STSv1"}, NULL, none},
    {"two records", {"v=STSv1; id=1", "v=STSv1; id=1"}, NULL, several},
    {"a malformed one, too", {"v=STSv1; id=1", "v=STSv1;"}, NULL, several},
    {"no id", {"v=STSv1;"}, NULL, "its TXT record has no id"},
    {"no id, but another field", {"v=STSv1; x=1;"}, NULL,
	"its TXT record has no id"},
    {"the name in capitals", {"v=STSv1; ID=1;"}, NULL,
	"its TXT record has no id"},
    {"an empty id", {"v=STSv1; id=;"}, NULL, malformed},
    {"33 characters", {"v=STSv1; id=" ID32 "6"}, NULL, bad_id},
    {"a hyphen", {"v=STSv1; id=a-b"}, NULL, bad_id},
    {"a blank within the id", {"v=STSv1; id=a b"}, NULL, malformed},
    {"a blank before the id", {"v=STSv1; id= 1"}, NULL, malformed},
    {"an empty field", {"v=STSv1;; id=1"}, NULL, malformed},
    {"a field without a value", {"v=STSv1; id=1; x"}, NULL, malformed},
    {"a field without a name", {"v=STSv1; id=1; =x"}, NULL, malformed},
    {"a control character", {"v=STSv1; id=1; x=\001"}, NULL, malformed},
    {"not ASCII", {"v=STSv1; id=\303\274"}, NULL, malformed},
    {"a name of 33 characters", {"v=STSv1; id=1; " ID32 "6=x"}, NULL,
	malformed},
};

static void
test_record(void **state)
{
	const struct record_row *row = *state;
	struct dns_record records[4] = {{0}};
	struct dns_records list = {.items = records};
	struct buf reason = {0}, told = {0};
	struct span id;

	while (list.count < 4 && row->texts[list.count] != NULL) {
		records[list.count].data = span_from(row->texts[list.count]);
		list.count++;
	}
	id = sts_record_id(&list, &reason);
	buf_add_span(&told, id);
	assert_string_equal(buf_text(&told), row->id != NULL ? row->id : "");
	assert_string_equal(
	    buf_text(&reason), row->reason != NULL ? row->reason : "");
	buf_free(&told);
	buf_free(&reason);
}

int
main(void)
{
	return rows_run("record", rows, ROWS(rows), test_record);
}
