"""How much of anything is read: far beyond what files of the trade have, and far below what a server would feel."""

MEBIBYTE = 1024 * 1024

MAX_TEXT_FILE = 1024 * MEBIBYTE  # bytes; 1,500,000 prices are 200 MB
MAX_WORKBOOK = 128 * MEBIBYTE  # bytes, packed
MAX_ROWS = 3_000_000  # of a file
MAX_COLUMNS = 1_000  # of a row
MAX_CELL = 131_072  # characters; what the csv module lets in by itself
MAX_LINE = MEBIBYTE  # bytes without a line break
PIECE = 1_000  # rows that are in memory at once: few enough to stay in the processor's cache
MAX_PIECE = 16 * MEBIBYTE  # characters of these rows

# Workbooks are ZIP archives of XML.
MAX_ENTRIES = 2_000  # files in the archive
MAX_DIRECTORY = MEBIBYTE  # bytes of its list of files
MAX_UNPACKED = 1024 * MEBIBYTE  # bytes of all the files in it
MAX_RATIO = 250  # unpacked to packed; sheets of nothing but the same row come to about 100
SMALL_ENTRY = 8 * MEBIBYTE  # bytes unpacked, up to which the ratio does not matter
MAX_SMALL_PART = 32 * MEBIBYTE  # bytes of the list of sheets, of the styles, …
MAX_STRINGS = 100 * MEBIBYTE  # bytes of memory for the table of texts
MAX_SHEET_ROWS = 1_048_576  # what the format has
MAX_DEPTH = 40  # elements inside each other
MAX_TOKEN = 4 * MEBIBYTE  # bytes of one tag, with all its attributes
MAX_SHEETS = 500

HEAD_ROWS = 100  # that are looked at to find the header
HEADER_WITHIN = 50  # rows
HEAD_BYTES = 64 * MEBIBYTE  # of a sheet's XML that are gone through to find them
