# One image for every service; which it is, its command says: hearback serve, hearback work, hearback db upgrade.
# Any Debian with Python 3.11 or newer and venv will do as the base.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
# Where packages come from when not from pip's usual index: --build-arg PIP_INDEX_URL=https://...
ARG PIP_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python3 -m venv /opt/hearback
COPY requirements.lock ./
# http-ece, for pages to browsers, is published as source only; it is Python and nothing else.
RUN /opt/hearback/bin/pip install --require-hashes --no-deps --only-binary :all: --no-binary http-ece -r requirements.lock
COPY pyproject.toml README.md ./
COPY messages messages
COPY scheduler scheduler
COPY bot bot
# What only building needed does not go along.
RUN /opt/hearback/bin/pip install --no-deps --no-build-isolation . \
    && /opt/hearback/bin/pip uninstall --yes hatchling editables trove-classifiers pip

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin hearback
COPY --from=build /opt/hearback /opt/hearback
ENV PATH=/opt/hearback/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER hearback
WORKDIR /tmp
CMD ["hearback", "--help"]
