DROP TABLE bulletin_urges;
DROP TABLE bulletins;
