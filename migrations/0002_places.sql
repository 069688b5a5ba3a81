-- What makes a search of the request log exact: a block's shapes (what filters may ask of its rows, without the user), and
-- the moment and user of each row. Blocks from before have neither: all rows of their time are read when one may fit.
ALTER TABLE request_blocks ADD COLUMN shapes TEXT NOT NULL DEFAULT '';
ALTER TABLE request_blocks ADD COLUMN places TEXT NOT NULL DEFAULT '';
