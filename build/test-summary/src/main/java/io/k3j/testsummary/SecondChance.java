package io.k3j.testsummary;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs a class of integration tests once more, whole and in a JVM of its own, as Failsafe ran it.
///
/// By class, since the tests of many are a story in order. Who gets one: at most two classes of a build, none whose
/// tests or failures speak of lost, repeated or acknowledged writes or of leaks, none of Surefire's.
final class SecondChance {
    /// More classes than these have a cause in common.
    static final int MOST = 2;
    /// A class that takes longer is ended and has failed.
    static final long LIMIT_MINUTES = 20;
    private static final List<String> NEVER = List.of("lost", "repeated", "acknowledged", "leak");
    private final Map<String, String> properties;
    private final Path log;

    SecondChance(Map<String, String> properties, Path log) {
        this.properties = new TreeMap<>(properties);
        this.log = log;
    }

    /// Why none of these is run again.
    /// @return null when all of them may be
    static @Nullable String refusal(List<FailedClass> failed, List<String> excluded) {
        if (failed.size() > MOST) {
            return "more than " + MOST + " classes failed";
        }
        for (FailedClass one : failed) {
            if (!one.integrationTest()) {
                return one.name() + " is no integration test";
            }
            if (excluded.stream().anyMatch(one.name()::startsWith) || one.failures().stream()
                    .anyMatch(line -> NEVER.stream().anyMatch(line::contains))) {
                return one.name() + " speaks of writes that were lost, repeated or acknowledged, or of leaks";
            }
        }
        return null;
    }

    /// Beginnings of the names of classes that have none.
    static List<String> excluded() throws IOException {
        try (InputStream list = Objects
                .requireNonNull(SecondChance.class.getResourceAsStream("no-second-chance.txt"))) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        }
    }

    /// Runs the class; its output goes to the log.
    /// @return whether all its tests passed
    boolean passes(String type, String excludedTags) throws IOException, InterruptedException {
        Files.createDirectories(Objects.requireNonNull(log.getParent()));
        Process process = process(type, excludedTags).start();
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            return false;
        }
        return process.exitValue() == 0;
    }

    /// Where and with what Failsafe runs it: names of files are UTF-8 wherever the build was started.
    ProcessBuilder process(String type, String excludedTags) {
        ProcessBuilder process = new ProcessBuilder(command(type, excludedTags))
                .directory(new File(property("basedir"))).redirectErrorStream(true).redirectOutput(log.toFile());
        process.environment().put("LC_ALL", "C.UTF-8");
        return process;
    }

    /// The command line: what Failsafe passed is known from properties that it set.
    List<String> command(String type, String excludedTags) {
        List<String> words = new ArrayList<>();
        String jvm = properties.getOrDefault("k3j.failsafe.jvm", "");
        words.add(jvm.isEmpty() ? property("java.home") + "/bin/java" : jvm);
        for (String word : properties.getOrDefault("k3j.failsafe.args", "").split("\\s+")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        properties.forEach((name, value) -> {
            if (name.startsWith("k3j.") || name.equals("basedir") || name.equals("localRepository")
                    || name.startsWith("com.google.")) {
                words.add("-D" + name + "=" + value);
            }
        });
        words.addAll(List.of("-cp", property("surefire.test.class.path") + File.pathSeparator + System.getProperty(
                "java.class.path"), "org.junit.platform.console.ConsoleLauncher", "execute", "--disable-banner",
                "--details=tree", "--disable-ansi-colors", "--fail-if-no-tests", "--select-class=" + type,
                "--config=junit.jupiter.execution.timeout.default=10 m"));
        if (!excludedTags.isEmpty()) {
            words.add("--exclude-tag=" + excludedTags);
        }
        return words;
    }

    private String property(String name) {
        return Objects.requireNonNull(properties.get(name), name);
    }
}
