package io.k3j.kubeproxy;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// How long many Services take, for the table of figures.
@Tag("full")
@Tag("figures")
@EnabledIf(value = "io.k3j.kubeproxy.Kernel#possible", disabledReason = "needs root and the package nftables")
class ProxierFiguresTest {
    @Test
    void manyServicesAreProgrammedAndOneIsChanged() throws IOException {
        ProxierBench.run();
    }
}
