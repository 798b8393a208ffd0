package io.k3j.e2e;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A real kubectl of this machine.
///
/// @param path the binary
/// @param version its git version, e.g. `v1.33.1`
/// @param minor the second number of the version
record Kubectl(Path path, String version, int minor) {
    private static final Pattern VERSION = Pattern
            .compile("(?:Client Version: |GitVersion:\")(v1\\.(\\d+)\\.[^\\s\"]*)");
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /// A script or a small program that starts one of several by the server's version is not a kubectl; nor is a
    /// large one that says so.
    private static final long SMALLEST = 30L << 20;

    /// All there are, oldest first, each version once.
    static List<Kubectl> found() throws IOException, InterruptedException {
        Set<Path> places = new LinkedHashSet<>();
        for (String dir : System.getenv().getOrDefault("PATH", "").split(":")) {
            places.add(Path.of(dir.isEmpty() ? "/usr/bin" : dir));
        }
        places.add(Path.of("/usr/lib/google-cloud-sdk/bin"));
        places.add(Path.of("/usr/local/bin"));
        List<Kubectl> all = new ArrayList<>();
        for (Path place : places) {
            for (Path path : candidates(place)) {
                Matcher answer = VERSION.matcher(
                        Launch.of(path.toString(), "version", "--client").run(LIMIT).text());
                if (answer.find() && !answer.group(1).contains("dispatcher")
                        && all.stream().noneMatch(known -> known.version.equals(answer.group(1)))) {
                    all.add(new Kubectl(path, answer.group(1), Integer.parseInt(answer.group(2))));
                }
            }
        }
        all.sort(Comparator.comparingInt(Kubectl::minor));
        return all;
    }

    private static List<Path> candidates(Path dir) throws IOException {
        if (!Files.isDirectory(dir)) {
            return List.of();
        }
        List<Path> candidates = new ArrayList<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.filter(Kubectl::named).sorted().toList()) {
                Path real = file.toRealPath();
                if (Files.isExecutable(real) && Files.size(real) >= SMALLEST) {
                    candidates.add(real);
                }
            }
        }
        return candidates;
    }

    private static boolean named(Path file) {
        String name = file.getFileName().toString();
        return name.equals("kubectl") || name.startsWith("kubectl.1") || name.startsWith("kubectl-1");
    }
}
