package io.k3j.junit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Where the program `k3s` is.
final class Distribution {
    static final String PROPERTY = "k3j.distribution";
    static final String VARIABLE = "K3J_DISTRIBUTION";
    private static final long UNPACK_SECONDS = 120;

    private Distribution() {
    }

    /// The program of the distribution that these name.
    /// @param properties of the system
    /// @param environment of the process
    /// @param cache where archives are unpacked to, once each
    /// @throws IllegalStateException when there is none, with what to do
    static Path program(Map<?, ?> properties, Map<String, String> environment, Path cache) throws IOException {
        @Nullable
        Object named = properties.get(PROPERTY);
        String place = Objects.requireNonNullElse(named == null ? environment.get(VARIABLE) : named.toString(), "");
        return place.isEmpty() ? onPath(environment.getOrDefault("PATH", "")) : at(Path.of(place), cache);
    }

    private static Path at(Path place, Path cache) throws IOException {
        Path home = Files.isRegularFile(place) ? unpacked(place, cache) : place;
        Path program = home.resolve("bin/k3s").toAbsolutePath().normalize();
        if (!Files.isExecutable(program)) {
            throw new IllegalStateException("no program bin/k3s in " + place + ", which the system property " + PROPERTY
                    + " or the variable " + VARIABLE + " names; unpack a K3j release there, or name its tar.gz");
        }
        return program;
    }

    private static Path onPath(String path) {
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path program = Path.of(directory, "k3s");
            if (!directory.isEmpty() && Files.isExecutable(program)) {
                return program.toAbsolutePath();
            }
        }
        throw new IllegalStateException("no K3j distribution: set the system property " + PROPERTY
                + " or the variable " + VARIABLE + " to a directory or a k3s-….tar.gz, or install k3s on PATH");
    }

    /// The archive's content, unpacked beside and renamed, so that half of it is never used and several JVMs may do it.
    private static Path unpacked(Path archive, Path cache) throws IOException {
        Path home = cache.resolve(archive.getFileName() + "-" + Files.size(archive) + "-"
                + Files.getLastModifiedTime(archive).toMillis());
        if (!Files.isDirectory(home)) {
            Files.createDirectories(cache);
            Path half = Files.createTempDirectory(cache, "unpacking");
            run("tar", "-xzf", archive.toString(), "-C", half.toString(), "--strip-components=1");
            move(half, home);
        }
        return home;
    }

    private static void move(Path half, Path home) throws IOException {
        try {
            Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // another JVM was faster, or its user sees why not
            if (!Files.isDirectory(home)) {
                throw e;
            }
            Directories.delete(half);
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (!process.waitFor(UNPACK_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("cannot unpack: " + String.join(" ", command));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unpacking", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
