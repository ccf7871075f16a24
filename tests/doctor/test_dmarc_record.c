#include "rows.h"

#include "doctor/dmarc_record.h"
#include "doctor/zone.h"

struct row {
	const char *text;
	const char *expected;
};

static const struct row rows[] = {
    {"v=DMARC1; p=reject", "reject/reject"},
    {"v=DMARC1;p=none;sp=Quarantine;adkim=s;aspf=S", "none/quarantine spf"},
    {"v=DMARC1; p=quarantine; t=y; psd=n; rua=mailto:a@x.org;",
	"quarantine/quarantine test organisation"},
    {"v=DMARC1; psd=y", "none/none suffix"},
    {"v=DMARC1; p=reject; pct=50", "reject/reject gone pct"},
    {"v=DMARC1; p=rejected", "none/none wrong policy"},
    {"v=DMARC1; p=reject; sp=x", "reject/reject wrong policy"},
    {"v=DMARC1; p=reject; rua", "reject/reject wrong"},
    {"v = DMARC1 ; p=reject", "reject/reject"},
    {"v=DMARC1", "none/none"},
    {" v=DMARC1; p=none", "other"},
    {"v=DMARC2; p=none", "other"},
    {"v=dmarc1; p=none", "other"},
    {"p=none; v=DMARC1", "other"},
    {"v=spf1 -all", "other"},
    {"", "other"},
};

static const char *const policies[] = {"none", "quarantine", "reject"};

static void
test_read(void **state)
{
	const struct row *row = *state;
	struct dmarc_record record;
	struct buf told = {0};

	if (!dmarc_record_read(&record, span_from(row->text)))
		buf_add_text(&told, "other");
	else
		buf_add_format(&told, "%s/%s%s%s%s%s%s%s%s%s",
		    policies[record.policy], policies[record.below],
		    record.is_strict_spf ? " spf" : "",
		    record.is_test ? " test" : "",
		    record.is_suffix ? " suffix" : "",
		    record.is_organisation ? " organisation" : "",
		    record.gone != NULL ? " gone " : "",
		    record.gone != NULL ? record.gone : "",
		    record.is_wrong ? " wrong" : "",
		    record.is_policy_wrong ? " wrong policy" : "");
	assert_string_equal(buf_text(&told), row->expected);
	buf_free(&told);
}

static struct zone_record zone[] = {
    {"_dmarc.one.org", DNS_TXT, "v=DMARC1; p=reject; sp=none", 0},
    {"_dmarc.own.one.org", DNS_TXT, "v=DMARC1; p=quarantine", 0},
    {"_dmarc.two.org", DNS_TXT, "v=DMARC1; p=none", 0},
    {"_dmarc.two.org", DNS_TXT, "v=DMARC1; p=reject", 0},
    {"_dmarc.beside.org", DNS_TXT, "v=spf1 -all", 0},
    {"_dmarc.beside.org", DNS_TXT, "v=DMARC1; p=reject", 0},
    {"_dmarc.gov", DNS_TXT, "v=DMARC1; p=reject; sp=quarantine; psd=y", 0},
    {"_dmarc.b.gov", DNS_TXT, "v=DMARC1; p=none", 0},
    {"_dmarc.self.org", DNS_TXT, "v=DMARC1; p=none; psd=y", 0},
    {"_dmarc.sub.split.org", DNS_TXT, "v=DMARC1; p=none; psd=n", 0},
    {"_dmarc.split.org", DNS_TXT, "v=DMARC1; p=reject", 0},
    {"_dmarc.broken.org", DNS_TXT, NULL, 0},
    {"_dmarc.c.b.a.deep.org", DNS_TXT, "v=DMARC1; p=quarantine", 0},
    {NULL, DNS_TXT, NULL, 0},
};

struct walk_row {
	const char *domain;
	const char *expected;
	size_t asked;
};

static const struct walk_row walks[] = {
    {"one.org", "reject by one.org in one.org", 2},
    {"sub.one.org", "none by one.org in one.org", 3},
    {"own.one.org", "quarantine by own.one.org in one.org", 3},
    {"a.own.one.org", "none by one.org in one.org", 4},
    {"nothing.org", "nothing in nothing.org", 2},
    {"a.nothing.org", "nothing in a.nothing.org", 3},
    {"two.org", "several in two.org", 2},
    {"a.two.org", "nothing in a.two.org", 3},
    {"beside.org", "reject by beside.org in beside.org", 2},
    {"a.gov", "quarantine by gov in a.gov", 2},
    {"x.a.gov", "quarantine by gov in a.gov", 3},
    {"x.b.gov", "none by b.gov in b.gov", 3},
    {"gov", "reject by gov in gov", 1},
    {"self.org", "none by self.org in self.org", 1},
    {"a.sub.split.org", "none by sub.split.org in sub.split.org", 2},
    {"broken.org", "trouble", 1},
    {"a.broken.org", "trouble", 2},
    /* Of the long name and its last seven labels, these are seven. */
    {"j.i.h.g.f.e.d.c.b.a.deep.org",
	"quarantine by c.b.a.deep.org in c.b.a.deep.org", 8},
    {"h.g.f.e.d.c.b.a.x.org", "nothing in h.g.f.e.d.c.b.a.x.org", 8},
};

static void
test_walk(void **state)
{
	const struct walk_row *row = *state;
	struct lookup lookup = {.ask = zone_ask, .context = zone};
	struct dmarc dmarc;
	struct buf told = {0};

	dmarc_record_find(&dmarc, row->domain, &lookup);
	switch (dmarc.result) {
	case DMARC_FOUND:
		buf_add_format(&told, "%s by %s", policies[dmarc.record.policy],
		    dmarc.domain);
		break;
	case DMARC_NONE:
		buf_add_text(&told, "nothing");
		break;
	case DMARC_SEVERAL:
		buf_add_text(&told, "several");
		break;
	case DMARC_TROUBLE:
		buf_add_text(&told, "trouble");
		break;
	}
	if (dmarc.result != DMARC_TROUBLE)
		buf_add_format(&told, " in %s", dmarc.organisation);
	assert_string_equal(buf_text(&told), row->expected);
	assert_int_equal(lookup.asked, row->asked);
	buf_free(&told);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "read", rows, ROWS(rows), test_read);
	rows_add(&all, "walk", walks, ROWS(walks), test_walk);
	return rows_end(&all);
}
