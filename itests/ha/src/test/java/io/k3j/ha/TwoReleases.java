package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.launcher.release.ReleaseDisk;
import io.k3j.launcher.release.Releases;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/// The release that was just built, which hosts install, and the tar of the next one: the same files, which say of
/// themselves that they are of another version.
///
/// @param first unpacked
/// @param tars the directory with the tar of the next one, as `docs/upgrades.md` calls it
record TwoReleases(Path first, Path tars) {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String FACTS = "lib/release.json";
    private static final String NEXT = "0.2.0";

    /// @param directory for both; `/tmp` is the same on every machine
    static TwoReleases in(Path directory) throws IOException, InterruptedException {
        Path tar = Path.of(System.getProperty("k3j.tar", "no -Dk3j.tar")).toAbsolutePath();
        if (Files.notExists(tar)) {
            throw new AssertionError("no " + tar + ": mvn verify -pl distribution/assembly makes it");
        }
        Path first = unpacked(tar, Files.createDirectory(directory.resolve("first")));
        Path next = unpacked(tar, Files.createDirectory(directory.resolve("next")));
        Path facts = next.resolve(FACTS);
        Files.write(facts, Json.bytes(Json.object(Files.readAllBytes(facts)).with("version", NEXT)));
        Path tars = Files.createDirectory(directory.resolve("tars"));
        Path of = Files.move(next, next.resolveSibling("k3s-" + NEXT));
        // as the build makes it
        Launch.of("tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=2026-01-01", "-C",
                Objects.requireNonNull(of.getParent()).toString(), "-czf",
                tars.resolve("k3s-" + NEXT + "-linux-amd64.tar.gz").toString(), of.getFileName().toString())
                .text(LIMIT);
        return new TwoReleases(first, tars);
    }

    private static Path unpacked(Path tar, Path into) throws IOException, InterruptedException {
        Path release = Files.createDirectory(into.resolve("k3s"));
        Launch.of("tar", "-xzf", tar.toString(), "-C", release.toString(), "--strip-components=1").text(LIMIT);
        return release;
    }

    /// Installs the first one on a host by its `install.sh`. From then on `k3s` is the installed program, and what page
    /// commands of it expect of systemd is done by `k3s-service`.
    void install(Host host, String role) throws IOException, InterruptedException {
        Path bin = host.machine().dir().resolve("bin");
        try (InputStream script = Objects.requireNonNull(TwoReleases.class.getResourceAsStream("k3s-service"))) {
            Host.executable(bin.resolve("k3s-service"), new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        host.must("INSTALL_K3S_BIN_DIR=" + installed(host).resolve("bin") + " INSTALL_K3S_SKIP_START=true sh "
                + first.resolve("install.sh") + " " + role);
        // without systemd an upgrade is told how the service is restarted
        Host.executable(bin.resolve("k3s"), "#!/bin/sh\nexport K3S_JAVA_OPTIONS=\"" + Launch.javaOptions()
                + " $K3S_JAVA_OPTIONS\"\n[ \"$1\" != upgrade ] || { cd " + tars
                + " && set -- \"$@\" --restart 'k3s-service restart'; }\nexec "
                + installed(host).resolve("bin/k3s") + " \"$@\"\n");
    }

    private static Path installed(Host host) {
        return host.machine().dir().resolve("usr");
    }

    /// What is started on a host.
    static Releases releases(Host host) {
        return new Releases(installed(host).resolve("lib/k3s"), ReleaseDisk.DURABLE);
    }

    /// The release of the process that runs on a host, by the name of its directory.
    static String running(Host host) throws IOException, InterruptedException {
        String home = host.must("tr '\\0' '\\n' < /proc/$(cat /run/k3s-service.pid)/cmdline | grep -F -e -Dk3j.home=")
                .strip();
        return home.substring(home.lastIndexOf('/') + 1);
    }

    /// What the present release of a host says of itself.
    static boolean isNext(Host host) throws IOException {
        Path current = releases(host).directory(releases(host).current().orElseThrow());
        return Json.object(Files.readAllBytes(current.resolve(FACTS))).text("version").equals(NEXT);
    }
}
