# Shared by the launchers: build when needed, then run a module's jar.
# Sourced by sh; defines launch HOME MODULE JAR [ARGUMENT...].

halcyon_stale() { # halcyon_stale HOME MODULE JAR: is the jar missing or older than a source?
  [ -f "$1/$2/target/$3" ] || return 0
  [ -d "$1/stream-app/src" ] || return 1
  halcyon_newer=$(cd "$1" && find pom.xml .mvn schemas label-config clip stream-app bench \
    -name target -prune -o \( -path '*/src/main/*' -o -name pom.xml -o -path '.mvn/*' \) \
    -type f -newer "$1/$2/target/$3" -print 2>/dev/null | head -n 1)
  [ -n "$halcyon_newer" ]
}

halcyon_build() { # halcyon_build HOME MODULE JAR
  command -v mvn >/dev/null 2>&1 || {
    echo "halcyon: $2/target/$3 is not built, and there is no mvn on the PATH: install Maven 3.8 or later" >&2
    exit 2
  }
  echo "halcyon: building (a minute or two the first time)…" >&2
  halcyon_log="$1/$2/target/build.log"
  mkdir -p "$1/$2/target"
  if ! (cd "$1" && mvn -B -q -pl "$2" -am -DskipTests -Dspotless.check.skip=true package) >"$halcyon_log" 2>&1; then
    cat "$halcyon_log" >&2
    echo "halcyon: the build failed; its output is above and in $halcyon_log" >&2
    exit 1
  fi
  touch "$1/$2/target/$3"
}

launch() {
  halcyon_home=$1 halcyon_module=$2 halcyon_jar=$3
  shift 3
  if halcyon_stale "$halcyon_home" "$halcyon_module" "$halcyon_jar"; then
    if command -v flock >/dev/null 2>&1; then
      (
        flock 9
        if halcyon_stale "$halcyon_home" "$halcyon_module" "$halcyon_jar"; then
          halcyon_build "$halcyon_home" "$halcyon_module" "$halcyon_jar"
        fi
      ) 9>"$halcyon_home/.build.lock" || exit $?
    else
      halcyon_build "$halcyon_home" "$halcyon_module" "$halcyon_jar"
    fi
  fi
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
    halcyon_java="$JAVA_HOME/bin/java"
  else
    halcyon_java=java
  fi
  command -v "$halcyon_java" >/dev/null 2>&1 || {
    echo "halcyon: no java found; install a JDK 17 or set JAVA_HOME" >&2
    exit 2
  }
  halcyon_terminal=false
  [ -t 1 ] && halcyon_terminal=true
  # The optimising compiler takes its time from the model on a CPU: it works a tenth as eagerly, loops
  # excepted, which are pixels. The demo is over before it has paid for anything.
  case ${1:-} in
    demo) halcyon_jit=-XX:TieredStopAtLevel=1 ;;
    *) halcyon_jit="-XX:Tier4InvocationThreshold=50000 -XX:Tier4CompileThreshold=150000" ;;
  esac
  # shellcheck disable=SC2086 # options are words
  exec "$halcyon_java" $halcyon_jit ${HALCYON_JAVA_OPTS:--Xmx2g} -XX:+ExitOnOutOfMemoryError \
    -Djava.awt.headless=true -Dhalcyon.home="$halcyon_home" \
    -Dhalcyon.terminal="$halcyon_terminal" -jar "$halcyon_home/$halcyon_module/target/$halcyon_jar" "$@"
}
