package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/// What a script prints that plays an administrator with the distribution, in namespaces of its own.
record Script(String text) {
    private static final Duration LIMIT = Duration.ofMinutes(18);

    static Script played(String name, Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path script = directory.resolve(name);
        try (InputStream in = Objects.requireNonNull(Script.class.getResourceAsStream(name))) {
            Files.copy(in, script);
        }
        Path k3s = K3sProcess.distribution().resolve("bin/k3s");
        return new Script(Launch.of("unshare", "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child=KILL",
                "--mount-proc", "bash", script.toString(), k3s.toString(), directory.toString())
                .withoutK3sEnvironment().environment("K3S_JAVA", Launch.jdk("java")).environment(environment).run(LIMIT)
                .text());
    }

    /// What it printed from one of its headings to the next.
    String section(String heading) {
        assertThat(text).contains("== " + heading);
        int from = text.indexOf("== " + heading) + 3 + heading.length();
        int to = text.indexOf("\n== ", from);
        return text.substring(from, to < 0 ? text.length() : to);
    }
}
