# The service as an image; docs/operations.md says how to run it. Nothing is compiled: what is
# installed is what requirements.lock names, checked against its hashes.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock ./
# pyvips is published as source, all of it Python; the library itself is in pyvips-binary.
RUN pip wheel --require-hashes --only-binary :all: --no-binary pyvips \
        --wheel-dir wheels --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
# Of those wheels what the service needs: tools for development and pip itself stay behind.
RUN python -m venv --without-pip /opt/cropwright \
    && pip --python /opt/cropwright/bin/python install \
        --no-index --find-links wheels '.[server]'

FROM python:${PYTHON}-slim-bookworm
RUN groupadd --gid 10001 cropwright \
    && useradd --uid 10001 --gid cropwright --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin cropwright \
    && install --directory --owner cropwright --group cropwright --mode 700 /data
COPY --from=build /opt/cropwright /opt/cropwright
ENV PATH=/opt/cropwright/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CROPWRIGHT_DATA=/data \
    CROPWRIGHT_SERVER_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", "import http.client, os, sys; \
port = int(os.environ.get('CROPWRIGHT_SERVER_PORT', '8000')); \
asked = http.client.HTTPConnection('127.0.0.1', port, timeout=4); \
asked.request('GET', '/healthz'); \
sys.exit(asked.getresponse().status != 200)"]
ENTRYPOINT ["cropwright"]
CMD ["serve"]
