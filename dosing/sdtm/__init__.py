"""Take a study's SDTM files into a training database, through the services that a user's clicks reach."""
