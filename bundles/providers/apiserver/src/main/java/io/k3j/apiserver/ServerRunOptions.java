package io.k3j.apiserver;

import io.k3j.apiaccess.Access;
import io.k3j.apiaccess.AnonymousAuth;
import io.k3j.apiaccess.StrictTransport;
import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apirequests.GoAwayChance;
import io.k3j.apiwatches.Watches;
import io.k3j.codec.DurationText;
import io.k3j.componentbase.FeatureGate;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componenthelpers.Cidr;
import io.k3j.componenthelpers.CorsOrigins;
import io.k3j.componenthelpers.StrictTransportDirectives;
import io.k3j.flowcontrol.Seats;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The parsed settings: kube-apiserver's arguments and K3s' flags.
/// @param address the address at which clients in the cluster reach this server
/// @param serviceIp the first address of the service network
record ServerRunOptions(Core.Policy policy, String address, int port, String serviceIp) {
    private static final List<String> PLUGINS = List.of("NamespaceLifecycle", "LimitRanger", "ServiceAccount",
            "NodeRestriction", "TaintNodesByCondition", "Priority", "DefaultTolerationSeconds", "DefaultStorageClass",
            "StorageObjectInUseProtection", "RuntimeClass", "PodSecurity", "RBACEscalation",
            "K3sControllerRestriction", "MutatingAdmissionWebhook", "ValidatingAdmissionWebhook");
    /// Where PodCertificateRequests may be served.
    private static final String SIGNING = "PodCertificateSigning";
    private static final String FLAG = "--kube-apiserver-arg=";
    private static final Duration LEAST_TIMEOUT = Duration.ofMinutes(1);
    private static final int MOST_SEATS = 1_000_000;
    private static final long YEAR_SECONDS = 31_536_000;
    /// These stand for checks that upstream makes without a plug-in, so nothing disables them.
    private static final Set<String> ALWAYS = Set.of("RBACEscalation", "K3sControllerRestriction", SIGNING);

    /// Parses the settings.
    /// @throws IllegalArgumentException for an invalid flag; the message names it
    static ServerRunOptions of(ApiServerSettings settings) {
        Map<String, String> args = new LinkedHashMap<>();
        for (String arg : settings.kubeApiserverArg()) {
            int eq = arg.indexOf('=');
            args.put(eq < 0 ? arg : arg.substring(0, eq), eq < 0 ? "true" : arg.substring(eq + 1));
        }
        Set<String> modes = args.keySet().stream().anyMatch(name -> name.startsWith("authorization-"))
                ? Set.of(Access.CONFIGURED)
                : Set.of("Node", "RBAC");
        requestTimeout(args);
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", settings.kubeApiserverArg());
        Set<String> disabled = commaSeparated(args.getOrDefault("disable-admission-plugins", ""));
        Set<String> plugins = new TreeSet<>(PLUGINS);
        plugins.addAll(AdmissionPlugins.enabled(commaSeparated(args.getOrDefault("enable-admission-plugins", "")),
                disabled));
        FeatureGates gates = FeatureGates.of("--kube-apiserver-arg", settings.kubeApiserverArg());
        if (gates.enabled(FeatureGate.POD_CERTIFICATE_REQUEST)) {
            plugins.add(SIGNING);
        }
        disabled.removeAll(ALWAYS);
        plugins.removeAll(disabled);
        int listen = Integer.parseInt(settings.httpsListenPort());
        String advertised = settings.advertisePort();
        int port = advertised.isEmpty() || advertised.equals("0") ? listen : Integer.parseInt(advertised);
        Core.Policy policy = new Core.Policy(modes, plugins, disabled, AnonymousAuth.of(args), settings.staleReads(),
                seats(args),
                audited(args), leastWatch(given), GoAwayChance.asked(given),
                CorsOrigins.of(given.flag(), given.values("cors-allowed-origins")),
                StrictTransport.of(StrictTransportDirectives.of(given.flag(),
                        given.values("strict-transport-security-directives"))),
                gates.enabled(FeatureGate.CBOR_SERVING_AND_STORAGE));
        return new ServerRunOptions(policy, address(settings), port, firstServiceIp(settings.serviceCidr()));
    }

    /// What a request waits for has bounds of its own, which add up to less than what is taken here.
    private static void requestTimeout(Map<String, String> args) {
        String given = args.getOrDefault("request-timeout", "1m");
        try {
            if (DurationText.nanos(given) >= LEAST_TIMEOUT.toNanos()) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new IllegalArgumentException(FLAG + "request-timeout=" + given + " is no duration of at least 1m;"
                + " requests end by bounds of their own, try 300s");
    }

    /// How long watches last at least. Beyond a year nobody could tell.
    private static Duration leastWatch(ComponentArguments given) {
        long seconds = given.whole("min-request-timeout", Watches.LEAST.toSeconds(), 1);
        return Duration.ofSeconds(Math.min(seconds, YEAR_SECONDS));
    }

    /// How many requests are worked on at once: both numbers together, as upstream has it.
    private static int seats(Map<String, String> args) {
        if (!Boolean.parseBoolean(args.getOrDefault("enable-priority-and-fairness", "true"))) {
            throw new IllegalArgumentException(FLAG + "enable-priority-and-fairness=false: requests are always queued"
                    + " by flow schemas; leave it out, and set " + FLAG + "max-requests-inflight to have more seats");
        }
        int seats = seats(args, "max-requests-inflight", Seats.READS)
                + seats(args, "max-mutating-requests-inflight", Seats.WRITES);
        if (seats < 1) {
            throw new IllegalArgumentException(FLAG + "max-requests-inflight and " + FLAG
                    + "max-mutating-requests-inflight are both 0, so that no request would be served; set one of them");
        }
        return seats;
    }

    private static int seats(Map<String, String> args, String name, int otherwise) {
        String given = args.getOrDefault(name, "");
        try {
            int seats = given.isEmpty() ? otherwise : Integer.parseInt(given);
            if (seats >= 0 && seats <= MOST_SEATS) {
                return seats;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(
                FLAG + name + "=" + given + " is no number from 0 to " + MOST_SEATS + "; try " + otherwise);
    }

    /// Whether the bundle `audit` records requests: as upstream, it takes a policy and somewhere to write to.
    private static boolean audited(Map<String, String> args) {
        return !args.getOrDefault("audit-policy-file", "").isEmpty()
                && !(args.getOrDefault("audit-log-path", "") + args.getOrDefault("audit-webhook-config-file", ""))
                        .isEmpty();
    }

    private static Set<String> commaSeparated(String list) {
        Set<String> all = new TreeSet<>(Arrays.asList(list.split(",")));
        all.remove("");
        return all;
    }

    private static String address(ApiServerSettings settings) {
        if (!settings.advertiseAddress().isEmpty()) {
            return settings.advertiseAddress();
        }
        return settings.nodeIp().length > 0 ? settings.nodeIp()[0] : defaultRouteAddress();
    }

    /// The source address of the default route; a connected datagram socket sends nothing.
    private static String defaultRouteAddress() {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {8, 8, 8, 8}), 53));
            return probe.getLocalAddress().getHostAddress();
        } catch (SocketException | UnknownHostException | UncheckedIOException e) {
            return InetAddress.getLoopbackAddress().getHostAddress();
        }
    }

    private static String firstServiceIp(String[] cidrs) {
        String cidr = cidrs.length == 0 || cidrs[0].isEmpty() ? "10.43.0.0/16" : cidrs[0];
        String network = cidr.indexOf(',') < 0 ? cidr : cidr.substring(0, cidr.indexOf(','));
        try {
            return Cidr.parse(network).address(1);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--service-cidr: " + cidr + " is no network; try 10.43.0.0/16", e);
        }
    }
}
