# syntax=docker/dockerfile:1
# Halcyon with its starter model, for linux/amd64.
#
#   docker build -t halcyon .
#   docker build -t halcyon:gpu --build-arg MAVEN_OPTIONS=-Pgpu \
#     --build-arg RUNTIME=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 .
ARG BUILDER=maven:3.9-eclipse-temurin-17
ARG RUNTIME=eclipse-temurin:17-jre-noble

FROM ${BUILDER} AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml ./
COPY schemas schemas
COPY label-config label-config
COPY clip clip
COPY stream-app stream-app
COPY bench bench
ARG MAVEN_OPTIONS=""
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -q -pl stream-app -am -DskipTests -Dspotless.check.skip=true ${MAVEN_OPTIONS} package

FROM ${RUNTIME}
# The CUDA images bring no Java.
RUN command -v java >/dev/null \
    || (apt-get update -q \
        && apt-get install -q -y --no-install-recommends openjdk-17-jre-headless \
        && rm -rf /var/lib/apt/lists/*)
RUN groupadd --system --gid 10001 halcyon \
    && useradd --system --uid 10001 --gid halcyon --home-dir /tmp --no-create-home halcyon
WORKDIR /opt/halcyon
COPY LICENSE NOTICE halcyon ./
COPY tools/launch.sh tools/launch.sh
COPY samples samples
COPY canaries canaries
COPY label-config/packs label-config/packs
COPY starter-model/model starter-model/model
COPY --from=build /build/stream-app/target/lib stream-app/target/lib
COPY --from=build /build/stream-app/target/halcyon.jar stream-app/target/halcyon.jar
# Native libraries are unpacked below the home directory and /tmp; nothing else is written to.
ENV HALCYON_JAVA_OPTS="-XX:MaxRAMPercentage=50 -Duser.home=/tmp" \
    HALCYON_LOG_FORMAT=json
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/opt/halcyon/halcyon"]
CMD ["run", "--config", "/etc/halcyon/halcyon.yaml"]
