package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradeCommandTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    @TempDir
    Path dir;

    private int run(boolean root, String... words) {
        Host host = new Host("n1", root, "/root", List.of(), List.of(), Instant.EPOCH,
                Map.of("K3S_CONFIG_FILE", dir.resolve("config.yaml").toString()), Path.of("/absent"), line -> {
                    throw new IOException(line.getFirst());
                });
        return UpgradeCommand.run(List.of(words), host, dir.resolve("release-a"), new PrintStream(printed));
    }

    private void refused(boolean root, String why, String... words) {
        assertThatThrownBy(() -> run(root, words)).isInstanceOf(UsageFailure.class).hasMessageContaining(why);
    }

    @Test
    void saysHowItIsUsed() {
        assertThat(run(false, "--help")).isZero();
        assertThat(printed.toString()).contains("--plan TAR", "--to TAR", "--rollback", "--allow-downgrade");
        refused(true, "use: k3s upgrade --plan TAR");
        refused(true, "use: k3s upgrade --plan TAR", "--plan", "a", "--rollback");
        refused(true, "use: k3s upgrade --plan TAR", "--rollback", "k3s.tar.gz");
        refused(true, "flag provided but not defined: --force", "--force");
    }

    @Test
    void saysWhatAPodHasToGive() {
        refused(true, "use: k3s upgrade --plan TAR", "--await-plan", "server-plan", "--rollback");
        refused(false, "add --service-account DIRECTORY", "--await-plan", "server-plan");
        refused(false, "set KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT", "--await-plan", "server-plan",
                "--service-account", dir.toString());
    }

    @Test
    void saysWhoMayAndWhere() throws IOException {
        refused(false, "run it as root", "--rollback");
        refused(true, "install.sh has not installed it", "--rollback");
        Files.createDirectory(dir.resolve("release-a"));
        Files.createSymbolicLink(dir.resolve("current"), Path.of("release-a"));
        refused(true, "there is no release before this one", "--rollback", "--data-dir", dir.toString());
        refused(true, "cannot read " + dir.resolve("absent.tar.gz"), "--plan", dir.resolve("absent.tar.gz").toString());
        refused(true, "--timeout 5: from 60 to 600 seconds", "--rollback", "--timeout", "5");
        refused(true, "--timeout 601: from 60 to 600 seconds", "--rollback", "--timeout", "601");
        refused(true, "--timeout soon: seconds are wanted", "--rollback", "--timeout=soon");
    }
}
