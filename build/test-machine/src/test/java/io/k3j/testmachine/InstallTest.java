package io.k3j.testmachine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs the script with an `apt-get`, a `dpkg-query` and an `id` of the test's own.
@EnabledOnOs({OS.LINUX, OS.MAC})
class InstallTest {
    private static final String INSTALLED = "sed -n 's/^\\([a-z0-9][^ ]*\\) .*/\\1/p' "
            + Path.of("src/main/resources/io/k3j/testmachine/packages.txt").toAbsolutePath();
    @TempDir
    Path directory;

    @BeforeEach
    void machine() throws IOException {
        program("id", "echo 0");
        program("javac", "exit 1");
        program("apt-get", "echo \"$@\" >> " + directory.resolve("apt"));
        program("debootstrap", "exit 1");
        program("debian", "exit 1");
        lacks("etcd-server");
        Files.createDirectories(directory.resolve("jdks/a/bin"));
        Files.writeString(directory.resolve("jdks/a/release"), "JAVA_VERSION=\"25.0.1\"\n");
        Files.copy(directory.resolve("bin/javac"), directory.resolve("jdks/a/bin/javac"));
        assertThat(directory.resolve("jdks/a/bin/javac").toFile().setExecutable(true)).isTrue();
    }

    @Test
    void aMachineThatHasEverythingIsLeftAlone() throws Exception {
        lacks("nothing");
        assertThat(install()).isEqualTo("0 ");
        assertThat(apt()).isEmpty();
    }

    @Test
    void onlyWhatIsMissingIsInstalled() throws Exception {
        assertThat(install("--no-install=${k3j.no-install}", "--skip=${skipTests}")).isEqualTo(
                "0 test machine: installing etcd-server\n");
        assertThat(apt()).containsExactly("-qq update", "-qq install -y --no-install-recommends etcd-server");
        assertThat(directory.resolve("policy")).doesNotExist();
    }

    @Test
    void withoutAJdkNothingElseIsInstalled() throws Exception {
        Files.delete(directory.resolve("jdks/a/release"));
        assertThat(install()).startsWith("1 test machine: installing openjdk-25-jdk-headless\n")
                .contains("needs a JDK 25").contains("type: apt-get install openjdk-25-jdk-headless");
        assertThat(apt()).contains("-qq install -y --no-install-recommends openjdk-25-jdk-headless")
                .noneMatch(line -> line.contains("etcd-server"));
        lacks("nothing");
        assertThat(install("--skip=true")).contains("installing openjdk-25-jdk-headless");
    }

    @Test
    void nothingIsInstalledWhereItIsForbidden() throws Exception {
        assertThat(install("--no-install=")).isEqualTo(
                "0 test machine: not installed, as -Dk3j.no-install says: etcd-server\n");
        assertThat(install("--no-install=true")).startsWith("0 ");
        program("id", "echo 1000");
        assertThat(install()).isEqualTo("0 test machine: not installed, which needs root: etcd-server\n");
        assertThat(apt()).isEmpty();
    }

    @Test
    void whatTheArchiveLacksIsSaidAndTheRestInstalled() throws Exception {
        lacks("etcd-server", "haproxy");
        program("apt-get", "echo \"$@\" >> " + directory.resolve("apt")
                + "; case $* in *etcd-server*) echo 'E: Unable to locate it' >&2; exit 100;; esac");
        assertThat(install()).isEqualTo("0 test machine: installing etcd-server haproxy\n"
                + "test machine: not available: etcd-server: E: Unable to locate it\n");
        assertThat(apt()).last().isEqualTo("-qq install -y --no-install-recommends haproxy");
    }

    @Test
    @Timeout(120)
    @EnabledOnOs(OS.LINUX)
    void theBareDebianIsMadeBesideTheBuild() throws Exception {
        lacks("nothing");
        Path told = directory.resolve("told");
        assertThat(new ProcessBuilder("mkfifo", told.toString()).start().waitFor()).isZero();
        program("debian", "echo \"begun $HOME\" > " + told);
        assertThat(install()).isEqualTo("0 ");
        // who opens it waits for the one who writes
        assertThat(Files.readString(told)).isEqualTo("begun " + directory + "\n");
    }

    private void lacks(String... packages) throws IOException {
        program("dpkg-query", INSTALLED + " | grep -vxE '" + String.join("|", packages)
                + "' | sed 's/^/installed:/' | tr '\\n' ' '");
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private List<String> apt() throws IOException {
        Path told = directory.resolve("apt");
        return Files.exists(told) ? Files.readAllLines(told) : List.of();
    }

    /// Its exit code and all it printed.
    private String install(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", Path.of("install").toAbsolutePath().toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_HOME", "JDK_HOME"));
        builder.environment().putAll(Map.of("PATH", directory.resolve("bin") + ":/usr/bin:/bin", "HOME",
                directory.toString(), "K3J_JDKS", directory.resolve("jdks").toString(), "K3J_POLICY",
                directory.resolve("policy").toString(), "K3J_DEBIAN", directory.resolve("bin/debian").toString()));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() + " " + said;
    }
}
