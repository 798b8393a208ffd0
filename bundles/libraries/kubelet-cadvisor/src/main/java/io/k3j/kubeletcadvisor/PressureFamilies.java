package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.CgroupSample.Stall;
import java.util.ArrayList;
import java.util.List;

/// How long groups waited for what was short, in seconds. See <https://docs.kernel.org/accounting/psi.html>.
final class PressureFamilies {
    private static final double MICROS = 1e6;

    private PressureFamilies() {
    }

    static List<SampleFamily> all() {
        List<SampleFamily> all = new ArrayList<>();
        for (String what : List.of("cpu", "memory", "io")) {
            all.add(SampleFamily.counter("container_pressure_" + what + "_stalled_seconds_total",
                    "Time in which everything waited for " + what + ".",
                    s -> s.pressure().getOrDefault(what, Stall.NONE).full() / MICROS));
            all.add(SampleFamily.counter("container_pressure_" + what + "_waiting_seconds_total",
                    "Time in which something waited for " + what + ".",
                    s -> s.pressure().getOrDefault(what, Stall.NONE).some() / MICROS));
        }
        return all;
    }
}
