-- A certificate that ended for food safety bars its product from sale, whatever else entitles it, until an office ends the bar.
ALTER TABLE product_certificates ADD COLUMN bars BOOLEAN NOT NULL DEFAULT FALSE;
