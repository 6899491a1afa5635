# The ordervault server: everything in one binary, data in /data.
#   docker build --tag ordervault .
#   docker run --read-only --volume ordervault:/data --publish 127.0.0.1:8080:8080 ordervault

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --locked --release --package ordervault && cp target/release/ordervault /ordervault

FROM debian:bookworm-slim
# A fixed number, so that files of secrets can be given to this user on the host.
RUN groupadd --gid 10001 ordervault \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin ordervault \
    && install --directory --mode 0700 --owner 10001 --group 10001 /data
COPY --from=build /ordervault /usr/local/bin/ordervault
USER 10001:10001
WORKDIR /data
VOLUME /data
# Nothing else is written, so the root file system can be mounted read-only.
ENV ORDERVAULT_DATA_DIR=/data \
    ORDERVAULT_SERVER__LISTEN=0.0.0.0:8080 \
    ORDERVAULT_LOG__FORMAT=json
EXPOSE 8080
# The server drains for up to 30 s, after its drain pause: stop it with `docker stop --time 40`.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=7s --start-period=30s --retries=3 CMD ["ordervault", "healthcheck"]
ENTRYPOINT ["ordervault"]
CMD ["serve"]
