package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.Releases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A machine with an installed release and the tar of a newer one, on a real disk.
abstract class UpgradeScene {
    static final String ELF = "\u007fELF" + "\0".repeat(14) + "\u003e\0";
    @TempDir
    Path dir;
    final List<String> told = new ArrayList<>();
    Path library;
    Path tar;
    TestMachine machine;
    Releases releases;
    UpgradeOptions options;
    ReleaseDisk disk = ReleaseDisk.DURABLE;

    @BeforeEach
    void install() throws IOException {
        dir = dir.toRealPath();
        library = Files.createDirectory(dir.resolve("lib"));
        tar = release("0.2.0", Map.of("io.k3j.scheduler", "2", "io.k3j.new", "1"))
                .write(dir.resolve("k3s-0.2.0.tar.gz"));
        String first = installed(release("0.1.0", Map.of("io.k3j.scheduler", "1", "io.k3j.gone", "1")));
        Files.createSymbolicLink(library.resolve("current"), Path.of(first));
        releases = new Releases(library, ReleaseDisk.DURABLE);
        machine = new TestMachine(library);
        options = new UpgradeOptions(dir.resolve("data"), false, true, Duration.ofMinutes(5), "", "");
    }

    static TestTar release(String version, Map<String, String> bundles) {
        ReleaseFacts facts = new ReleaseFacts(ReleaseVersion.of(version), ReleaseVersion.of("v1.36.2+k3s1"), "abcdef12",
                25,
                1, new TreeMap<>(bundles));
        return release(facts, ELF);
    }

    static TestTar release(ReleaseFacts facts, String java) {
        String root = "k3s-" + facts.version().text();
        TestTar tar = new TestTar().directory(root).directory(root + "/bin").directory(root + "/lib")
                .file(root + "/bin/k3s", 0755, "#!/bin/sh\n").link(root + "/bin/ctr", "k3s")
                .file(root + "/lib/k3s-base.jar", 0644, facts.version().text())
                .file(root + "/" + ReleaseFacts.FILE, 0644, new String(facts.json()));
        return java.isEmpty() ? tar : tar.directory(root + "/runtime").directory(root + "/runtime/bin")
                .file(root + "/runtime/bin/java", 0755, java);
    }

    /// As `install.sh` leaves it.
    private String installed(TestTar release) throws IOException {
        Path file = release.write(dir.resolve("installed.tar.gz"));
        try (ReleaseTar open = new ReleaseTar(file)) {
            ReleaseContent content = ReleaseContent.of(open);
            new Staging(new Releases(library, ReleaseDisk.DURABLE), ReleaseDisk.DURABLE).stage(open, content, file);
            return content.name();
        } finally {
            Files.delete(file);
        }
    }

    Upgrade upgrade() {
        return new Upgrade(new Releases(library, disk),
                new Surroundings(disk, machine, machine, machine.majority, machine.servers,
                        new TrustedFile(Set.of(uid()), Set.of()), machine),
                options, told::add);
    }

    private int uid() {
        try {
            return (Integer) Files.getAttribute(dir, "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String current() throws IOException {
        return Files.readString(library.resolve("current/lib/k3s-base.jar"));
    }

    /// One clear error, and everything as it was.
    void refused(ThrowingCallable what, String... why) throws IOException {
        List<String> before = files();
        assertThatThrownBy(what).isInstanceOf(UpgradeProblem.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(why));
        assertThat(files()).isEqualTo(before);
        assertThat(current()).isEqualTo("0.1.0");
        assertThat(machine.home()).isEqualTo(library.resolve("current").toRealPath());
    }

    List<String> files() throws IOException {
        try (var all = Files.walk(library)) {
            return all.map(path -> library.relativize(path).toString())
                    .filter(name -> !name.equals(".upgrade.lock")).sorted().toList();
        }
    }
}
