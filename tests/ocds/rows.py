#!/usr/bin/env python3
"""Checks an export of `yigou export ocds` against itself: what the packages flatten to has as many rows as the tables, and every
compiled release is what ocdsmerge makes of the releases. Use: rows.py FOLDER SCHEMA, where SCHEMA is the release schema of OCDS
with its references resolved."""
import csv, decimal, json, pathlib, sys, tempfile
import flattentool, ocdsmerge

folder, schema = pathlib.Path(sys.argv[1]), json.load(open(sys.argv[2]))
wrong = []


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def flattened(package):
    """Rows of each sheet by the last word of its name."""
    with tempfile.TemporaryDirectory() as out:
        flattentool.flatten(str(package), output_name=out, output_format="csv", main_sheet_name="releases",
            root_list_path="releases", root_id="ocid", disable_local_refs=True, truncation_length=20)
        return {sheet.stem.split("_")[-1]: rows(sheet) for sheet in pathlib.Path(out).glob("*.csv")}


merger = ocdsmerge.Merger(schema)
names = ("releases", "milestones", "transactions")
found, processes = dict.fromkeys(names, 0), 0
exact = {"parse_float": decimal.Decimal}
for package in sorted((folder / "releases").glob("*.json")):
    sheets = flattened(package)
    for name in names:
        found[name] += sheets.get(name, 0)
    told = {}
    for release in json.loads(package.read_text(), **exact)["releases"]:
        told.setdefault(release["ocid"], []).append(release)
    records = json.loads((folder / "records" / package.name).read_text(), **exact)["records"]
    processes += len(records)
    for record in records:
        if merger.create_compiled_release(told.pop(record["ocid"])) != record["compiledRelease"]:
            wrong.append(f"{record['ocid']}: the compiled release is not what its releases come to")
    wrong += [f"{ocid}: no record" for ocid in told]
for name in names:
    if found[name] != rows(folder / f"{name}.csv"):
        wrong.append(f"{name}: {found[name]} flattened rows, {rows(folder / f'{name}.csv')} in the table")
if processes != rows(folder / "processes.csv"):
    wrong.append(f"processes: {processes} records, {rows(folder / 'processes.csv')} in the table")
print(f"{processes} processes, " + ", ".join(f"{found[name]} {name}" for name in names))
for line in wrong[:20]:
    print(line, file=sys.stderr)
sys.exit(bool(wrong))
