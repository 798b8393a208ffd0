package io.k3j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Asks the ingress alone on a small scale and looks only at whether every request was answered; with `-Pbench` beside
/// nginx and HAProxy, for the table.
@Tag("figures")
@NeedsPackages({"nginx", "haproxy"})
class IngressBenchItest {
    @Test
    void everyRequestIsAnswered(@TempDir Path directory) throws IOException, InterruptedException {
        assertThat(IngressBench.run(directory, Size.of(System.getProperty("k3j.bench.size", "smoke")))).isEmpty();
    }
}
