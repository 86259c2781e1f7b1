DROP TABLE acceptance_photos;
DROP TABLE acceptance_proposals;
