package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster begins with authorities of its operator, and changes them under the same root.
@NeedsPackages("openssl")
class AuthoritiesItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    /// What K3s' example script does: a root, an intermediate, and five authorities with their chains, below `$1/tls`.
    /// A root that is there is used again.
    private static final String MAKE = """
            set -e
            mkdir -p "$1/tls/etcd"; cd "$1/tls"
            cat > ext <<E
            basicConstraints=critical,CA:true
            keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign
            subjectKeyIdentifier=hash
            authorityKeyIdentifier=keyid
            E
            key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" 2>/dev/null; }
            sign() {
              key "$1"
              openssl req -new -key "$1.key" -subj "/CN=$2" -out csr
              openssl x509 -req -in csr -CA "$3.pem" -CAkey "$3.key" -days 3650 -extfile ext \\
                -set_serial 0x$RANDOM$RANDOM -out "$1.pem" 2>/dev/null
            }
            if [ ! -f root-ca.pem ]; then
              key root-ca
              openssl req -x509 -new -key root-ca.key -subj /CN=operators-root -days 7300 -out root-ca.pem
            fi
            sign intermediate-ca "intermediate $2" root-ca
            for name in server-ca client-ca request-header-ca etcd/peer-ca etcd/server-ca; do
              sign $name "$(basename $name) $2" intermediate-ca
              cat $name.pem intermediate-ca.pem root-ca.pem > $name.crt
            done
            [ -f service.key ] || openssl genrsa -traditional -out service.key 2048 2>/dev/null
            """;

    @TempDir
    private Path dir;

    private void make(Path directory, String generation) throws IOException, InterruptedException {
        Path script = Files.writeString(dir.resolve("make.sh"), MAKE);
        Commands.must(Commands.run(List.of("bash", script.toString(), directory.toString(), generation)));
    }

    private K3sProcess start(Commands commands) throws IOException, InterruptedException {
        Files.deleteIfExists(dir.resolve("k3s.yaml"));
        K3sProcess server = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1");
        server.await("kubeconfig", LIMIT, () -> Files.exists(dir.resolve("k3s.yaml")));
        server.await("served API", LIMIT, commands::served);
        return server;
    }

    private String check() throws IOException, InterruptedException {
        return Commands.must(Commands.run(List.of(K3sProcess.distribution().resolve("bin/k3s").toString(),
                "certificate", "check", "--data-dir", dir.resolve("data").toString(), "--output", "table")));
    }

    @Test
    void authoritiesOfTheOperatorAreUsedAndReplacedUnderTheSameRoot() throws Exception {
        Commands commands = new Commands(dir);
        Path own = dir.resolve("data/server");
        make(own, "one");
        Path staged = dir.resolve("staged");
        try (K3sProcess server = start(commands)) {
            assertThat(check()).contains("client-ca one", "operators-root").doesNotContain("k3s-client-ca@");
            Path alone = dir.resolve("alone");
            make(alone, "alone");
            Outcome stranger = commands.administer("certificate", "rotate-ca", "--path", alone.toString());
            assertThat(stranger.code()).isEqualTo(1);
            assertThat(stranger.text()).contains("ServerCA: new CA cert cannot be verified using old CA chain",
                    "old ServiceAccount signing key not in new ServiceAccount key list");
            Files.createDirectories(staged.resolve("tls"));
            for (String kept : List.of("root-ca.pem", "root-ca.key", "service.key")) {
                Files.copy(own.resolve("tls").resolve(kept), staged.resolve("tls").resolve(kept));
            }
            make(staged, "two");
            assertThat(Commands.must(commands.administer("certificate", "rotate-ca", "--path", staged.toString())))
                    .contains("certificates saved to datastore");
            assertThat(check()).contains("client-ca one").doesNotContain("client-ca two");
            assertThat(server.stop()).isZero();
        }
        String token = Files.readString(own.resolve("token"));
        Path before = Files.copy(dir.resolve("k3s.yaml"), dir.resolve("before.yaml"));
        try (K3sProcess server = start(commands)) {
            // certificates nobody waits for are made once the API is served
            Waiting.until("certificates of the new authorities only", () -> !check().contains("-ca one"));
            assertThat(check()).contains("client-ca two", "server-ca two");
            assertThat(Files.readString(own.resolve("token"))).as("the root is the same").isEqualTo(token);
            assertThat(Files.readString(own.resolve("tls/server-ca.crt")))
                    .isEqualTo(Files.readString(staged.resolve("tls/server-ca.crt")));
            assertThat(Files.readString(before)).contains("certificate-authority-data");
            assertThat(server.running()).isTrue();
        }
    }
}
