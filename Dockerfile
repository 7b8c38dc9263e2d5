# The command as an image: docker build -t c2c . && docker run --rm -v "$PWD:/work:ro" c2c validate
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements/build.lock requirements/runtime.lock requirements/
RUN python -m venv --without-pip /opt/c2c \
    && pip install --require-hashes -r requirements/build.lock \
    && pip --python /opt/c2c/bin/python install --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY reconciler reconciler
COPY schemas schemas
COPY policies policies
COPY demo demo
COPY starter starter
COPY docs/rules docs/rules
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && pip --python /opt/c2c/bin/python install --no-deps --no-index /dist/*.whl

FROM ${PYTHON}
COPY --from=build /opt/c2c /opt/c2c
ENV PATH=/opt/c2c/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["c2c"]
CMD ["--help"]
