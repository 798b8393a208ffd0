package io.k3j.testsummary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Classes of tests that were to run in this build and of which no report tells. A fork that ends in their middle
/// leaves none of the class it was at and of those behind it; when its time was over, Surefire says so by one line
/// only in a build that goes on whatever fails.
///
/// Classes are known by their sources ([TestSource]), by the names that Surefire and Failsafe look for.
final class Unreported {
    private static final List<String> NAMES = List.of("Test.java", "Itest.java", "E2e.java");
    private static final List<String> LEFT_BY_TESTS = List.of("target/surefire", "target/surefire-reports",
            "target/failsafe-reports");
    private static final int DEPTH = 4;
    private final Path module;
    private final Instant since;

    private Unreported(Path module, Instant since) {
        this.module = module;
        this.since = since;
    }

    /// @param since when the build began
    /// @param excludedTag of tests that do not run
    /// @return one line each: module and class
    static List<String> of(Path root, Instant since, String excludedTag) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> poms = Files.find(root, DEPTH, (file, attributes) -> file.endsWith("pom.xml"))) {
            for (Path pom : poms.sorted().toList()) {
                Path module = pom.resolveSibling("").normalize();
                for (String type : new Unreported(module, since).types(excludedTag)) {
                    lines.add(root.relativize(module) + ": " + type);
                }
            }
        }
        return lines;
    }

    private List<String> types(String excludedTag) throws IOException {
        Path sources = module.resolve("src/test/java");
        if (!ran() || !Files.isDirectory(sources)) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Unreported::named).sorted().toList()) {
                String type = sources.relativize(file).toString().replace(".java", "").replace('/', '.');
                if (TestSource.runs(file, excludedTag) && !reported(type)) {
                    missing.add(type);
                }
            }
        }
        return missing;
    }

    private static boolean named(Path file) {
        return NAMES.stream().anyMatch(String.valueOf(file.getFileName())::endsWith);
    }

    /// Both plugins make and remove files there, whatever becomes of the tests.
    private boolean ran() throws IOException {
        for (String left : LEFT_BY_TESTS) {
            if (fresh(module.resolve(left))) {
                return true;
            }
        }
        return false;
    }

    private boolean fresh(Path file) throws IOException {
        return Files.exists(file) && !Files.getLastModifiedTime(file).toInstant().isBefore(since);
    }

    private boolean reported(String type) throws IOException {
        String report = "TEST-" + type + ".xml";
        return fresh(module.resolve("target/surefire-reports").resolve(report))
                || fresh(module.resolve("target/failsafe-reports").resolve(report));
    }
}
