package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationCheckTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(50);
    @TempDir
    Path root;

    private final List<String> late = new CopyOnWriteArrayList<>();
    private InstallationCheck check;

    @BeforeEach
    void aDistribution() throws IOException {
        Files.createDirectories(root.resolve("lib/apart"));
        Files.writeString(root.resolve("lib/k3s-base.jar"), "jar");
        Files.writeString(root.resolve("lib/k3s-base.idx"), "index");
        Checksums.write(root);
        check = new InstallationCheck(root, late::add);
    }

    private void damage() throws IOException {
        Files.writeString(root.resolve("lib/k3s-base.jar"), "rat");
    }

    @Test
    void whatIsAsItWasMadeStarts() throws Exception {
        check.begin();
        check.await(LONG);
        assertThat(late).isEmpty();
    }

    @Test
    void whatIsDamagedStartsNothingAndIsToldOnce() throws Exception {
        damage();
        check.begin();
        assertThatThrownBy(() -> check.await(LONG)).isInstanceOf(StartFailure.class).hasMessageContainingAll(
                "the installation in " + root, "lib/k3s-base.jar is not as it was made", "install.sh", "--rollback");
        assertThat(late).isEmpty();
    }

    @Test
    void whatCannotBeReadStartsNothing() throws Exception {
        Files.delete(root.resolve(Checksums.FILE));
        check.begin();
        assertThatThrownBy(() -> check.await(LONG)).isInstanceOf(StartFailure.class)
                .hasMessageContaining(Checksums.FILE);
    }

    @Test
    void aSlowDiskIsLeftToTheStartAndDamageIsToldAfterIt() throws Exception {
        damage();
        check.await(Duration.ZERO);
        Thread look = Thread.ofPlatform().daemon().start(check::look);
        assertThat(look.join(SHORT)).as("read before the start is over").isFalse();
        assertThat(late).isEmpty();
        check.startIsOver();
        assertThat(look.join(LONG)).isTrue();
        assertThat(late).singleElement().asString().contains("lib/k3s-base.jar is not as it was made");
    }
}
