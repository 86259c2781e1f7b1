#!/bin/sh
# Writes a slice's PostgreSQL migration from its SQLite one: BLOB becomes BYTEA, TEXT sorts bytewise.
# An integer that counts up becomes an identity column; triggers and search tables differ and are written by hand below the marker line.
# Use: migrations/to_postgres.sh 0001_platform_outbox
set -eu
cd "$(dirname "$0")"
mkdir -p "postgres/$1"
for file in up down; do
    sed -e '/^-- sqlite only/,/^-- end/d' \
        -e 's/\bINTEGER PRIMARY KEY AUTOINCREMENT\b/BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY/' \
        -e 's/\bBLOB\b/BYTEA/g' \
        -e 's/\bTEXT\b/TEXT COLLATE "C"/g' \
        "sqlite/$1/$file.sql" > "postgres/$1/$file.sql"
    if [ -f "postgres/$1/$file.extra.sql" ]; then cat "postgres/$1/$file.extra.sql" >> "postgres/$1/$file.sql"; fi
done
