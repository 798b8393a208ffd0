package io.k3j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the measurements on a small scale and looks only at whether everything was answered rightly; with
/// `-Pbench` at full size, for the table.
class ApiBenchItest {
    @Test
    void everyRequestIsAnsweredAsAskedAndNoEventIsLost(@TempDir Path directory)
            throws IOException, InterruptedException {
        String size = System.getProperty("k3j.bench.size", "smoke");
        if (!size.equals("smoke")) {
            StoreBench.main(new String[] {directory.resolve("store").toString(), "clustered", "64,256", "3"});
        }
        assertThat(ApiBench.run(directory.resolve("server"), Size.of(size), Boolean.getBoolean("k3j.bench.node")))
                .isEmpty();
    }
}
