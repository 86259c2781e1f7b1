#!/usr/bin/env bash
# Makes NotoSansSC-subset.otf again; README.md beside it says from what. Needs Debian's fonts-noto-cjk and unicode-data, and
# fonttools 4.68.0 from PyPI.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
characters=$(mktemp)
trap 'rm -f "$characters"' EXIT
{
  # 通用规范汉字表 (2013), 8105 characters.
  bzcat /usr/share/unicode/Unihan_OtherMappings.txt.bz2 | awk -F'\t' '$2 == "kTGH" { print $1 }'
  # GB 2312: punctuation, numbers, full-width forms, and its 6763 characters.
  python3 - <<'PYTHON'
for row in [1, 2, 3, *range(16, 88)]:
    for cell in range(1, 95):
        try:
            print("U+%04X" % ord(bytes([row + 0xA0, cell + 0xA0]).decode("gb2312")))
        except UnicodeDecodeError:
            pass
PYTHON
  # Latin, dashes, quotes and full-width forms.
  echo "U+20-7E,U+A0-FF,U+2010-2027,U+2030-203E,U+20AC,U+2212,U+2248,U+3000-3011,U+3014-301F,U+FF01-FF5E,U+FFE0-FFE5"
} >"$characters"
pyftsubset /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc --font-number=2 --unicodes-file="$characters" \
  --layout-features='' --no-hinting --desubroutinize --notdef-outline --no-recalc-timestamp \
  --name-IDs=0,1,2,3,4,5,6,13,14 --drop-tables+=GSUB,GPOS,GDEF,BASE,VORG,vhea,vmtx \
  --output-file=NotoSansSC-subset.otf
sha256sum NotoSansSC-subset.otf
