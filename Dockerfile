# The README's own commands in a clean Debian, then only what running needs.
FROM debian:12-slim AS build
WORKDIR /src
COPY Makefile ./
COPY tests/tools/apt_install.sh tests/tools/
# make for the Makefile itself; it installs the rest. A layer of its own: sources change, dependencies rarely.
RUN apt-get update -qq \
 && apt-get install -qq -y --no-install-recommends make \
 && make deps
COPY src src
COPY include include
COPY config config
COPY rules rules
# What --version tells: docker build --build-arg REVISION=$(git rev-parse --short=12 HEAD)
ARG REVISION=unknown
RUN make -j"$(nproc)" revision="$REVISION" && make install DESTDIR=/out revision="$REVISION"

FROM debian:12-slim
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
      ca-certificates libcurl4 libevent-2.1-7 libevent-openssl-2.1-7 libhiredis0.14 libjansson4 libpcre2-8-0 \
      libsqlite3-0 libssl3 libyaml-0-2 libcmark-gfm0.29.0.gfm.6 libcmark-gfm-extensions0.29.0.gfm.6 libutf8proc2 libgit2-1.5 libical3 zlib1g tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 9195 --user-group --home-dir /var/lib/runbookd --shell /usr/sbin/nologin runbookd \
 && install -d -o runbookd -g runbookd /var/lib/runbookd /var/lib/runbookd/data
COPY --from=build /out/usr/local/bin /usr/local/bin
# Configuration beside rules beside data, as in the repository: mount your own over config and rules.
COPY --from=build /out/usr/local/share/doc/runbookd/examples /var/lib/runbookd
WORKDIR /var/lib/runbookd
VOLUME /var/lib/runbookd/data
USER runbookd
EXPOSE 9195
ENTRYPOINT ["runbookd"]
CMD ["--config.file=/var/lib/runbookd/config/runbookd.yml"]
