-- Templates of forms taken in at this desk for a province; the others ship with the program. A template is never replaced: of those
-- of one form and day the one taken in last holds.
CREATE TABLE form_template (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    form        TEXT    NOT NULL,
    from_day    TEXT    NOT NULL,
    body        TEXT    NOT NULL,
    imported_ms INTEGER NOT NULL
) STRICT;
