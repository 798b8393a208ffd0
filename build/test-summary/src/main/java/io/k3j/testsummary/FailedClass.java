package io.k3j.testsummary;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A class with tests that failed, as its report tells.
///
/// @param name its full name
/// @param report the report's file
/// @param failures one line each: test, and the first line of what it said
/// @param properties the system properties of the JVM it ran in
record FailedClass(String name, Path report, List<String> failures, Map<String, String> properties) {

    /// Whether Failsafe ran it: a leaf, that starts programs; Surefire runs what is beside the code.
    boolean integrationTest() {
        return report.toString().contains("failsafe-reports");
    }
}
