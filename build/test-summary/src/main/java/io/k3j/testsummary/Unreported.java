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
/// Classes are known by their sources ([TestSource]), by the names that Surefire and Failsafe look for. Each of the two
/// owes its own only where it ran: a module may run its unit tests and leave out the rest.
final class Unreported {
    private static final String UNIT = "Test.java";
    private static final List<String> INTEGRATION = List.of("Itest.java", "E2e.java");
    /// What each makes or changes there, whatever becomes of the tests. A file that is written again leaves its
    /// directory as old as it was.
    private static final List<String> LEFT_BY_SUREFIRE = List.of("target/surefire", "target/surefire-reports");
    private static final List<String> LEFT_BY_FAILSAFE = List.of("target/failsafe-reports",
            "target/failsafe-reports/failsafe-summary.xml");
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
        if (!Files.isDirectory(sources)) {
            return List.of();
        }
        boolean unit = ran(LEFT_BY_SUREFIRE);
        boolean integration = ran(LEFT_BY_FAILSAFE);
        List<String> missing = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> unit && unit(f) || integration && integration(f)).sorted().toList()) {
                String type = sources.relativize(file).toString().replace(".java", "").replace('/', '.');
                if (TestSource.runs(file, excludedTag) && !reported(type)) {
                    missing.add(type);
                }
            }
        }
        return missing;
    }

    private static boolean unit(Path file) {
        return file.toString().endsWith(UNIT);
    }

    private static boolean integration(Path file) {
        return INTEGRATION.stream().anyMatch(file.toString()::endsWith);
    }

    private boolean ran(List<String> left) throws IOException {
        for (String one : left) {
            if (fresh(module.resolve(one))) {
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
