package io.k3j.agentitest;

import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Lets certificates run out: each is signed again by its authority, with the same key and words, until yesterday.
///
/// @param authorities the directory of a server's authorities
record Expiry(Path authorities) {
    /// Of several processes for each certificate.
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String EXPIRE = """
            set -e
            tls=$1
            name() { openssl x509 -in "$1" -noout -nameopt RFC2253 "$2" | sed 's/^[a-z]*=//'; }
            expire() { # certificate key
              issuer=$(name "$1" -issuer)
              for ca in "$tls"/*-ca.crt "$tls"/etcd/*-ca.crt; do
                if [ "$(name "$ca" -subject)" = "$issuer" ]; then
                  openssl x509 -x509toreq -copy_extensions copyall -in "$1" -signkey "$2" -out "$work/csr"
                  openssl x509 -req -in "$work/csr" -CA "$ca" -CAkey "${ca%.crt}.key" -copy_extensions copyall \\
                    -days -1 -set_serial 0x7$RANDOM$RANDOM -out "$work/crt"
                  cat "$work/crt" "$ca" > "$1"
                  return
                fi
              done
              echo "nobody signed $1" >&2; exit 1
            }
            part() { sed -n "s/.*\\"tls.$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p" "$json"; }
            work=$(mktemp -d)
            trap 'rm -r "$work"' EXIT
            find "$2" -name '*.crt' ! -name '*-ca.crt' ! -name '*-ca.nochain.crt' | while read -r crt; do
              [ -f "${crt%.crt}.key" ] || continue
              expire "$crt" "${crt%.crt}.key" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
              echo "$crt"
            done
            json=$2/server/tls/dynamic-cert.json
            if [ -f "$json" ]; then
              part crt | base64 -d > "$work/d.crt"
              part key | base64 -d > "$work/d.key"
              before=$(part crt)
              expire "$work/d.crt" "$work/d.key" 2>/dev/null
              sed -i "s|$before|$(base64 -w 0 "$work/d.crt")|" "$json"
              echo "$json"
            fi
            """;
    private static final String VALID = """
            case "$1" in
              *.json) sed -n 's/.*"tls.crt":"\\([^"]*\\)".*/\\1/p' "$1" | base64 -d | openssl x509 -noout -checkend 0;;
              *) openssl x509 -in "$1" -noout -checkend 0;;
            esac
            """;

    /// All leaves below a data directory.
    /// @return their files
    List<Path> expire(Path directory) throws IOException, InterruptedException {
        Outcome outcome = bash(EXPIRE, authorities, directory);
        if (outcome.code() != 0) {
            throw new AssertionError(outcome.text());
        }
        return outcome.text().lines().map(Path::of).toList();
    }

    /// Whether the end of a certificate is still to come.
    boolean valid(Path file) {
        try {
            return bash(VALID, file).code() == 0;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Outcome bash(String script, Path... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", script, "expiry"));
        List.of(arguments).forEach(one -> command.add(one.toString()));
        return Launch.of(command).run(LIMIT);
    }
}
