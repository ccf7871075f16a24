#include "rows.h"

#include "compose/table.h"

/* Writes the table to a file of the current folder, and opens it. */
static struct table *
open_text(const char *text, size_t len, struct error *err)
{
	char path[64];
	FILE *file;
	struct table *table;

	snprintf(path, sizeof(path), "test_table.%ld.csv", (long)getpid());
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	table = table_open(path, err);
	unlink(path);
	return table;
}

/* All of a table on one line: cells in brackets, rows by number and line. */
static void
show(struct buf *out, struct table *table, struct error *err)
{
	struct table_columns columns = table_columns(table);
	struct table_row row;
	enum table_result result;

	for (size_t i = 0; i < columns.count; i++)
		buf_add_format(out, "[%s]", columns.names[i]);
	while ((result = table_next(table, &row, err)) == TABLE_ROW) {
		buf_add_format(
		    out, " %zu/%llu", row.number, (unsigned long long)row.line);
		for (size_t i = 0; i < columns.count; i++) {
			buf_add_char(out, '[');
			buf_add_span(out, row.cells[i]);
			buf_add_char(out, ']');
		}
	}
	if (result == TABLE_FAILED)
		buf_add_text(out, " failed");
}

struct read_row {
	const char *name;
	const char *text;
	const char *shown;
};

static const struct read_row reads[] = {
    {"plain", "a,b\n1,2\n3,4\n", "[a][b] 1/2[1][2] 2/3[3][4]"},
    {"CRLF", "a,b\r\n1,2\r\n3,4\r\n", "[a][b] 1/2[1][2] 2/3[3][4]"},
    {"CR", "a,b\r1,2\r3,4\r", "[a][b] 1/2[1][2] 2/3[3][4]"},
    {"no last line end", "a,b\n1,2", "[a][b] 1/2[1][2]"},
    {"names alone", "a,b\n", "[a][b]"},
    {"names alone, no line end", "a,b", "[a][b]"},
    {"byte order mark",
	"\xef\xbb\xbf"
	"a,b\n1,2\n",
	"[a][b] 1/2[1][2]"},
    {"byte order mark before a quote", "\xef\xbb\xbf\"a\",b\n1,2\n",
	"[a][b] 1/2[1][2]"},
    {"empty lines", "\n\r\na,b\n\n\r\n1,2\n\n\n3,4\n\n\n",
	"[a][b] 1/6[1][2] 2/9[3][4]"},
    {"empty cells", "a,b,c\n,,\n1,,3\n", "[a][b][c] 1/2[][][] 2/3[1][][3]"},
    {"one column", "a\n1\n\n2\n", "[a] 1/2[1] 2/4[2]"},
    {"an empty cell in quotes is a row", "a\n\"\"\n", "[a] 1/2[]"},
    {"quotes", "a,b\n\"1,1\",\"2\"\"2\"\n\"\"\"\",\"\"\n",
	"[a][b] 1/2[1,1][2\"2] 2/3[\"][]"},
    {"line breaks in quotes", "a,b\n\"1\n1\",\"2\r\n\r\n2\"\n3,4\n",
	"[a][b] 1/2[1\n1][2\r\n\r\n2] 2/6[3][4]"},
    {"CR in quotes", "a\n\"1\r1\"\n2\n", "[a] 1/2[1\r1] 2/4[2]"},
    {"blanks belong to the cell", "a,b\n 1 , 2\n", "[a][b] 1/2[ 1 ][ 2]"},
    {"blanks do not belong to a name", " a ,\tb \n1,2\n", "[a][b] 1/2[1][2]"},
    {"semicolons", "a;b\n1,1;2\n", "[a][b] 1/2[1,1][2]"},
    {"TABs", "a\tb\n1,1\t2;2\n", "[a][b] 1/2[1,1][2;2]"},
    {"TAB before semicolon", "a;a\tb\n", "[a][a\tb]"},
    {"semicolon after TAB", "a\tb;c\n", "[a][b;c]"},
    {"a comma decides", "a;a,b\tc\n", "[a;a][b\tc]"},
    {"a comma in quotes does not", "\"a,a\";b\n1;2\n", "[a,a][b] 1/2[1][2]"},
    {"a comma in the second row does not", "a\n1\n", "[a] 1/2[1]"},
    {"UTF-8", "n\xc3\xa4me\nM\xc3\xbcller\n",
	"[n\xc3\xa4me] 1/2[M\xc3\xbcller]"},
};

static void
test_read(void **state)
{
	const struct read_row *row = *state;
	struct error err = {0};
	struct table *table = open_text(row->text, strlen(row->text), &err);
	struct buf first = {0}, again = {0};

	if (table == NULL)
		fail_msg("%s", err.text);
	show(&first, table, &err);
	assert_string_equal(buf_text(&first), row->shown);
	table_rewind(table);
	show(&again, table, &err);
	assert_string_equal(buf_text(&again), row->shown);
	table_close(table);
	buf_free(&first);
	buf_free(&again);
}

struct fault_row {
	const char *name;
	struct span text;
	enum error_kind kind;
	const char *words; /* after the name of the file; up to the hint */
};

#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

static const struct fault_row faults[] = {
    {"empty", S(""), ERROR_NO_INPUT, "it is empty"},
    {"empty lines alone", S("\n\r\n"), ERROR_NO_INPUT, "it is empty"},
    {"mark alone", S("\xef\xbb\xbf"), ERROR_NO_INPUT, "it is empty"},
    {"UTF-16",
	S("\xff\xfe"
	  "a\0"),
	ERROR_DATA, "it is in UTF-16"},
    {"UTF-16, big endian", S("\xfe\xff\0a"), ERROR_DATA, "it is in UTF-16"},
    {"NUL", S("a,b\n1,2\0\n"), ERROR_DATA,
	"row 1 (line 2), column \"b\": it has a NUL octet"},
    {"empty name", S("a,,c\n"), ERROR_DATA,
	"cell 2 of the first row: the column has no name"},
    {"blank name", S("a, \n"), ERROR_DATA,
	"cell 2 of the first row: the column has no name"},
    {"same name", S("a,b, a\n"), ERROR_DATA,
	"cell 3 of the first row: column 1 has the same name"},
    {"too few cells", S("a,b\n1,2\n3\n"), ERROR_DATA,
	"row 2 (line 3): it has 1 cell, but the first row has 2"},
    {"too many cells", S("a,b\n1,2,3\n"), ERROR_DATA,
	"row 1 (line 2): it has 3 cells, but the first row has 2"},
    {"open quote", S("a,b\n1,\"2\n3,4\n"), ERROR_DATA,
	"row 1 (line 2), column \"b\": its quote is never closed"},
    {"open quote in the names", S("a,\"b\n3,4\n"), ERROR_DATA,
	"cell 2 of the first row: its quote is never closed"},
    {"quote alone at the end", S("a\n\""), ERROR_DATA,
	"row 1 (line 2), column \"a\": its quote is never closed"},
    {"quote in the middle", S("a,b\n1,2\"3\"\n"), ERROR_DATA,
	"row 1 (line 2), column \"b\": it has a quote, but does not begin with "
	"one"},
    {"quote after a blank", S("a,b\n1, \"2\"\n"), ERROR_DATA,
	"row 1 (line 2), column \"b\": it has a quote, but does not begin with "
	"one"},
    {"text after a quote", S("a,b\n\"1\"1,2\n"), ERROR_DATA,
	"row 1 (line 2), column \"a\": text follows its closing quote"},
    {"not UTF-8", S("a,b\n1,M\xfcller\n"), ERROR_DATA,
	"row 1 (line 2), column \"b\": it is not in UTF-8"},
    {"not UTF-8, names", S("a,n\xe4me\n"), ERROR_DATA,
	"cell 2 of the first row: it is not in UTF-8"},
    {"UTF-8 is cut", S("a,b\n1,2\xc3"), ERROR_DATA,
	"row 1 (line 2), column \"b\": it is not in UTF-8"},
    {"masked name", S("a,\x1b[2J\n1,\"2\n"), ERROR_DATA,
	"row 1 (line 2), column \"\\x1b[2J\": its quote is never closed"},
};

static void
test_fault(void **state)
{
	const struct fault_row *row = *state;
	struct error err = {0};
	struct table *table = open_text(row->text.at, row->text.len, &err);
	struct buf shown = {0};
	char *hint, *words;

	if (table != NULL) {
		show(&shown, table, &err);
		table_close(table);
	}
	buf_free(&shown);
	assert_int_equal(err.kind, row->kind);
	hint = strstr(err.text, "\nhint: ");
	if (hint != NULL)
		*hint = '\0';
	words = strstr(err.text, ".csv: ");
	assert_non_null(words);
	assert_string_equal(words + strlen(".csv: "), row->words);
}

static void
test_limits(void **state)
{
	struct buf text;
	struct error err = {0};
	struct table *table;
	struct table_row row;

	(void)state;
	buf_init(&text, 4 * TABLE_ROW_MAX);
	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
		buf_add_format(&text, "%sc%zu", i == 0 ? "" : ",", i);
	table = open_text(text.data, text.len, &err);
	assert_non_null(table);
	assert_int_equal(table_columns(table).count, TABLE_COLUMNS_MAX);
	table_close(table);
	buf_add_text(&text, ",more");
	assert_null(open_text(text.data, text.len, &err));
	assert_non_null(strstr(err.text, "more than 1000 columns"));

	buf_clear(&text);
	buf_add_text(&text, "a,b\n\"");
	for (size_t i = 0; i < TABLE_ROW_MAX - 1; i++)
		buf_add_char(&text, '\n');
	buf_add_text(&text, "\",1\n3,4");
	table = open_text(text.data, text.len, &err);
	assert_non_null(table);
	assert_int_equal(table_next(table, &row, &err), TABLE_ROW);
	assert_int_equal(row.cells[0].len, TABLE_ROW_MAX - 1);
	assert_int_equal(table_next(table, &row, &err), TABLE_ROW);
	assert_int_equal(row.line, TABLE_ROW_MAX + 2);
	assert_int_equal(table_next(table, &row, &err), TABLE_END);
	table_close(table);
	buf_add_char(&text, '2');
	text.data[text.len - 6] = '1';
	text.data[text.len - 5] = '1';
	table = open_text(text.data, text.len, &err);
	assert_non_null(table);
	assert_int_equal(table_next(table, &row, &err), TABLE_FAILED);
	assert_non_null(strstr(err.text, "the row is larger than 1 MiB"));
	table_close(table);
	buf_free(&text);
}

static void
test_changed(void **state)
{
	char path[64];
	struct error err = {0};
	struct table_row row;
	struct table *table;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "test_table.%ld.csv", (long)getpid());
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("a\n1\n", file);
	fflush(file);
	table = table_open(path, &err);
	unlink(path);
	assert_non_null(table);
	assert_int_equal(table_next(table, &row, &err), TABLE_ROW);
	fputs("2\n", file);
	fclose(file);
	table_rewind(table);
	assert_int_equal(table_next(table, &row, &err), TABLE_FAILED);
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_non_null(strstr(err.text, "changed while it was being read"));
	table_close(table);
}

static void
test_absent(void **state)
{
	struct error err = {0};

	(void)state;
	assert_null(table_open("there/is/no/such.csv", &err));
	assert_int_equal(err.kind, ERROR_NO_INPUT);
}

struct find_row {
	const char *name;
	const char *column;
	size_t index;
	const char *error;
};

static const struct find_row finds[] = {
    {"found", "name", 0, NULL},
    {"another", "e-mail", 1, NULL},
    {"case counts", "Name", 0,
	"the table has no column \"Name\"\nhint: did you mean {{name}}?"},
    {"misspelt", "nmae", 0,
	"the table has no column \"nmae\"\nhint: did you mean {{name}}?"},
    {"another word", "address", 0,
	"the table has no column \"address\"\n"
	"hint: its columns are name, e-mail"},
};

static void
test_find(void **state)
{
	const struct find_row *row = *state;
	static const char *const names[] = {"name", "e-mail"};
	struct table_columns columns = {names, 2};
	struct error err = {0};
	size_t index = 9;

	assert_int_equal(
	    table_columns_find(&columns, span_from(row->column), &index, &err),
	    row->error == NULL);
	if (row->error == NULL) {
		assert_int_equal(index, row->index);
	} else {
		assert_int_equal(err.kind, ERROR_DATA);
		assert_string_equal(err.text, row->error);
	}
}

int
main(void)
{
	struct rows all = {0};

	/* So that the locale is not that of whoever runs the test. */
	setenv("LC_ALL", "C", 1);
	rows_add(&all, "read", reads, ROWS(reads), test_read);
	rows_add(&all, "fault", faults, ROWS(faults), test_fault);
	rows_add(&all, "find", finds, ROWS(finds), test_find);
	rows_add_one(&all, "limits", test_limits);
	rows_add_one(&all, "the file changes", test_changed);
	rows_add_one(&all, "no such file", test_absent);
	return rows_end(&all);
}
