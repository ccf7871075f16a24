#include "rows.h"

#include "doctor/spf_record.h"

struct row {
	const char *text;
	/* The terms; "word?proposal" is one that is wrong. */
	const char *expected;
};

static const struct row rows[] = {
    {"v=spf1 ip4:192.0.2.5 -all", "+ip4 -all"},
    {"v=spf1   MX/24   a:x.org/24//64  ~ALL ", "+mx +a(x.org) ~all"},
    {"v=spf1 a//64 mx:x.org. ?ptr", "+a +mx(x.org) ?ptr"},
    {"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32", "+ip4 +ip6"},
    {"v=spf1 exists:%{i}._x.%{d} redirect=%{d2}.x.org",
	"+exists(%) +redirect(%)"},
    {"v=spf1 a:%{l1r+}.x.org/24 a:%{d/}x.org", "+a(%) +a(%)"},
    {"v=spf1 exists:%%.%_.x.org a:%{z}.x.org", "+exists(%) a:%{z}.x.org?"},
    {"v=spf1 a:%{d a:x%", "a:%{d? a:x%?"},
    {"v=spf1 exp=e.x.org other=%{s} m.y-2=", "+exp(e.x.org) +other(%) +other"},
    {"v=spf1 ipv4:192.0.2.5 -ipv6:2001:db8::1",
	"ipv4:192.0.2.5?ip4:192.0.2.5 "
	"-ipv6:2001:db8::1?-ip6:2001:db8::1"},
    {"v=spf1 ip:192.0.2.5 ip:2001:db8::1",
	"ip:192.0.2.5?ip4:192.0.2.5 ip:2001:db8::1?ip6:2001:db8::1"},
    {"v=spf1 ip4=192.0.2.5", "+other"},
    {"v=spf1 -ip4=192.0.2.5", "-ip4=192.0.2.5?-ip4:192.0.2.5"},
    {"v=spf1 a:192.0.2.5 mx:2001:db8::1",
	"a:192.0.2.5?ip4:192.0.2.5 mx:2001:db8::1?ip6:2001:db8::1"},
    {"v=spf1 include:192.0.2.5", "include:192.0.2.5?ip4:192.0.2.5"},
    {"v=spf1 ip4:x.org ip6:192.0.2.1",
	"ip4:x.org?a:x.org "
	"ip6:192.0.2.1?ip4:192.0.2.1"},
    {"v=spf1 ip4:192.0.2.0/33 ip4:192.0.2.0/024 ip4:192.0.2",
	"ip4:192.0.2.0/33? ip4:192.0.2.0/024? ip4:192.0.2?"},
    {"v=spf1 192.0.2.5 2001:db8::1",
	"192.0.2.5?ip4:192.0.2.5 "
	"2001:db8::1?ip6:2001:db8::1"},
    {"v=spf1 inlcude:x.org", "inlcude:x.org?include:x.org"},
    {"v=spf1 redirect:x.org", "redirect:x.org?redirect=x.org"},
    {"v=spf1 -redirect=x.org", "-redirect=x.org?redirect=x.org"},
    {"v=spf1 -all. ~al -all:x", "-all.?-all ~al? -all:x?-all"},
    {"v=spf1 include include: include:x include:-x.org include:x.1",
	"include? include:? include:x? +include(-x.org) include:x.1?"},
    {"v=spf1 + ? mx/33 mx/ mx// a//129 a/24/64",
	"+? ?? mx/33? mx/?mx mx//? a//129? a/24/64?"},
    {"v=spf1 mx\t-all \1", "mx\t-all? \1?"},
    {"v=spf1 \303\244:x.org", "\303\244:x.org?"},
    {"v=spf1 all/24 ptr:x", "all/24?all ptr:x?"},
    {"v=spf1", ""},
};

static void
test_terms(void **state)
{
	static const char *const names[] = {"all", "include", "a", "mx", "ptr",
	    "ip4", "ip6", "exists", "redirect", "exp", "other"};
	const struct row *row = *state;
	struct span rest = span_from(row->text);
	struct spf_mistake mistake = {0};
	struct spf_term term;
	struct buf told = {0};
	enum spf_next next;

	assert_true(spf_record_is(rest));
	while ((next = spf_record_next(&rest, &term, &mistake)) != SPF_END) {
		buf_add_text(&told, told.len > 0 ? " " : "");
		if (next == SPF_WRONG) {
			buf_add_span(&told, term.word);
			buf_add_char(&told, '?');
			buf_add_span(&told, buf_span(&mistake.proposal));
			buf_clear(&mistake.proposal);
			continue;
		}
		buf_add_format(&told, "%c%s", term.qualifier, names[term.kind]);
		if (term.has_macro)
			buf_add_text(&told, "(%)");
		else if (term.domain.len > 0 && term.kind != SPF_OTHER)
			buf_add_format(&told, "(%.*s)", (int)term.domain.len,
			    term.domain.at);
	}
	assert_string_equal(buf_text(&told), row->expected);
	buf_free(&told);
	buf_free(&mistake.proposal);
}

struct version_row {
	const char *text;
	bool is_record;
};

static const struct version_row versions[] = {
    {"v=spf1", true},
    {"V=Spf1 -all", true},
    {"v=spf10 -all", false},
    {"v=spf1\t-all", false},
    {" v=spf1 -all", false},
    {"v=spf", false},
    {"", false},
};

static void
test_version(void **state)
{
	const struct version_row *row = *state;

	assert_int_equal(spf_record_is(span_from(row->text)), row->is_record);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "terms", rows, ROWS(rows), test_terms);
	rows_add(&all, "version", versions, ROWS(versions), test_version);
	return rows_end(&all);
}
