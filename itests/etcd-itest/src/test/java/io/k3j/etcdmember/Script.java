package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// What a script prints that plays an administrator with the distribution, in namespaces of its own.
record Script(String text) {
    private static final int LIMIT_MINUTES = 12;

    static Script played(String name, Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path script = directory.resolve(name);
        try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream(name))) {
            Files.copy(in, script);
        }
        Path k3s = Path.of(System.getProperty("k3j.dist", "../../distribution/target/dist")).toAbsolutePath()
                .normalize().resolve("bin/k3s");
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(List.of("unshare", "--mount", "--net", "--pid", "--uts", "--fork",
                "--kill-child=KILL", "--mount-proc", "bash", script.toString(), k3s.toString(), directory.toString()))
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(variable -> variable.startsWith("K3S_"));
        builder.environment().put("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
            process.destroyForcibly().waitFor();
        }
        return new Script(Files.readString(output));
    }

    /// What it printed from one of its headings to the next.
    String section(String heading) {
        assertThat(text).contains("== " + heading);
        int from = text.indexOf("== " + heading) + 3 + heading.length();
        int to = text.indexOf("\n== ", from);
        return text.substring(from, to < 0 ? text.length() : to);
    }
}
