package io.k3j.assembly;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/// Makes the tar from a distribution: with a Java runtime of its own that holds the modules we use, and
/// caches made with that runtime. Arguments: the distribution, the directory to make, the tar, and whether
/// to do it at all.
public final class Release {
    /// Found by running; a missing one shows as NoClassDefFoundError in the tests of the tar.
    private static final List<String> MODULES = List.of("java.base", "java.logging", "java.management", "java.naming",
            "java.net.http", "java.security.jgss", "java.sql", "java.xml", "jdk.crypto.ec", "jdk.jcmd", "jdk.jfr",
            "jdk.management", "jdk.net", "jdk.unsupported", "jdk.zipfs");

    private Release() {
    }

    /// Makes it; blocks for about a minute.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path dist = Path.of(arguments[0]).normalize();
        Path release = Path.of(arguments[1]).normalize();
        Path tar = Path.of(arguments[2]).normalize();
        if (!arguments[3].equals("true")) {
            return;
        }
        Trees.delete(release);
        Trees.copy(dist, release);
        Path runtime = release.resolve("runtime");
        run(List.of(Path.of(System.getProperty("java.home"), "bin", "jlink").toString(), "--add-modules",
                String.join(",", MODULES), "--strip-debug", "--no-header-files", "--no-man-pages", "--output",
                runtime.toString()));
        Files.deleteIfExists(release.resolve("lib/k3s.aot"));
        Trees.delete(release.resolve("cache"));
        new Training(release, runtime).run();
        run(List.of("tar", "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=2026-01-01",
                "-C", Objects.requireNonNull(release.getParent()).toString(), "-czf", tar.toString(),
                release.getFileName().toString()));
        published(tar, release.resolve("install.sh"));
    }

    /// Beside the tar: what `install.sh` fetches with it, and the script itself, so that the folder can be served.
    private static void published(Path tar, Path script) throws IOException {
        Files.copy(script, tar.resolveSibling("install.sh"), StandardCopyOption.REPLACE_EXISTING);
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Files.writeString(tar.resolveSibling("sha256sum-" + arch + ".txt"), sha256(tar) + "  " + tar.getFileName()
                + "\n");
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(command.getFirst() + " ended with " + code);
        }
    }
}
