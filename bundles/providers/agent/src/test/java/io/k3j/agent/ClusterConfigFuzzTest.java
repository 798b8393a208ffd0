package io.k3j.agent;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A server's answer to an agent that joins is understood or refused.
public class ClusterConfigFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            ClusterConfig config = ClusterConfig.parse(Fuzzing.text(input));
            config.settings();
            config.clusterCidrs();
            config.egressMode();
            config.ownApiPort();
        }, Refused.class);
    }

    @Test
    void isUnderstoodOrRefused() throws IOException {
        Fuzzing.run(ClusterConfigFuzzTest::fuzzerTestOneInput, Fuzzing.texts(StockServer.config(),
                "{\"DisableNPC\":true,"
                        + "\"ClusterIPRanges\":[{\"IP\":\"2001:cafe:42::\",\"Mask\":\"/////////wAAAAAAAAAAAA==\"}],"
                        + "\"HTTPSPort\":6443,\"SupervisorPort\":9345,\"ClusterDNSs\":[\"10.43.0.10\"]}"));
    }
}
