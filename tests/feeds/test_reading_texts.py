"""CSV and its relatives are read however the sender's program writes them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feeds.reading import Refused, open_table

from .messy import written

KNOWN = ["part number", "description", "price"]


def read(path, known=(), **asked):
    table = open_table(path, path.name, known, **asked)
    return table.headers, [cells for _number, cells in table.rows()]


class TestAnEncoding:
    @pytest.mark.parametrize(
        ("encoding", "told"),
        [
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("cp1252", "Windows-1252"),
        ],
    )
    def test_is_found_out_and_told(self, encoding, told, tmp_path):
        path = written(tmp_path / "a.csv", "part,größe\nD0ABCLL,Überprüfung für 5 €\n", encoding)

        assert read(path) == (["part", "größe"], [["D0ABCLL", "Überprüfung für 5 €"]])
        assert open_table(path, "a.csv").facts.encoding == told

    @pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
    def test_of_two_bytes_a_letter_may_run_either_way(self, mark, encoding, tmp_path):
        (tmp_path / "a.csv").write_bytes(mark + "part\tname\nD0ABCLL\tŁódź\n".encode(encoding))

        assert read(tmp_path / "a.csv")[1] == [["D0ABCLL", "Łódź"]]

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_of_two_bytes_a_letter_needs_no_mark(self, encoding, tmp_path):
        path = written(tmp_path / "a.csv", "part,name\nD0ABCLL,Łódź\n", encoding)

        assert read(path)[1] == [["D0ABCLL", "Łódź"]]

    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("cp1252", "Société Générale, São Paulo, Città"),
            ("cp1252", "¿Qué? 5 m³ für 20 €"),
            ("cp1250", "Zażółć gęślą jaźń, spółka, Wrocław"),
            ("cp1256", "ترخيص برنامج مع دعم لمدة سنة"),
        ],
    )
    def test_of_one_byte_a_letter_is_told_by_its_words(self, encoding, text, tmp_path):
        path = written(tmp_path / "a.csv", f"part;name\nD0ABCLL;{text}\n", encoding)

        assert read(path)[1] == [["D0ABCLL", text]]

    def test_is_judged_by_all_of_the_file(self, tmp_path):
        path = written(
            tmp_path / "a.csv", "part,name\n" + "D0ABCLL,x\n" * 200_000 + "D0ABCLL,Löffel\n", "cp1252"
        )

        assert read(path)[1][-1] == ["D0ABCLL", "Löffel"]

    def test_can_be_named_by_the_sender(self, tmp_path):
        path = written(tmp_path / "a.csv", "part,name\n1,Łódź\n", "cp1250")

        assert read(path, encoding="windows-1250")[1] == [["1", "Łódź"]]
        with pytest.raises(Refused):
            read(path, encoding="UTF-8")


class TestASeparator:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_is_found_out_and_told(self, sign, tmp_path):
        path = written(tmp_path / "a.csv", f"part{sign}price\nD0ABCLL{sign}19\nD0ABCLM{sign}20\n")

        assert read(path) == (["part", "price"], [["D0ABCLL", "19"], ["D0ABCLM", "20"]])
        assert open_table(path, "a.csv").facts.delimiter == sign

    def test_is_not_taken_for_a_decimal_comma(self, tmp_path):
        path = written(tmp_path / "a.csv", "part;list;net\nD0ABCLL;19,50;18,00\nD0ABCLM;20,50;19,00\n")

        assert read(path)[1] == [["D0ABCLL", "19,50", "18,00"], ["D0ABCLM", "20,50", "19,00"]]

    def test_may_be_announced(self, tmp_path):
        path = written(tmp_path / "a.csv", "sep=;\r\npart;price\r\nD0ABCLL;1\r\n")

        assert read(path) == (["part", "price"], [["D0ABCLL", "1"]])

    def test_is_not_needed_for_one_column(self, tmp_path):
        path = written(tmp_path / "a.csv", "part\nD0ABCLL\nD0ABCLM\n")

        assert read(path) == (["part"], [["D0ABCLL"], ["D0ABCLM"]])


class TestAHeader:
    def test_is_found_below_titles(self, tmp_path):
        text = "Price list 2026,,\nfor partners only,,\n\nPart number,Description,Price\nD0ABCLL,Licence,5\n"
        path = written(tmp_path / "a.csv", text)

        assert read(path, KNOWN) == (["Part number", "Description", "Price"], [["D0ABCLL", "Licence", "5"]])
        assert open_table(path, "a.csv", KNOWN).header_row == 4

    def test_is_found_below_titles_also_if_none_of_its_names_is_known(self, tmp_path):
        text = "Price list;;\n\nTeil;Text;Preis\nD0ABCLL;Lizenz;5\nD0ABCLM;Lizenz;6\n"
        path = written(tmp_path / "a.csv", text)

        assert read(path, KNOWN)[0] == ["Teil", "Text", "Preis"]

    def test_keeps_names_that_stand_there_twice(self, tmp_path):
        path = written(tmp_path / "a.csv", "part,price,price\n1,2,3\n")

        assert read(path) == (["part", "price", "price"], [["1", "2", "3"]])

    def test_has_no_line_breaks_and_no_blanks_around_it(self, tmp_path):
        path = written(tmp_path / "a.csv", '" part ","list\nprice"\n1,2\n')

        assert read(path)[0] == ["part", "list price"]

    def test_ends_where_the_blank_columns_begin(self, tmp_path):
        path = written(tmp_path / "a.csv", "part,price,,,\n1,2,,,\n3,4,,,\n")

        assert read(path) == (["part", "price"], [["1", "2"], ["3", "4"]])

    def test_may_lack_a_name_for_a_column_that_is_filled(self, tmp_path):
        path = written(tmp_path / "a.csv", "part,price,\n1,2,note\n3,4,note\n")

        assert read(path) == (["part", "price", ""], [["1", "2", "note"], ["3", "4", "note"]])


class TestRows:
    def test_are_numbered_as_a_spreadsheet_shows_them(self, tmp_path):
        """A line break within a cell begins no row; a blank row is one."""
        path = written(tmp_path / "a.csv", 'Title\n\npart,name\n1,"two\r\nlines"\n\n , \n2,x\n')

        assert list(open_table(path, "a.csv", ["part", "name"]).rows()) == [
            (4, ["1", "two\nlines"]),
            (7, ["2", "x"]),
        ]

    def test_can_be_read_again_from_the_start(self, tmp_path):
        table = open_table(written(tmp_path / "a.csv", "part\n1\n2\n"), "a.csv")

        assert list(table.rows()) == list(table.rows()) == [(2, ["1"]), (3, ["2"])]

    def test_may_be_shorter_than_the_header(self, tmp_path):
        assert read(written(tmp_path / "a.csv", "part,price,note\n1\n2,3\n"))[1] == [
            ["1", "", ""],
            ["2", "3", ""],
        ]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_end_as_on_any_system(self, end, tmp_path):
        assert read(written(tmp_path / "a.csv", f"part,price{end}1,2{end}3,4"))[1] == [["1", "2"], ["3", "4"]]

    def test_may_have_quotation_marks_in_values_that_are_not_quoted(self, tmp_path):
        assert read(written(tmp_path / "a.csv", 'part,name\n1,screen 12"\n'))[1] == [["1", 'screen 12"']]


# What a cell may hold: anything but what no text file holds, and line breaks that are not our own.
CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('\n",;\t|'), max_size=12
)
# No word of Western Europe is of letters beyond ASCII alone; words of Arabic are, which is how the two are told apart.
WESTERN = st.text(st.sampled_from("aZ09 äöüßéñç€'\"\n,;|\t.-"), max_size=12).filter(
    lambda cell: not re.search("[äöüßéñç€]{3}", cell)
)


def table_of(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(cells, min_size=width, max_size=width).filter(lambda row: any(map(str.strip, row))),
            max_size=8,
        )
    )


class TestAnyTable:
    """Whatever is written in any dialect and encoding is read back the same."""

    @given(
        table_of(CELLS),
        st.sampled_from(",;\t|"),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        st.integers(0, 2),
    )
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_in_unicode(self, tmp_path, rows, delimiter, encoding, end, quoting, titles):
        self.check(tmp_path, rows, delimiter, encoding, end, quoting, titles)

    @given(table_of(WESTERN), st.sampled_from(",;\t|"))
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_in_the_code_page_of_western_europe(self, tmp_path, rows, delimiter):
        self.check(
            tmp_path,
            [["ärger"] * len(row) for row in rows[:1]] + rows,
            delimiter,
            "cp1252",
            "\r\n",
            csv.QUOTE_ALL,
        )

    def check(self, folder, rows, delimiter, encoding, end, quoting, titles=0):
        width = len(rows[0]) if rows else 2
        names = [f"name {at}" for at in range(width)]
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows([["A title"]] * titles)
        writer.writerows([names, *rows])
        path = written(folder / "any.csv", out.getvalue(), encoding)

        found = open_table(path, "any.csv", names)

        assert (found.headers, found.header_row) == (names, titles + 1)
        assert [cells for _number, cells in found.rows()] == rows
