
CREATE TABLE listing_search (
    seq BIGINT NOT NULL PRIMARY KEY,
    terms TEXT[] COLLATE "C" NOT NULL
);
CREATE INDEX listing_search_terms ON listing_search USING gin (terms);
