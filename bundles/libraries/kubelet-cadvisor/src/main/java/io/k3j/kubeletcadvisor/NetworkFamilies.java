package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.InterfaceCounters.Direction;
import io.k3j.kubeletcadvisor.SampleFamily.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Networks of sandboxes and of the machine, by interface.
final class NetworkFamilies {
    private NetworkFamilies() {
    }

    static List<SampleFamily> all() {
        List<SampleFamily> all = new ArrayList<>();
        both(all, "bytes", "Bytes", Direction::bytes);
        both(all, "packets", "Packets", Direction::packets);
        both(all, "packets_dropped", "Packets that were dropped and not", Direction::dropped);
        both(all, "errors", "Packets that failed to be", Direction::errors);
        return all;
    }

    private static void both(List<SampleFamily> all, String name, String help, Function<Direction, Number> value) {
        all.add(SampleFamily.counters("container_network_receive_" + name + "_total", help + " received.",
                s -> s.networks().stream()
                        .map(i -> Point.of(value.apply(i.received()), "interface", i.name()))));
        all.add(SampleFamily.counters("container_network_transmit_" + name + "_total", help + " sent.",
                s -> s.networks().stream()
                        .map(i -> Point.of(value.apply(i.transmitted()), "interface", i.name()))));
    }
}
