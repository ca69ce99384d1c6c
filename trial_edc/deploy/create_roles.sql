-- The two roles and the database of the product; run once with psql by whoever sets up the server, safe to run again.
-- Passwords come from the environment so that no command line shows them:
--   EDC_OWNER_PASSWORD=… EDC_APP_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -d postgres -f create_roles.sql
-- edc_owner owns the schema and runs `manage.py migrate`; edc_app serves web, worker and beat and can change no schema.
\getenv owner_password EDC_OWNER_PASSWORD
\getenv app_password EDC_APP_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', role)
  FROM (VALUES ('edc_owner'), ('edc_app')) AS wanted (role)
 WHERE role NOT IN (SELECT rolname FROM pg_roles) \gexec

ALTER ROLE edc_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE edc_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

SELECT 'CREATE DATABASE edc' WHERE 'edc' NOT IN (SELECT datname FROM pg_database) \gexec

ALTER DATABASE edc OWNER TO edc_owner;
REVOKE ALL ON DATABASE edc FROM PUBLIC;
GRANT CONNECT ON DATABASE edc TO edc_app;
