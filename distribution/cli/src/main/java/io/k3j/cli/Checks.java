package io.k3j.cli;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.componentbase.FeatureGates;
import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.FlannelConf;
import io.k3j.kubeletconfig.KubeletLabels;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeletconfig.ShutdownGracePeriods;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.signedjars.TrustedSigners;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// Finds impossible values and combinations before anything is started or written. All are told at once.
final class Checks {
    private static final Instant EARLIEST = Instant.parse("1980-01-01T00:00:00Z");
    private static final int LONGEST_NAME = 253;
    private static final Set<String> ENDPOINTS = Set.of("mysql", "postgres", "postgresql", "http", "https");
    private final Map<String, Object> settings;
    private final List<String> problems = new ArrayList<>();
    private List<Cidr> cluster = List.of();

    private Checks(Map<String, Object> settings) {
        this.settings = settings;
    }

    static List<String> problems(Map<String, Object> settings, Host host) {
        Checks c = new Checks(settings);
        c.machine(host);
        c.networks();
        c.families();
        c.flannelConf();
        c.addresses();
        c.nodePorts();
        c.name();
        c.mode();
        c.path("dataDir", "--data-dir");
        c.path("writeKubeconfig", "--write-kubeconfig");
        c.datastore();
        c.featureGates("kubeApiserverArg", "--kube-apiserver-arg");
        c.featureGates("kubeControllerManagerArg", "--kube-controller-manager-arg");
        c.featureGates("kubeletArg", "--kubelet-arg");
        c.featureGates("kubeProxyArg", "--kube-proxy-arg");
        c.featureGates("kubeSchedulerArg", "--kube-scheduler-arg");
        if (!Boolean.TRUE.equals(settings.get("disableAgent"))) {
            c.kubelet(host);
        }
        c.scheduler();
        c.problems.addAll(ArgumentChecks.problems(List.of(c.list("kubeApiserverArg")),
                List.of(c.list("kubeControllerManagerArg")), List.of(c.list("kubeSchedulerArg")), c.cluster,
                c.dataDir()));
        c.trust(host);
        return c.problems;
    }

    private Path dataDir() {
        return Path.of(String.valueOf(settings.get("dataDir")));
    }

    private void machine(Host host) {
        if (host.now().isBefore(EARLIEST)) {
            problems.add(
                    "server time isn't set properly: " + host.now() + " is before 1980; set the clock (for example "
                            + "with: date -s), certificates cannot be made with it");
        }
        if (!host.root() && !Boolean.TRUE.equals(settings.get("disableAgent"))) {
            problems.add(
                    "k3s must run as root to run a node (uid is not 0); use sudo, or start the control plane alone "
                            + "with --disable-agent");
        }
    }

    private void networks() {
        cluster = cidrs("clusterCidr", "--cluster-cidr");
        List<Cidr> service = cidrs("serviceCidr", "--service-cidr");
        for (Cidr c : cluster) {
            for (Cidr s : service) {
                if (overlap(c, s)) {
                    problems.add("--cluster-cidr and --service-cidr must not overlap; the defaults are 10.42.0.0/16 "
                            + "and 10.43.0.0/16");
                }
            }
        }
    }

    /// K3s' sentences: of the families of pods, Services and nodes the first two are the same, and the nodes have them.
    private void families() {
        Set<Boolean> pods = families("clusterCidr");
        if (pods.isEmpty()) {
            return;
        }
        boolean begins = list("clusterCidr")[0].contains(":") == list("serviceCidr")[0].contains(":");
        String same = ", must share the same IP version (IPv4, IPv6 or dual-stack)";
        if (!begins || !pods.equals(families("serviceCidr"))) {
            problems.add("cluster-cidr: " + shown("clusterCidr") + " and service-cidr: " + shown("serviceCidr") + same
                    + "; give both by --cluster-cidr and --service-cidr, in one order");
        }
        boolean node = !Boolean.TRUE.equals(settings.get("disableAgent")) && list("nodeIp").length > 0;
        String advertised = String.valueOf(settings.get("advertiseAddress"));
        if (node && !families("nodeIp").containsAll(pods)) {
            problems.add("cluster-cidr: " + shown("clusterCidr") + " and node-ip: " + shown("nodeIp") + same
                    + "; give an address of each by --node-ip");
        } else if (advertised.contains(":") != list("serviceCidr")[0].contains(":")) {
            problems.add("service IP family \"" + list("serviceCidr")[0] + "\" must match public address family \""
                    + advertised + "\"; give an address of that family by --advertise-address");
        }
    }

    /// Whether there is a network or address of IPv6 (true), of IPv4 (false).
    private Set<Boolean> families(String key) {
        return Arrays.stream(list(key)).map(text -> text.contains(":")).collect(Collectors.toSet());
    }

    private String shown(String key) {
        return "[" + String.join(" ", list(key)) + "]";
    }

    /// The network itself is built by the same file; an agent hears only later what it must not contradict.
    private void flannelConf() {
        boolean flannel = !Boolean.TRUE.equals(settings.get("disableAgent"))
                && !"none".equals(settings.get("flannelBackend"));
        if (flannel && settings.get("flannelConf") instanceof String file) {
            told(() -> FlannelConf.read(Path.of(file), cluster));
        }
    }

    private static boolean overlap(Cidr a, Cidr b) {
        return a.contains(b) || b.contains(a);
    }

    private List<Cidr> cidrs(String key, String flag) {
        List<Cidr> list = new ArrayList<>();
        for (String text : list(key)) {
            try {
                list.add(Cidr.parse(text));
            } catch (IllegalArgumentException e) {
                problems.add("invalid " + flag + " \"" + text + "\": it must be a network such as 10.42.0.0/16");
            }
        }
        if (list.stream().map(Cidr::ipv6).distinct().count() < list.size()) {
            problems.add(
                    "invalid " + flag + " " + list + ": it must be one network of IPv4, one of IPv6, or one of each");
        }
        return list;
    }

    private void addresses() {
        for (String[] pair : new String[][] {{"nodeIp", "--node-ip"}, {"nodeExternalIp", "--node-external-ip"},
                {"clusterDns", "--cluster-dns"}, {"advertiseAddress", "--advertise-address"},
                {"bindAddress", "--bind-address"}, {"apiserverBindAddress", "--apiserver-bind-address"}}) {
            for (String text : list(pair[0])) {
                try {
                    InetAddress.ofLiteral(text);
                } catch (IllegalArgumentException e) {
                    problems.add("invalid " + pair[1] + " \"" + text + "\": it must be an IP address");
                }
            }
        }
    }

    private void nodePorts() {
        if (settings.get("serviceNodePortRange") instanceof String range) {
            nodePorts("--service-node-port-range", range);
        }
        new ComponentArguments("--kube-apiserver-arg", List.of(list("kubeApiserverArg")))
                .value("service-node-port-range")
                .ifPresent(range -> nodePorts("--kube-apiserver-arg=service-node-port-range", range));
    }

    private void nodePorts(String flag, String range) {
        int dash = range.indexOf('-');
        try {
            int from = Integer.parseInt(range.substring(0, dash));
            int to = Integer.parseInt(range.substring(dash + 1));
            if (from < 1 || to > 65_535 || from > to) {
                throw new NumberFormatException();
            }
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            problems.add("invalid " + flag + " \"" + range + "\": it must be two ports such as 30000-32767");
        }
    }

    private void name() {
        String name = (String) Objects.requireNonNull(settings.get("nodeName"));
        boolean good = !name.isEmpty() && name.length() <= LONGEST_NAME
                && name.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '.')
                && Character.isLetterOrDigit(name.charAt(0))
                && Character.isLetterOrDigit(name.charAt(name.length() - 1));
        if (!good) {
            problems.add("invalid node name \"" + name + "\": use lower case letters, digits, '-' and '.', for example "
                    + "--node-name=node-1");
        }
    }

    private void mode() {
        if (settings.get("writeKubeconfigMode") instanceof String mode) {
            try {
                Integer.parseInt(mode, 8);
            } catch (NumberFormatException e) {
                problems.add("invalid --write-kubeconfig-mode \"" + mode + "\": it must be an octal mode such as 0600");
            }
        }
    }

    private void featureGates(String key, String flag) {
        told(() -> FeatureGates.of(flag, list(key)));
    }

    /// What whoever reads an argument says of it.
    private void told(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }

    private void kubelet(Host host) {
        if (Boolean.TRUE.equals(settings.get("protectKernelDefaults"))) {
            problems.addAll(KernelDefaults.problems(host.sysctls()));
        }
        problems.addAll(ArgumentChecks.ofKubelet(List.of(list("kubeletArg")), dataDir()));
        told(() -> ReservedResources.check(List.of(list("kubeletArg"))));
        told(() -> ShutdownGracePeriods.check(List.of(list("kubeletArg"))));
        told(() -> KubeletLabels.check(List.of(list("nodeLabel")), List.of(list("kubeletArg"))));
    }

    private void scheduler() {
        if (!Boolean.TRUE.equals(settings.get("disableScheduler"))) {
            told(() -> SchedulerConfiguration.of(List.of(list("kubeSchedulerArg"))));
        }
    }

    /// The files are read again by who verifies signatures; a wrong one is told before anything starts.
    private void trust(Host host) {
        for (String file : list("pluginTrust")) {
            try {
                TrustedSigners.read(List.of(Path.of(file)), InstantSource.fixed(host.now()));
            } catch (IOException e) {
                problems.add("invalid --plugin-trust: " + e.getMessage());
            }
        }
    }

    private void path(String key, String flag) {
        if (settings.get(key) instanceof String path && (path.isBlank() || !Path.of(path).isAbsolute())) {
            problems.add("invalid " + flag + " \"" + path + "\": it must be an absolute path");
        }
    }

    private void datastore() {
        String endpoint = settings.get("datastoreEndpoint") instanceof String text ? text : "";
        if (endpoint.isEmpty()) {
            if (settings.get("dataDir") instanceof String dir && dir.startsWith("/")) {
                StateFile.problem(Path.of(dir), Stores::problem).ifPresent(problems::add);
            }
            return;
        }
        int colon = endpoint.indexOf("://");
        String scheme = colon < 0 ? "" : endpoint.substring(0, colon);
        if (!ENDPOINTS.contains(scheme)) {
            problems.add("--datastore-endpoint=" + (colon < 0 ? "…" : scheme + "://…") + " is not supported by K3j; "
                    + "use postgres://user:password@host:5432/database or mysql://user:password@tcp(host:3306)/database"
                    + " or https://etcd-1:2379,https://etcd-2:2379, or start without it for the embedded datastore");
        }
        for (String key : List.of("Cafile", "Certfile", "Keyfile")) {
            if (settings.get("datastore" + key) instanceof String file && !file.isEmpty()
                    && !Files.isReadable(Path.of(file))) {
                problems.add("--datastore-" + key.toLowerCase(Locale.ROOT) + " " + file + " cannot be read");
            }
        }
    }

    private String[] list(String key) {
        return switch (settings.get(key)) {
            case String[] list -> list;
            case String one -> new String[] {one};
            case null, default -> new String[0];
        };
    }
}
