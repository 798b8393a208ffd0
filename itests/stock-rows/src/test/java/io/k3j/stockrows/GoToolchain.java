package io.k3j.stockrows;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Go toolchain that can build kine, where the machine has one.
record GoToolchain(Path program) {
    private static final String KINE = "github.com/k3s-io/kine@v0.16.3";
    private static final int MAJOR = 1;
    private static final int MINOR = 26;
    private static final Pattern VERSION = Pattern.compile("go(\\d+)\\.(\\d+)");
    private static final long BUILD_MINUTES = 15;

    /// The first one that is new enough, on the path or where Go's own archive goes.
    static Optional<GoToolchain> find(String path) {
        return Stream.concat(Arrays.stream(path.split(File.pathSeparator)), Stream.of("/usr/local/go/bin"))
                .filter(place -> !place.isEmpty()).map(place -> Path.of(place, "go")).filter(Files::isExecutable)
                .filter(GoToolchain::newEnough).findFirst().map(GoToolchain::new);
    }

    private static boolean newEnough(Path program) {
        try {
            Process asked = new ProcessBuilder(program.toString(), "version").redirectErrorStream(true).start();
            return newEnough(new String(asked.getInputStream().readAllBytes()));
        } catch (IOException e) {
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
        List<String> command = new ArrayList<>(List.of(program.toString(), "install", KINE));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(directory.resolve("go.log").toFile());
        builder.environment().put("GOBIN", directory.toString());
        builder.environment().put("CGO_ENABLED", "1");
        builder.environment().put("GOTOOLCHAIN", "local");
        Process building = builder.start();
        if (!building.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
            building.destroyForcibly();
        }
        Path kine = directory.resolve("kine");
        if (!Files.isExecutable(kine)) {
            throw new IOException(Files.readAllLines(directory.resolve("go.log")).stream().reduce((a, b) -> b)
                    .orElse("no word from go"));
        }
        return kine;
    }
}
