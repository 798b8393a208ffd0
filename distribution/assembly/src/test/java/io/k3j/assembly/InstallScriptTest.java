package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs `install.sh` and `bin/k3s` on a small release in a directory of the test's own.
@EnabledOnOs(OS.LINUX)
class InstallScriptTest {
    private static final Path DIST = Path.of("src/main/dist").toAbsolutePath();
    private static final String TAR = "k3s-0.1.0-linux-amd64.tar.gz";
    @TempDir
    Path directory;
    private final Map<String, String> environment = new HashMap<>();
    private Path release;
    private Path library;

    @BeforeEach
    void release() throws Exception {
        release = Files.createDirectories(directory.resolve("k3s-0.1.0"));
        Trees.copy(DIST, release);
        Files.writeString(Files.createDirectories(release.resolve("lib")).resolve("k3s-base.jar"), "one");
        assertThat(release.resolve("bin/k3s").toFile().setExecutable(true)).isTrue();
        library = directory.resolve("usr/lib/k3s");
        stub("id", "echo 0");
        stub("chown", "true");
        stub("systemctl", "true");
        stub("uname", "echo x86_64");
        Files.createDirectories(directory.resolve("systemd"));
        environment.putAll(Map.of("PATH", directory.resolve("stubs") + ":/usr/bin:/bin", "INSTALL_K3S_BIN_DIR",
                directory.resolve("usr/bin").toString(), "INSTALL_K3S_SYSTEMD_DIR", directory.resolve("systemd")
                        .toString(),
                "INSTALL_K3S_SKIP_START", "true", "INSTALL_K3S_SKIP_ENABLE", "true",
                "INSTALL_K3S_SYMLINK", "skip", "K3S_CONFIG_FILE", directory.resolve("config.yaml").toString()));
    }

    @Test
    void anotherReleaseIsPutBesideTheOneThatRuns() throws Exception {
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        Path first = library.resolve("current").toRealPath();
        Process running = new ProcessBuilder("tail", "-f", first.resolve("lib/k3s-base.jar").toString()).start();
        try {
            assertThat(install("sh", "install.sh")).startsWith("0 ");
            assertThat(library.resolve("current").toRealPath()).isEqualTo(first);
            Files.writeString(release.resolve("lib/k3s-base.jar"), "two");
            assertThat(install("sh", "install.sh")).startsWith("0 ");
            assertThat(first.resolve("lib/k3s-base.jar")).hasContent("one");
            assertThat(directory.resolve("usr/bin/k3s").toRealPath()).isEqualTo(
                    library.resolve("current").toRealPath().resolve("bin/k3s"));
            assertThat(library.resolve("current/lib/k3s-base.jar")).hasContent("two");
        } finally {
            running.destroyForcibly().waitFor();
        }
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        assertThat(library.resolve("previous").toRealPath()).as("for k3s upgrade --rollback").isEqualTo(first);
        Files.writeString(release.resolve("lib/k3s-base.jar"), "three");
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        assertThat(library.resolve("previous/lib/k3s-base.jar")).hasContent("two");
        assertThat(first).doesNotExist();
    }

    @Test
    void aReleaseThatIsDamagedIsMadeAgain() throws Exception {
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        Path installed = library.resolve("current").toRealPath();
        Files.writeString(installed.resolve("lib/k3s-base.jar"), "damaged");
        assertThat(install("sh", "install.sh")).startsWith("0 ").contains(installed + " is damaged and made again");
        assertThat(library.resolve("current").toRealPath()).isEqualTo(installed);
        assertThat(installed.resolve("lib/k3s-base.jar")).hasContent("one");
        assertThat(installed.resolveSibling(installed.getFileName() + ".damaged")).doesNotExist();
    }

    @Test
    void anInstallationEndsTheTrialOfAnUpgrade() throws Exception {
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        Path first = library.resolve("current").toRealPath();
        Trees.copy(first, Files.createDirectory(library.resolve("release-0123456789ab")));
        Files.createSymbolicLink(library.resolve("trial"), Path.of("release-0123456789ab"));
        Files.createSymbolicLink(library.resolve("trial.from"), first.getFileName());
        Files.writeString(library.resolve("trial.starts"), "once\n");
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        assertThat(library.resolve("current").toRealPath()).isEqualTo(first);
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", first.getFileName().toString());
    }

    @Test
    void anInstallationAndAnUpgradeExcludeEachOther() throws Exception {
        Path lock = Files.createDirectories(library).resolve(".upgrade.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            assertThat(install("sh", "install.sh")).startsWith("1 ").contains("k3s upgrade is at work on " + library);
        }
        assertThat(library.toFile().list()).containsExactly(".upgrade.lock");
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        assertThat(library.resolve(".install.lock")).doesNotExist();
    }

    @Test
    void twoInstallationsExcludeEachOther() throws Exception {
        long own = ProcessHandle.current().pid();
        String stat = Files.readString(Path.of("/proc/self/stat"));
        String started = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        Path other = Files.writeString(Files.createDirectories(library).resolve(".installing." + own),
                own + " " + started + "\n");
        Path lock = Files.writeString(library.resolve(".install.lock"), own + " " + started + "\n");
        assertThat(install("sh", "install.sh")).startsWith("1 ")
                .contains("another install.sh is at work on " + library + " as process " + own);
        assertThat(library.toFile().list()).as("the other one's, and nothing was installed")
                .containsExactlyInAnyOrder(other.getFileName().toString(), lock.getFileName().toString());
        Files.writeString(other, own + " 1\n");
        assertThat(install("sh", "install.sh")).as("the process has ended, its number is another one's")
                .startsWith("0 ");
        assertThat(library.toFile().list()).noneMatch(name -> name.startsWith(".install"));
    }

    @Test
    void aPipedScriptFetchesTheReleaseThatItsChecksumNames() throws Exception {
        Path mirror = mirror();
        environment.put("INSTALL_K3S_MIRROR", "file://" + mirror);
        assertThat(install("sh", "-c", "cat install.sh | sh -s - server --disable-agent")).startsWith("0 ");
        assertThat(library.resolve("current/lib/k3s-base.jar")).hasContent("one");
        environment.put("INSTALL_K3S_MIRROR", "file://" + mirror.resolve(TAR));
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
        environment.put("INSTALL_K3S_VERSION", "0.2.0");
        environment.put("INSTALL_K3S_MIRROR", "file://" + mirror);
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("names no k3s-0.2.0");
    }

    @Test
    void aKubectlThatTheMirrorHasComesWithTheRelease() throws Exception {
        Path mirror = mirror();
        environment.put("INSTALL_K3S_MIRROR", "file://" + mirror);
        Files.writeString(mirror.resolve("kubectl-linux-amd64"), "#!/bin/sh\necho kubectl\n");
        assertThat(install("sh", "-c", "cd ../mirror && sha256sum kubectl-linux-amd64 >> sha256sum-amd64.txt"))
                .startsWith("0 ");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
        assertThat(install(library.resolve("current/bin/kubectl").toString())).isEqualTo("0 kubectl\n");
        Path before = library.resolve("current").toRealPath();
        Files.writeString(mirror.resolve("kubectl-linux-amd64"), "something else");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ")
                .contains("kubectl-linux-amd64 is not what sha256sum-amd64.txt says; nothing was installed");
        assertThat(library.resolve("current").toRealPath()).isEqualTo(before);
    }

    @Test
    void aVersionThatIsNamedIsNotTakenForTheBeginningOfAnother() throws Exception {
        Path mirror = mirror();
        Path sums = mirror.resolve("sha256sum-amd64.txt");
        // a later release, which is not there
        Files.writeString(sums, Files.readString(sums) + "0".repeat(64) + "  k3s-0.1.01-linux-amd64.tar.gz\n");
        environment.put("INSTALL_K3S_MIRROR", "file://" + mirror);
        environment.put("INSTALL_K3S_VERSION", "0.1.0");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
        assertThat(library.resolve("current/lib/k3s-base.jar")).hasContent("one");
        environment.put("INSTALL_K3S_VERSION", "0.1");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ")
                .contains("names no k3s-0.1-linux-amd64.tar.gz");
    }

    @Test
    void whatIsNotTheReleaseOrNowhereIsRefused() throws Exception {
        Path mirror = mirror();
        Files.writeString(mirror.resolve(TAR), "something else");
        environment.put("INSTALL_K3S_ARTIFACT_URL", "file://" + mirror);
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("nothing was installed");
        environment.put("INSTALL_K3S_ARTIFACT_URL", "cn");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("'cn' is no URL");
        environment.remove("INSTALL_K3S_ARTIFACT_URL");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("set INSTALL_K3S_MIRROR");
        assertThat(library).doesNotExist();
    }

    @Test
    void aReleaseComesByHttpOnlyWhenToldSo() throws Exception {
        Path mirror = mirror();
        downloads("--proto =http,https", mirror);
        environment.put("INSTALL_K3S_MIRROR", "http://mirror.test/k3s");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ")
                .contains("'http://mirror.test/k3s' is not encrypted").contains("INSTALL_K3S_ALLOW_HTTP=true");
        assertThat(library).doesNotExist();
        environment.put("INSTALL_K3S_ALLOW_HTTP", "true");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
    }

    @Test
    void aDownloadByHttpsIsNotLedToHttp() throws Exception {
        Path mirror = mirror();
        downloads("--proto =https", mirror);
        environment.put("INSTALL_K3S_MIRROR", "https://mirror.test/k3s");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
    }

    /// That of busybox, as on Alpine.
    @Test
    void aWgetThatFollowsEveryRedirectIsNotUsedForHttps() throws Exception {
        Path mirror = mirror();
        onlyWget("case \"$1\" in --*) echo \"wget: unrecognized option '$1'\" >&2; exit 1 ;; esac", mirror);
        environment.put("INSTALL_K3S_MIRROR", "https://mirror.test/k3s");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ")
                .contains("needs curl or GNU wget to download https://mirror.test/k3s").doesNotContain("unrecognized");
        assertThat(library).doesNotExist();
        environment.put("INSTALL_K3S_MIRROR", "http://mirror.test/k3s");
        environment.put("INSTALL_K3S_ALLOW_HTTP", "true");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
    }

    @Test
    void gnuWgetFollowsNoRedirectOfHttps() throws Exception {
        Path mirror = mirror();
        onlyWget("case \"$1\" in --help) echo '       --max-redirect   per page'; exit ;; --max-redirect=0) ;; "
                + "*) exit 1 ;; esac", mirror);
        environment.put("INSTALL_K3S_MIRROR", "https://mirror.test/k3s");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
    }

    /// A path with everything but curl, and with a wget that begins so and then takes from the mirror.
    private void onlyWget(String begins, Path mirror) throws IOException {
        stub("wget", begins + "\nwhile [ $# -gt 1 ]; do case \"$1\" in -O|-qO) file=$2 ;; esac; shift; done\n"
                + "cp " + mirror + "/\"${1##*/}\" \"$file\"");
        for (Path from : List.of(Path.of("/usr/bin"), Path.of("/bin"))) {
            try (Stream<Path> all = Files.list(from)) {
                for (Path tool : all.toList()) {
                    Path link = directory.resolve("stubs").resolve(tool.getFileName());
                    if (!tool.endsWith("curl") && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(link, tool);
                    }
                }
            }
        }
        environment.put("PATH", directory.resolve("stubs").toString());
    }

    /// A curl that takes from the mirror what it is asked for, when it is held to these protocols.
    private void downloads(String protocols, Path mirror) throws IOException {
        stub("curl", "case \"$* \" in *'" + protocols + " '*) ;; *) exit 1 ;; esac\n"
                + "while [ $# -gt 1 ]; do case \"$1\" in -o) file=$2 ;; esac; shift; done\n"
                + "cp " + mirror + "/\"${1##*/}\" \"$file\"");
    }

    @Test
    void withoutADownloadTheInstalledProgramIsUsed() throws Exception {
        environment.put("INSTALL_K3S_SKIP_DOWNLOAD", "true");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("no executable");
        assertThat(install("sh", "install.sh")).as("beside a release nothing has to be fetched").startsWith("0 ");
        Files.writeString(release.resolve("lib/k3s-base.jar"), "two");
        for (String how : List.of("sh install.sh --debug", "cat install.sh | sh -s - --debug")) {
            assertThat(install("sh", "-c", how)).startsWith("0 ").contains("Skipping k3s download and verify");
            assertThat(library.resolve("current/lib/k3s-base.jar")).hasContent("one");
            assertThat(directory.resolve("usr/bin/k3s-uninstall.sh")).exists();
        }
        environment.remove("INSTALL_K3S_SKIP_DOWNLOAD");
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        assertThat(library.resolve("current/lib/k3s-base.jar")).hasContent("two");
    }

    @Test
    void aReadOnlyDirectoryOfProgramsIsNotWrittenTo() throws Exception {
        environment.put("INSTALL_K3S_BIN_DIR_READ_ONLY", "true");
        assertThat(install("sh", "install.sh")).startsWith("1 ").contains("no executable");
        Path programs = Files.createDirectories(directory.resolve("usr/bin"));
        Files.createSymbolicLink(programs.resolve("k3s"), release.resolve("bin/k3s"));
        environment.put("INSTALL_K3S_SYMLINK", "force");
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("0 ");
        assertThat(programs.toFile().list()).containsExactly("k3s");
        Files.delete(programs.resolve("k3s"));
        Files.createSymbolicLink(programs.resolve("k3s"), Path.of("/bin/true"));
        assertThat(install("sh", "-c", "cat install.sh | sh -s -")).startsWith("1 ").contains("no program of K3j");
    }

    /// As K3s' script reads them, which hands them to `eval`.
    @Test
    void theWordsOfAVariableAreReadAsAShellReadsThem() throws Exception {
        Files.writeString(release.resolve("-x1"), "a file that a pattern would find");
        environment.put("INSTALL_K3S_EXEC",
                "server\n --node-label=\"a=b c\" '--tls-san=$(id)' -x* --x='' --y='it'\"'\"'s' `id` $PATH a\\b");
        assertThat(install("sh", "install.sh", "--last=1 2", "*")).startsWith("0 ");
        assertThat(directory.resolve("systemd/k3s.service")).content().contains("ExecStart="
                + directory.resolve("usr/bin/k3s") + " server '--node-label=a=b c' '--tls-san=$$(id)' '-x*' '--x='"
                + " '--y=it'\\''s' '`id`' '$$PATH' 'a\\\\b' '--last=1 2' '*'\n");
        environment.put("INSTALL_K3S_EXEC", "--node-label='a");
        assertThat(install("sh", "install.sh")).startsWith("1 ").contains("ends within quotes");
    }

    /// Within quotes, too, systemd reads specifiers (`%n`), variables (`$HOME`, `${HOME}`) and escapes (`\b`), each of
    /// which is written twice where it is meant as it is; and of an environment file quotes and escapes.
    @Test
    void systemdHandsOverWhatWasTyped() throws Exception {
        environment.put("K3S_TOKEN", "\"a\\b$%");
        environment.put("K3S_X", "plain 'x' \"y\" $z");
        assertThat(install("sh", "install.sh", "--kube-apiserver-arg=x=50%y", "--token=a$b${c}\\", "--x=1\n2"))
                .startsWith("0 ");
        assertThat(directory.resolve("systemd/k3s.service")).content().contains("ExecStart="
                + directory.resolve("usr/bin/k3s")
                + " server '--kube-apiserver-arg=x=50%%y' '--token=a$$b$${c}\\\\' '--x=1\\n2'\n");
        assertThat(directory.resolve("systemd/k3s.service.env")).content()
                .contains("K3S_TOKEN=\\\"a\\\\b$%\n", "K3S_X=plain 'x' \"y\" $z\n");
    }

    @Test
    void servicesOfTwoNamesAreRemovedByScriptsOfTheirOwn() throws Exception {
        for (String name : List.of("a", "b")) {
            environment.put("INSTALL_K3S_NAME", name);
            assertThat(install("sh", "install.sh")).startsWith("0 ");
            assertThat(directory.resolve("usr/bin/k3s-" + name + "-uninstall.sh")).content()
                    .contains("systemctl disable \"k3s-" + name + "\"");
        }
        environment.put("INSTALL_K3S_NAME", "a/b c");
        assertThat(install("sh", "install.sh")).startsWith("1 ").contains("INSTALL_K3S_NAME=a/b c");
    }

    @Test
    void noScriptIsWrittenThatCouldNotBeRead() throws Exception {
        stub("sed", "case \"$*\" in *uninstall.sh) kill -KILL $$ ;; esac\nexec /usr/bin/sed \"$@\"");
        assertThat(install("sh", "install.sh")).startsWith("1 ").contains("sed could not read ", "k3s-uninstall.sh");
        assertThat(directory.resolve("usr/bin/k3s-uninstall.sh")).doesNotExist();
    }

    @Test
    void aServerIsJoinedByHttpsOnly() throws Exception {
        environment.putAll(Map.of("K3S_URL", "http://server:6443", "K3S_TOKEN", "x"));
        assertThat(install("sh", "install.sh")).startsWith("1 ")
                .contains("Only https:// URLs are supported for K3S_URL (have http://server:6443)");
        assertThat(library).doesNotExist();
    }

    /// Whatever is written or started goes through sudo; tokens are on no command line.
    @Test
    void whoIsNotRootInstallsBySudo() throws Exception {
        stub("id", "echo 1000");
        stub("sudo", "echo \"$@\" >> " + directory.resolve("asked") + "\nexec \"$@\"");
        environment.put("K3S_TOKEN", "hidden");
        assertThat(install("sh", "-c", "umask 077; sh install.sh")).startsWith("0 ");
        assertThat(directory.resolve("asked")).content().contains("cp -a", "chown -R root:root", "k3s.service 644")
                .doesNotContain("hidden");
        assertThat(directory.resolve("systemd/k3s.service.env")).content().contains("K3S_TOKEN=hidden");
        assertThat(directory.resolve("usr/bin/k3s-killall.sh")).isExecutable();
    }

    @Test
    void whoHasOpenedAnOlderEnvironmentFileSeesNoTokens() throws Exception {
        Path file = Files.writeString(directory.resolve("systemd/k3s.service.env"), "K3S_DEBUG=true\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        environment.put("K3S_TOKEN", "hidden");
        try (InputStream reader = Files.newInputStream(file)) {
            assertThat(install("sh", "install.sh")).startsWith("0 ");
            assertThat(new String(reader.readAllBytes())).doesNotContain("hidden");
        }
        assertThat(file).content().contains("K3S_TOKEN=hidden");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void anAgentMayHaveItsTokenAnywhere() throws Exception {
        environment.put("K3S_URL", "https://server:6443");
        assertThat(install("sh", "install.sh")).startsWith("1 ").contains("it has no token");
        assertThat(install("sh", "install.sh", "--token", "x")).startsWith("0 ");
        Files.writeString(directory.resolve("config.yaml"), "token: x\n");
        assertThat(install("sh", "install.sh")).startsWith("0 ");
        environment.remove("K3S_URL");
        assertThat(install("sh", "install.sh", "agent", "--server", "https://server:6443")).startsWith("0 ");
    }

    @Test
    void toolsThatWriteOverTheProgramOfAServerFindNone() throws Exception {
        Path java = directory.resolve("stubs/java");
        // complains of its arguments under the name it was called by
        Files.createSymbolicLink(java, Path.of("/usr/bin/tail"));
        environment.put("K3S_JAVA", java.toString());
        assertThat(install("sh", "bin/k3s", "server")).contains("/k3s-is-upgraded-by-install.sh/k3s: ");
        assertThat(install("sh", "bin/k3s", "--version")).contains(java + ": ");
    }

    @Test
    void whatIsGivenIsOnNoCommandLineAndInNoEnvironment() throws Exception {
        stub("java", "echo \"line: $(tr '\\0' ' ' < /proc/$$/cmdline)\"\nenv | sed 's/^/variable: /'\n"
                + "tr '\\036' '\\n' < /proc/self/fd/9 | sed 's/^/given: /'");
        environment.put("K3S_JAVA", directory.resolve("stubs/java").toString());
        for (String command : List.of("server", "agent", "token", "etcd-snapshot")) {
            List<String> said = install("sh", "bin/k3s", command, "--token=hidden one", "", "--vpn-auth",
                    "hid*den\\n$x").lines().toList();
            assertThat(said)
                    .anyMatch(line -> line.contains("line: ") && line.endsWith("io.k3j.cli.Main " + command + " "))
                    .noneMatch(line -> line.contains("line: ") && line.contains("hid"))
                    .noneMatch(line -> line.startsWith("variable: ") && line.contains("hid"))
                    .containsSequence("given: --token=hidden one", "given: ", "given: --vpn-auth",
                            "given: hid*den\\n$x", "given: ");
        }
        assertThat(install("sh", "bin/k3s")).contains("io.k3j.cli.Main").doesNotContain("given: -");
        String much = "x".repeat(100_000);
        assertThat(install("sh", "bin/k3s", "server", much)).contains("given: " + much + "\n");
    }

    /// A bash before 5.1, which is the shell of many machines, writes a here-document to a temporary file.
    @Test
    void whatIsGivenNeedsNoFile() throws Exception {
        stub("java", "tr '\\036' '\\n' <&9 | sed 's/^/given: /'");
        environment.putAll(Map.of("K3S_JAVA", directory.resolve("stubs/java").toString(), "BASH_COMPAT", "5.0"));
        for (String value : List.of("x", "x".repeat(100_000))) {
            assertThat(
                    install("bash", "-c", "ulimit -f 0; exec bash --posix bin/k3s server --token=\"$1\"", "-", value))
                    .startsWith("0 ").contains("given: --token=" + value + "\n");
        }
    }

    private Path mirror() throws Exception {
        Path mirror = Files.createDirectories(directory.resolve("mirror"));
        assertThat(install("sh", "-c", "tar -C .. -czf ../mirror/" + TAR + " k3s-0.1.0 && cd ../mirror && sha256sum "
                + TAR + " > sha256sum-amd64.txt")).startsWith("0 ");
        return mirror;
    }

    private void stub(String name, String body) throws IOException {
        Path file = Files.createDirectories(directory.resolve("stubs")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /// Runs a command in the release; its exit code and what it printed.
    private String install(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command))).directory(release.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> Stream.of("K3S_", "INSTALL_K3S_").anyMatch(name::startsWith));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() + " " + said;
    }
}
