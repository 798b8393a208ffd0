package io.k3j.kubeproxy;

import io.k3j.apimachinery.GoDuration;
import io.k3j.model.Obj;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The options of kube-proxy after K3s' defaults, by upstream's names
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/>). Pure.
///
/// @param nodeName by which endpoints on this node are known
/// @param podNetworks where packets of pods come from
/// @param masqueradeAll whether packets of pods to cluster addresses are masqueraded, too
/// @param masqueradeBit of the mark of packets that will be masqueraded
/// @param nodePortAddresses networks of addresses that take node ports, or `primary`; none for all
/// @param healthz where health is served
/// @param metrics where metrics are served
/// @param sysctls what is written below `/proc/sys/net/netfilter`
/// @param leastPeriod between two writes of rules
record ProxyOptions(String nodeName, List<String> podNetworks, boolean masqueradeAll, int masqueradeBit,
        List<String> nodePortAddresses, Optional<InetSocketAddress> healthz, Optional<InetSocketAddress> metrics,
        Map<String, String> sysctls, Duration leastPeriod) {
    private static final String LIBERAL = "nf_conntrack_tcp_be_liberal";
    /// How many connections are tracked at most by the number of processors; each takes some hundred bytes.
    private static final long MOST_TRACKED = 1 << 20;
    private static final String PRIMARY = "primary";
    private static final Map<String, String> TIMEOUTS = Map.of("conntrack-tcp-timeout-established", "24h",
            "conntrack-tcp-timeout-close-wait", "1h");
    private static final int MOST_PORT = 65_535;
    private static final Set<String> MODES = Set.of("", "iptables", "nftables");

    /// The settings.
    ///
    /// @param arguments of `--kube-proxy-arg`, as `name=value`
    /// @throws IllegalArgumentException that names every argument which is wrong
    static ProxyOptions of(String nodeName, List<String> clusterCidr, List<String> nodeIp, List<String> arguments) {
        Arguments a = new Arguments(arguments);
        String loopback = nodeIp.stream().findFirst().filter(ip -> ip.contains(":")).isPresent() ? "::1" : "127.0.0.1";
        if (!MODES.contains(a.text("proxy-mode", ""))) {
            a.problem("proxy-mode", "there are nftables only; leave it out");
        }
        ProxyOptions options = new ProxyOptions(a.text("hostname-override", nodeName),
                a.networks("cluster-cidr", clusterCidr, false), a.flag("masquerade-all"),
                (int) a.number("iptables-masquerade-bit", 14, 31),
                a.networks("nodeport-addresses", List.of(), true),
                a.address("healthz-bind-address", loopback, a.port("healthz-port", 10256)),
                a.address("metrics-bind-address", loopback, a.port("metrics-port", 10249)), sysctls(a),
                a.duration("iptables-min-sync-period", "0s"));
        a.done();
        return options;
    }

    /// What K3s sets at a start: upstream's sizes and times, unless they are asked for otherwise.
    private static Map<String, String> sysctls(Arguments a) {
        Map<String, String> all = new LinkedHashMap<>();
        long most = a.number("conntrack-max-per-core", 32_768, 1 << 24) * Runtime.getRuntime().availableProcessors();
        long least = a.number("conntrack-min", 131_072, 1L << 31);
        if (most > 0) {
            all.put(Conntrack.MAX, Long.toString(most > MOST_TRACKED ? MOST_TRACKED : Math.max(most, least)));
        }
        Map.of("conntrack-tcp-timeout-established", "nf_conntrack_tcp_timeout_established",
                "conntrack-tcp-timeout-close-wait", "nf_conntrack_tcp_timeout_close_wait",
                "conntrack-udp-timeout", "nf_conntrack_udp_timeout",
                "conntrack-udp-timeout-stream", "nf_conntrack_udp_timeout_stream").forEach((argument, file) -> {
                    long seconds = a.duration(argument, TIMEOUTS.getOrDefault(argument, "0s")).toSeconds();
                    if (seconds > 0) {
                        all.put(file, Long.toString(seconds));
                    }
                });
        if (a.flag("conntrack-tcp-be-liberal")) {
            all.put(LIBERAL, "1");
        }
        return all;
    }

    /// Whether packets pass that the kernel's connection tracking finds invalid.
    boolean liberal() {
        return sysctls.containsKey(LIBERAL);
    }

    /// The mark of packets that will be masqueraded.
    String mark() {
        return String.format("0x%x", 1L << masqueradeBit);
    }

    /// These options with addresses in place of `primary`.
    ///
    /// @param addresses of this node
    ProxyOptions on(List<String> addresses) {
        // while the addresses are not known none takes node ports
        List<String> primary = addresses.isEmpty() ? List.of("255.255.255.255/32") : addresses;
        List<String> networks = nodePortAddresses.equals(List.of(PRIMARY)) ? primary : nodePortAddresses;
        return new ProxyOptions(nodeName, podNetworks, masqueradeAll, masqueradeBit, networks, healthz, metrics,
                sysctls, leastPeriod);
    }

    /// The addresses that count as primary.
    static List<String> primary(Obj node) {
        return node.status().seq("addresses").structs().stream()
                .filter(a -> a.text("type").equals("InternalIP")).map(a -> a.text("address")).toList();
    }

    /// Arguments by name, of which each is read once and what is wrong is collected.
    private static final class Arguments {
        private final Map<String, String> given = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        Arguments(List<String> arguments) {
            for (String argument : arguments) {
                int eq = argument.indexOf('=');
                given.put(eq < 0 ? argument : argument.substring(0, eq), eq < 0 ? "true" : argument.substring(eq + 1));
            }
        }

        void problem(String name, String why) {
            problems.add("--kube-proxy-arg=" + name + "=" + given.get(name) + ": " + why);
        }

        void done() {
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", problems));
            }
        }

        String text(String name, String otherwise) {
            return given.getOrDefault(name, otherwise);
        }

        boolean flag(String name) {
            String value = text(name, "false");
            if (!value.equals("true") && !value.equals("false")) {
                problem(name, "is neither true nor false");
            }
            return value.equals("true");
        }

        long number(String name, long otherwise, long most) {
            try {
                long value = Long.parseLong(text(name, Long.toString(otherwise)));
                if (value >= 0 && value <= most) {
                    return value;
                }
                problem(name, "must be from 0 to " + most);
                return otherwise;
            } catch (NumberFormatException e) {
                problem(name, "is no whole number");
                return otherwise;
            }
        }

        /// Upstream's older arguments, which count where the address names no port; 0 turns it off.
        int port(String name, int otherwise) {
            return (int) number(name, otherwise, MOST_PORT);
        }

        /// As Go writes it, not below zero.
        Duration duration(String name, String otherwise) {
            try {
                Duration value = GoDuration.parse(text(name, otherwise));
                if (!value.isNegative()) {
                    return value;
                }
            } catch (IllegalArgumentException e) {
                // told below
            }
            problem(name, "is no duration; try 1h30m");
            return Duration.ZERO;
        }

        List<String> networks(String name, List<String> otherwise, boolean primary) {
            if (!given.containsKey(name)) {
                return otherwise;
            }
            List<String> all = List.of(text(name, "").split(",")).stream().map(String::strip)
                    .filter(n -> !n.isEmpty()).toList();
            boolean good = primary && all.equals(List.of(PRIMARY)) || all.stream().allMatch(n -> n.contains("/")
                    && (Family.FOUR.network(n).isPresent() || Family.SIX.network(n).isPresent()));
            if (!good) {
                problem(name, "is no list of networks such as 10.0.0.0/8" + (primary ? ", nor primary" : ""));
            }
            return all;
        }

        /// `address:port`, or one of both; nothing turns it off.
        Optional<InetSocketAddress> address(String name, String host, int port) {
            String value = text(name, host);
            if (value.isEmpty() || port == 0) {
                return Optional.empty();
            }
            try {
                int colon = value.startsWith("[") ? value.indexOf("]:") + 1
                        : value.indexOf(':') == value.lastIndexOf(':') ? value.indexOf(':') : -1;
                String address = (colon > 0 ? value.substring(0, colon) : value).replace("[", "").replace("]", "");
                int number = colon > 0 ? Integer.parseInt(value.substring(colon + 1)) : port;
                return Optional.of(new InetSocketAddress(InetAddress.ofLiteral(address), number));
            } catch (IllegalArgumentException e) {
                problem(name, "is no address such as 0.0.0.0:" + port);
                return Optional.empty();
            }
        }
    }
}
