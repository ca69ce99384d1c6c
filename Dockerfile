# The image of web, worker, beat and migrate. The driver is compiled here; no compiler reaches the final image.
FROM python:3.11-slim AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends gcc libc6-dev libpq-dev \
 && rm -rf /var/lib/apt/lists/*
COPY requirements/production.txt /requirements.txt
RUN python -m venv /opt/environment \
 && /opt/environment/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpq5 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin edc
COPY --from=build /opt/environment /opt/environment
ENV PATH=/opt/environment/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/srv/static
WORKDIR /srv/edc
COPY . .
# The settings want a secret even to collect files; this one lives for one command.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    python manage.py collectstatic --noinput --verbosity=0
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--no-control-socket", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", \
     "--worker-tmp-dir=/tmp", "--access-logfile=-", "trial_edc.wsgi"]
