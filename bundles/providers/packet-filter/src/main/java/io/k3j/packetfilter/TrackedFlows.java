package io.k3j.packetfilter;

import io.k3j.childprocess.Command;
import io.k3j.nodeapi.PacketFilter.UdpFlow;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The UDP flows that the kernel tracks, by the program `conntrack`.
final class TrackedFlows {
    /// How many flows one call forgets: the program looks through the kernel's whole table for each.
    static final int MOST_AT_ONCE = 1_024;
    /// How many processes one call takes with a program that reads no batch, as those before 1.4.7.
    static final int MOST_PROCESSES = 64;
    private static final System.Logger LOG = System.getLogger("io.k3j.packetfilter");
    private static final String PROGRAM = "conntrack";
    private static final Set<String> ANY = Set.of("0.0.0.0", "::");
    /// How the program ends that does not understand what it is told.
    private static final int WRONG_USE = 2;
    private final BiFunction<List<String>, String, Command.Outcome> programs;
    private final Supplier<Set<String>> own;

    /// @param programs runs a command with an input
    /// @param own the addresses of this machine, in Java's form
    TrackedFlows(BiFunction<List<String>, String, Command.Outcome> programs, Supplier<Set<String>> own) {
        this.programs = programs;
        this.own = own;
    }

    /// What the program lists; with more than fits in its output, a part; empty when it fails.
    Optional<Set<UdpFlow>> list(boolean ipv6) {
        Command.Outcome listed = programs.apply(List.of(PROGRAM, "-L", "-f", ipv6 ? "ipv6" : "ipv4", "-p", "udp"), "");
        if (listed.code() != 0) {
            LOG.log(System.Logger.Level.WARNING, "Cannot list tracked flows error={0}", listed.complaint().strip());
            return Optional.empty();
        }
        Set<String> here = own.get();
        Set<UdpFlow> all = new HashSet<>();
        listed.output().lines().forEach(line -> flow(line, here).ifPresent(all::add));
        return Optional.of(all);
    }

    /// A line has where packets are sent, then the answers to them, each as `src=… dst=… sport=… dport=…`; counters and
    /// marks stand between and behind. One that was cut off is none.
    private static Optional<UdpFlow> flow(String line, Set<String> here) {
        Map<String, List<String>> words = new HashMap<>();
        for (String word : line.split(" ")) {
            int equal = word.indexOf('=');
            if (equal > 0) {
                words.computeIfAbsent(word.substring(0, equal), w -> new ArrayList<>())
                        .add(word.substring(equal + 1));
            }
        }
        if (words.getOrDefault("dport", List.of()).size() < 2) {
            return Optional.empty();
        }
        String address = canonical(word(words, "dst", 0));
        return Optional.of(new UdpFlow(address, Integer.parseInt(word(words, "dport", 0)), here.contains(address),
                canonical(word(words, "src", 1)), Integer.parseInt(word(words, "sport", 1))));
    }

    private static String word(Map<String, List<String>> words, String key, int which) {
        return words.getOrDefault(key, List.of()).get(which);
    }

    private static String canonical(String address) {
        return InetAddress.ofLiteral(address).getHostAddress();
    }

    /// Forgets all that were sent to an address and port.
    void forget(String address, int port) {
        run(to(address, port), "");
    }

    /// Forgets what is led so, by one process where the program reads a batch.
    ///
    /// @return false when there are more than one call takes
    boolean forget(Collection<UdpFlow> flows) {
        List<UdpFlow> some = flows.stream().limit(MOST_AT_ONCE).toList();
        String batch = some.stream().map(f -> String.join(" ", led(f)) + "\n").collect(Collectors.joining());
        int code = some.isEmpty() ? 0 : run(List.of("-R", "-"), batch);
        if (code == WRONG_USE) {
            some = some.stream().limit(MOST_PROCESSES).toList();
            some.forEach(f -> run(led(f), ""));
        }
        return code != Command.KILLED && some.size() == flows.size();
    }

    private int run(List<String> arguments, String input) {
        List<String> line = new ArrayList<>(List.of(PROGRAM));
        line.addAll(arguments);
        int code = programs.apply(line, input).code();
        LOG.log(System.Logger.Level.DEBUG, "{0}: code {1}", String.join(" ", line), code);
        return code;
    }

    /// Arguments that delete what was sent to an address and port.
    static List<String> to(String address, int port) {
        List<String> line = new ArrayList<>(List.of("-D", "-f", address.indexOf(':') >= 0 ? "ipv6" : "ipv4", "-p",
                "udp", "--orig-port-dst", Integer.toString(port)));
        if (!ANY.contains(address)) {
            line.addAll(List.of("--orig-dst", address));
        }
        return line;
    }

    /// Arguments that delete of those what was led to one endpoint, which is who answers.
    static List<String> led(UdpFlow flow) {
        List<String> line = to(flow.address(), flow.port());
        line.addAll(List.of("--reply-src", flow.endpoint(), "--reply-port-src",
                Integer.toString(flow.endpointPort())));
        return line;
    }
}
