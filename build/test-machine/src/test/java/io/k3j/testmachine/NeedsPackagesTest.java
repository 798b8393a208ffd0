package io.k3j.testmachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;

class NeedsPackagesTest {
    @TempDir
    Path directory;

    @Test
    void aTestThatLacksAPackageIsSkippedAndNamesIt() throws IOException {
        PackagesCondition condition = condition();
        assertThat(condition.decide("etcd-server").isDisabled()).isFalse();
        ConditionEvaluationResult lacks = condition.decide("etcd-server", "haproxy", "libc6-dev");
        assertThat(lacks.isDisabled()).isTrue();
        assertThat(lacks.getReason()).hasValue("package not installed: haproxy, libc6-dev");
    }

    @Test
    void aNameThatNobodyWouldInstallIsAMistake() throws IOException {
        PackagesCondition condition = condition();
        assertThatThrownBy(() -> condition.decide("etcd")).hasMessage(
                "etcd is not in build/test-machine's packages.txt; add it there");
    }

    @Test
    void theListHasNamesAndWhatShowsThem() {
        assertThat(Packages.ofThisMachine().present("ca-certificates")).isEqualTo(Files.exists(Path.of(
                "/etc/ssl/certs/ca-certificates.crt")));
    }

    private PackagesCondition condition() throws IOException {
        Path etcd = Files.createFile(directory.resolve("etcd"));
        assertThat(etcd.toFile().setExecutable(true)).isTrue();
        return new PackagesCondition(new Packages("# list\netcd-server  etcd\nhaproxy  haproxy\nlibc6-dev  "
                + directory.resolve("stdio.h") + "\n", List.of(directory)));
    }
}
