package io.k3j.kubeletcadvisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What passed through a network interface since it was made. A value.
///
/// @param name as `eth0`
/// @param received by it
/// @param transmitted by it
record InterfaceCounters(String name, Direction received, Direction transmitted) {
    /// Interfaces of a network that are told; who may make some may make many.
    static final int MOST = 256;
    private static final int HEADINGS = 2;
    private static final int NUMBERS = 16;
    private static final int TRANSMITTED = 8;
    /// Not told, as upstream: what they carry is told of other interfaces.
    private static final List<String> IGNORED = List.of("lo", "veth", "docker", "nerdctl");

    /// One of the two ways.
    ///
    /// @param bytes that passed
    /// @param packets that passed
    /// @param errors packets that failed
    /// @param dropped packets
    record Direction(long bytes, long packets, long errors, long dropped) {
    }

    /// @param dev as proc_pid_net(5) has `/proc/pid/net/dev`
    static List<InterfaceCounters> of(String dev) {
        List<InterfaceCounters> all = new ArrayList<>();
        dev.lines().skip(HEADINGS).forEach(line -> {
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon)).strip();
            List<String> numbers = KernelText.words(line.substring(colon + 1));
            if (all.size() < MOST && colon > 0 && numbers.size() >= NUMBERS && !ignored(name)) {
                all.add(new InterfaceCounters(name, direction(numbers), direction(numbers.subList(TRANSMITTED,
                        NUMBERS))));
            }
        });
        return all;
    }

    private static boolean ignored(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return IGNORED.stream().anyMatch(lower::startsWith);
    }

    private static Direction direction(List<String> numbers) {
        return new Direction(KernelText.whole(numbers.get(0)), KernelText.whole(numbers.get(1)),
                KernelText.whole(numbers.get(2)), KernelText.whole(numbers.get(3)));
    }
}
