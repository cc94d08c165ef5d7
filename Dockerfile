# syntax=docker/dockerfile:1
# The portal for production: no embedded servers, no development tools, not root. See docker-compose.yml.

FROM node:24-slim AS packages
WORKDIR /portal
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /portal
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-dev
COPY . .
COPY --from=packages /portal/node_modules node_modules
# Values for the build alone: collecting files neither connects nor signs anything.
RUN .venv/bin/python -m portal.catalogues && \
    PORTAL_MODE=production PORTAL_URL=https://build.invalid SECRET_KEY=only-for-the-build \
    STATIC_ROOT=/portal/staticfiles .venv/bin/python manage.py collectstatic --noinput && \
    # Of the packages only the icons are read while running, and the typefaces of papers.
    mkdir /tmp/kept && cp -r --parents node_modules/@tabler/icons/icons/outline \
        node_modules/@fontsource/*/files/*-400-normal.woff node_modules/@fontsource/*/files/*-600-normal.woff /tmp/kept && \
    rm -rf node_modules && mv /tmp/kept/node_modules node_modules

FROM python:3.13-slim
RUN useradd --system --uid 1000 --home-dir /var/lib/portal --create-home portal
# Owned by root: what runs cannot change its own code. Only /var/lib/portal is written to.
COPY --from=build /portal /portal
WORKDIR /portal
ENV PATH=/portal/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_MODE=production \
    VAR_DIR=/var/lib/portal \
    STATIC_ROOT=/portal/staticfiles \
    WEB_CONCURRENCY=2
USER portal
VOLUME /var/lib/portal
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz/ready', timeout=4)"]
CMD ["gunicorn", "--config", "python:portal.gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
