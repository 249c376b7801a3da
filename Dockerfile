# One image for web, worker, beat and migrate (docker-compose.yml gives each its command).
# Where the usual image source is out of reach: --build-arg BASE_IMAGE=<your mirror>/python:3.11-slim-bookworm
ARG BASE_IMAGE=python:3.11-slim-bookworm
FROM ${BASE_IMAGE}

# Your own package source, if you have one; unset, pip uses its configuration.
ARG PIP_INDEX_URL

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN groupadd --gid 10001 duban \
    && useradd --uid 10001 --gid duban --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin duban \
    && install -d -o duban -g duban /data /data/media

WORKDIR /app

# Before the code, so that a change of code does not install anew.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes -r requirements/run.txt

# Owned by root: the process cannot change its own code.
COPY . .

# The key is needed to read the settings, signs nothing, and stays in this one step.
RUN python -m compileall -q config tasks_app \
    && DUBAN_SECRET_KEY=only-while-building DUBAN_DATA_DIR=/tmp python manage.py collectstatic --noinput --verbosity 0

USER duban
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--worker-class=gthread", "--no-control-socket", "--bind=0.0.0.0:8000"]
