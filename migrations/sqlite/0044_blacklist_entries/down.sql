DROP TABLE blacklist_appeals;
DROP TABLE blacklist_entries;
