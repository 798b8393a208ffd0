package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs the program of the image `k3j.io/k3s-upgrade` on a machine of files: its `k3s` tells what it is given, and
/// nothing is entered.
@EnabledOnOs(OS.LINUX)
class PlanUpgradeScriptTest {
    private static final Path SCRIPT = Path.of("src/main/dist/share/k3s-upgrade.sh").toAbsolutePath();
    private static final String TAR = "k3s-0.2.0-linux-amd64.tar.gz";
    private static final String ENTERS = "while [ \"$1\" != /usr/bin/env ]; do echo \"entering $1\"; shift; done\n"
            + "exec \"$@\"";
    @TempDir
    Path temporary;
    private final Map<String, String> environment = new HashMap<>();
    private Path directory;
    private Path library;
    private Path image;

    @BeforeEach
    void machine() throws IOException {
        directory = temporary.toRealPath();
        library = Files.createDirectories(directory.resolve("usr/lib/k3s"));
        program(library.resolve("release-a/bin/k3s"), "echo \"k3s $*\"\nenv | sed 's/^/variable: /'\n"
                + "cat \"$3\" 2> /dev/null || true");
        Files.createSymbolicLink(library.resolve("current"), Path.of("release-a"));
        // the same files under the machine's root
        Path below = Files.createDirectories(directory.resolve("host").resolve(directory.toString().substring(1)));
        Files.createSymbolicLink(below.resolve("usr"), directory.resolve("usr"));
        Files.createDirectories(directory.resolve("host/proc/1"));
        process(77, library.resolve("release-a").toString(), "server", "K3S_TOKEN=hidden", "K3S_DATA_DIR=/data");
        image = Files.createDirectory(directory.resolve("image"));
        Files.copy(SCRIPT, image.resolve("k3s-upgrade.sh"));
        Files.writeString(image.resolve(TAR), "the release\n");
        Files.writeString(image.resolve("sha256sum-amd64.txt"), "its sum\n");
        program(directory.resolve("stubs/nsenter"), ENTERS);
        program(directory.resolve("stubs/chroot"), ENTERS);
        environment.putAll(Map.of("PATH", directory.resolve("stubs") + ":/usr/bin:/bin", "K3S_UPGRADE_HOST",
                directory.resolve("host").toString(), "KUBERNETES_SERVICE_HOST", "10.43.0.1",
                "KUBERNETES_SERVICE_PORT", "443", "SYSTEM_UPGRADE_PLAN_LATEST_VERSION", "0.2.0", "OTHER", "pod's"));
    }

    private static void program(Path file, String body) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private void process(int pid, String home, String command, String... variables) throws IOException {
        Path process = Files.createDirectories(directory.resolve("host/proc/" + pid));
        Files.writeString(process.resolve("cmdline"), String.join("\0", "/k3s-is-upgraded-by-install.sh/k3s",
                "-XX:+UseG1GC", "-Dk3j.home=" + home, "io.k3j.cli.Main", command) + "\0");
        Files.writeString(process.resolve("environ"), String.join("\0", variables) + "\0");
    }

    /// The exit code and what was said.
    private String run(String... words) throws IOException, InterruptedException {
        return run(List.of("sh"), words);
    }

    private String run(List<String> shell, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(shell);
        line.add(image.resolve("k3s-upgrade.sh").toString());
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() + " " + said;
    }

    @Test
    void theMachinesOwnProgramTakesTheReleaseOfTheImage() throws Exception {
        String said = run("upgrade", "--no-snapshot");
        assertThat(said).startsWith("0 ").contains("entering -t", "entering 1", "entering -m", "the release",
                "This node has release-a");
        assertThat(said).containsPattern("k3s upgrade --to " + library + "/\\.k3s-image\\.\\w+/" + TAR
                + " --no-snapshot --service-account /proc/\\d+/root/var/run/secrets/kubernetes.io/serviceaccount");
        assertThat(library.toFile().list()).as("the copy is gone").containsExactlyInAnyOrder("current", "release-a");
    }

    @Test
    void theMachinesProgramIsGivenTheServicesPlacesAndNoSecret() throws Exception {
        assertThat(run("upgrade")).contains("variable: K3S_DATA_DIR=/data",
                "variable: KUBERNETES_SERVICE_HOST=10.43.0.1", "variable: KUBERNETES_SERVICE_PORT=443",
                "variable: HOME=/root").doesNotContain("hidden", "OTHER");
        environment.put("K3S_DATA_DIR", "/by/the/plan");
        assertThat(run("upgrade")).contains("variable: K3S_DATA_DIR=/by/the/plan");
    }

    @Test
    void whatIsRefusedFailsAndLeavesNothingBehind() throws Exception {
        program(library.resolve("release-a/bin/k3s"), "echo 'k3s: a restart would leave etcd without a majority' >&2\n"
                + "exit 1");
        assertThat(run("upgrade")).startsWith("1 ").contains("k3s: a restart would leave etcd without a majority",
                "k3s upgrade has ended with 1, and says why above; this node has release-a");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a");
    }

    /// The controller's own manifest lets a Job try a hundred times.
    @Test
    void aReleaseThatWasTakenBackIsNotStartedAgainByTheSamePlan() throws Exception {
        environment.put("SYSTEM_UPGRADE_PLAN_NAME", "server-plan");
        environment.put("SYSTEM_UPGRADE_PLAN_LATEST_HASH", "abc");
        Path program = library.resolve("release-a/bin/k3s");
        program(program, "echo 'k3s: refused' >&2\nexit 1");
        assertThat(run("upgrade")).contains("k3s: refused");
        assertThat(run("upgrade")).as("nothing was started").contains("k3s: refused");
        program(program, "rm -r " + directory.resolve("host/proc/77") + "\necho 'k3s: taken back' >&2\nexit 1");
        assertThat(run("upgrade")).startsWith("1 ").contains("k3s: taken back");
        process(78, library.resolve("release-a").toString(), "server");
        assertThat(run("upgrade")).startsWith("1 ").doesNotContain("k3s: taken back")
                .contains("was started on this node and taken back", "delete " + library + "/.plan-failed");
        program(program, "echo 'k3s: done'");
        assertThat(run("upgrade")).startsWith("1 ");
        assertThat(run("upgrade", "--timeout=600")).as("with other args").startsWith("0 ").contains("k3s: done");
        assertThat(run("upgrade")).as("forgotten").startsWith("0 ").contains("k3s: done");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a");
    }

    /// The command was killed after it had restarted the service: the trial goes on, and its end is what counts.
    @Test
    void aTrialThatGoesOnWithoutTheCommandIsWaitedForAndCountsOnceItHasPassed() throws Exception {
        environment.put("SYSTEM_UPGRADE_PLAN_NAME", "server-plan");
        environment.put("SYSTEM_UPGRADE_PLAN_LATEST_HASH", "abc");
        Path program = library.resolve("release-a/bin/k3s");
        program(program, "rm -r " + directory.resolve("host/proc/77") + "\nkill -9 $$");
        assertThat(run("upgrade")).startsWith("1 ").contains("k3s upgrade has ended with 137");
        process(78, library.resolve("release-b").toString(), "server");
        Path trial = Files.createSymbolicLink(library.resolve("trial"), Path.of("release-b"));
        program(program, "echo 'k3s: waits for the trial'\nexit 1");
        assertThat(run("upgrade")).startsWith("1 ").contains("k3s: waits for the trial");
        Files.delete(trial);
        assertThat(run("upgrade")).startsWith("1 ").contains("was started on this node and taken back");
        program(library.resolve("release-b/bin/k3s"), "echo 'k3s: nothing to do'");
        Files.delete(library.resolve("current"));
        Files.createSymbolicLink(library.resolve("current"), Path.of("release-b"));
        assertThat(run("upgrade")).startsWith("0 ").contains("k3s: nothing to do", "This node has release-b");
    }

    @Test
    void copiesOfJobsThatWereKilledAreRemoved() throws Exception {
        Path old = Files.createDirectory(library.resolve(".k3s-image.abcdef"));
        Files.writeString(old.resolve(TAR), "old");
        assertThat(run("upgrade")).startsWith("0 ");
        assertThat(old).as("perhaps of a Job that is at work").exists();
        assertThat(old.toFile().setLastModified(0)).isTrue();
        assertThat(run("upgrade")).startsWith("0 ");
        assertThat(old).doesNotExist();
    }

    @Test
    void theCopyLiesWhereThePlanWantsIt() throws Exception {
        Path other = Files.createDirectory(directory.resolve("usr/root"));
        environment.put("K3S_UPGRADE_DIR", other.toString());
        assertThat(run("upgrade")).startsWith("0 ").contains("k3s upgrade --to " + other + "/.k3s-image.");
        assertThat(other).isEmptyDirectory();
        environment.put("K3S_UPGRADE_DIR", other + "/absent");
        assertThat(run("upgrade")).startsWith("1 ").contains("there is no directory " + other + "/absent on this node");
    }

    @Test
    void prepareWaitsForThePlanByTheMachinesProgram() throws Exception {
        assertThat(run("prepare", "server-plan")).startsWith("0 ").contains("entering " + directory.resolve("host"),
                "k3s upgrade --await-plan server-plan --service-account /proc/",
                "variable: SYSTEM_UPGRADE_PLAN_LATEST_VERSION=0.2.0");
        assertThat(run("prepare")).startsWith("1 ").contains("args: [prepare, server-plan]");
    }

    @Test
    void argumentsOfOtherImagesAreTold() throws Exception {
        assertThat(run("config")).startsWith("1 ").contains("unknown command 'config'", "[prepare, PLAN]");
        assertThat(run()).startsWith("1 ").contains("unknown command ''");
    }

    @Test
    void aNodeWithoutAnInstalledServiceIsToldAndNotTouched() throws Exception {
        process(77, library.resolve("release-a").toString(), "kubectl");
        assertThat(run("upgrade")).startsWith("1 ").contains("no server or agent of K3j runs on this node");
        process(77, "/usr/lib/k3s", "server");
        assertThat(run("upgrade")).startsWith("1 ").contains("was not installed by install.sh", "/usr/lib/k3s");
        process(77, library.resolve("release-a").toString(), "server");
        Files.setAttribute(library, "unix:mode", 0777);
        assertThat(run("upgrade")).as("others could put their program there").startsWith("1 ")
                .contains("was not installed by install.sh");
        Files.setAttribute(library, "unix:mode", 0755);
        Files.setAttribute(directory.resolve("usr"), "unix:mode", 0777);
        assertThat(run("upgrade")).as("others could put another directory there").startsWith("1 ")
                .contains("was not installed by install.sh");
        Files.setAttribute(directory.resolve("usr"), "unix:mode", 0755);
        program(directory.resolve("usr/other/release-b/bin/k3s"), "true");
        Files.createSymbolicLink(directory.resolve("usr/other/current"), Path.of("release-b"));
        process(78, directory.resolve("usr/other/release-b").toString(), "agent");
        assertThat(run("upgrade")).startsWith("1 ").contains("two installations run on this node");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a");
    }

    @Test
    void anImageWithoutAReleaseIsTold() throws Exception {
        Files.delete(image.resolve(TAR));
        assertThat(run("upgrade")).startsWith("1 ").contains("this image holds no k3s-");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a");
    }

    /// The image has busybox alone, which takes its own programs before those of the test.
    @Test
    @EnabledIf(value = "busybox", disabledReason = "no /bin/busybox; apt-get install busybox-static")
    void theImagesShellFindsTheSameService() throws Exception {
        Files.delete(image.resolve(TAR));
        assertThat(run(List.of("busybox", "sh"), "upgrade")).startsWith("1 ")
                .contains("Upgrading release-a in " + library + ", from which process 77 runs", "holds no k3s-");
        process(77, "/usr/lib/k3s", "server");
        assertThat(run(List.of("busybox", "sh"), "upgrade")).contains("was not installed by install.sh");
    }

    static boolean busybox() {
        return Files.isExecutable(Path.of("/bin/busybox"));
    }
}
