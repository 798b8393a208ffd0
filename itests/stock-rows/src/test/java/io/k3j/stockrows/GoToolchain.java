package io.k3j.stockrows;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Go toolchain that can build kine, where the machine has one.
record GoToolchain(Path program) {
    private static final String KINE = "github.com/k3s-io/kine@v0.16.3";
    private static final int MAJOR = 1;
    private static final int MINOR = 26;
    private static final Pattern VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(30);

    /// The first one that is new enough, on the path or where Go's own archive goes.
    static Optional<GoToolchain> find(String path) {
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/local/go/bin"))
                .filter(place -> !place.isEmpty()).map(place -> Path.of(place, "go")).filter(Files::isExecutable)
                .filter(GoToolchain::newEnough).findFirst().map(GoToolchain::new);
    }

    private static boolean newEnough(Path program) {
        try {
            return newEnough(Launch.of(program.toString(), "version").run(ASK_LIMIT).text());
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Whether that is what a version says that is new enough.
    static boolean newEnough(String version) {
        Matcher found = VERSION.matcher(version);
        return found.find() && (Integer.parseInt(found.group(1)) > MAJOR
                || Integer.parseInt(found.group(1)) == MAJOR && Integer.parseInt(found.group(2)) >= MINOR);
    }

    /// Builds kine's release into a directory.
    /// @throws IOException with Go's last words when it cannot be built or fetched here
    Path kine(Path directory) throws IOException, InterruptedException {
        Path kine = directory.resolve("kine");
        try (ChildProcess building = Launch.of(program.toString(), "install", KINE).directory(directory)
                .environment(Map.of("GOBIN", directory.toString(), "CGO_ENABLED", "1", "GOTOOLCHAIN", "local"))
                .output(directory.resolve("go.log")).gracePeriod(Duration.ZERO).start()) {
            if (!building.ended(BUILD_LIMIT) || !Files.isExecutable(kine)) {
                throw new IOException(building.output().lines().reduce((a, b) -> b).orElse("no word from go"));
            }
        }
        return kine;
    }
}
