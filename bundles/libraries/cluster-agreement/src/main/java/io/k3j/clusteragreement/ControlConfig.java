package io.k3j.clusteragreement;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The answer to `/v1-k3s/config`: this server's settings under the names of K3s' Go fields, which stock
/// agents and servers read. Tokens and datastore settings are never among them. Pure.
///
/// A flag that was not given is written as the zero value of its type, as Go does; ranges have K3s' defaults. Source:
/// K3s' `pkg/daemons/config`, type `Control`, and its `CriticalControlArgs`.
public final class ControlConfig {
    /// Not a flag: whether this server runs etcd.
    public static final String MANAGED_ETCD = "managedEtcd";
    private static final int BYTE_BITS = 8;
    /// Kubernetes' default `--service-node-port-range`, 30000 to 32767.
    private static final int PORT_BASE = 30_000;
    private static final int PORT_COUNT = 2768;

    /// The fields stock K3s compares, and the flags they come from. [ServerJoin] names the flags in its table of
    /// differences: people know these, not the fields.
    static final Map<String, String> CRITICAL = Map.ofEntries(Map.entry("ClusterDNSs", "clusterDns"),
            Map.entry("ClusterIPRanges", "clusterCidr"), Map.entry("ServiceIPRanges", "serviceCidr"),
            Map.entry("ClusterDomain", "clusterDomain"), Map.entry("DisableCCM", "disableCloudController"),
            Map.entry("DisableHelmController", "disableHelmController"),
            Map.entry("DisableNPC", "disableNetworkPolicy"), Map.entry("DisableServiceLB", "disable"),
            Map.entry("EncryptSecrets", "secretsEncryption"), Map.entry("EncryptProvider", "secretsEncryptionProvider"),
            Map.entry("EmbeddedRegistry", "embeddedRegistry"), Map.entry("FlannelBackend", "flannelBackend"),
            Map.entry("FlannelIPv6Masq", "flannelIpv6Masq"), Map.entry("FlannelExternalIP", "flannelExternalIp"),
            Map.entry("EgressSelectorMode", "egressSelectorMode"), Map.entry("SupervisorMetrics", "supervisorMetrics"));

    private final Map<String, Object> settings;
    private final Struct.Builder out = Struct.builder();

    private ControlConfig(Map<String, Object> settings) {
        this.settings = settings;
    }

    /// The object; `settings` are flag names in camel case with their values, [#MANAGED_ETCD] among them.
    /// @param settings values are texts, arrays of texts or truth values, as the launcher has them
    /// @throws IllegalArgumentException when a range is none
    public static Struct of(Map<String, Object> settings) {
        ControlConfig config = new ControlConfig(settings);
        config.critical();
        config.server();
        config.switches();
        return config.out.build();
    }

    /// Each range twice: as the list and, for older agents, as its first alone.
    private void critical() {
        list("ClusterDNSs", "clusterDns");
        first("ClusterDNS", "clusterDns");
        ranges("ClusterIPRange", "clusterCidr", "10.42.0.0/16");
        ranges("ServiceIPRange", "serviceCidr", "10.43.0.0/16");
        text("ClusterDomain", "clusterDomain");
        flag("DisableCCM", "disableCloudController");
        flag("DisableHelmController", "disableHelmController");
        flag("DisableNPC", "disableNetworkPolicy");
        out.put("DisableServiceLB", disabled().contains("servicelb"));
        flag("EncryptSecrets", "secretsEncryption");
        text("EncryptProvider", "secretsEncryptionProvider");
        flag("EmbeddedRegistry", "embeddedRegistry");
        text("FlannelBackend", "flannelBackend");
        flag("FlannelIPv6Masq", "flannelIpv6Masq");
        flag("FlannelExternalIP", "flannelExternalIp");
        text("EgressSelectorMode", "egressSelectorMode");
        flag("SupervisorMetrics", "supervisorMetrics");
    }

    /// K3s has one port for supervisor and API server where nothing else is said, so three fields have one value. An
    /// agent that reads another one for the supervisor follows two lists of servers, of which that of the API has
    /// `HTTPSPort`.
    private void server() {
        number("AdvertisePort", "advertisePort");
        text("AdvertiseIP", "advertiseAddress");
        number("HTTPSPort", "httpsListenPort");
        number("SupervisorPort", value("supervisorPort") == null ? "httpsListenPort" : "supervisorPort");
        number("APIServerPort", value("apiserverPort") == null ? "httpsListenPort" : "apiserverPort");
        text("APIServerBindAddress", "apiserverBindAddress");
        text("BindAddress", "bindAddress");
        out.put("ServiceNodePortRange", portRange());
        text("KubeConfigOutput", "writeKubeconfig");
        text("KubeConfigMode", "writeKubeconfigMode");
        text("KubeConfigGroup", "writeKubeconfigGroup");
        text("HelmJobImage", "helmJobImage");
        out.put("DataDir", value("dataDir") + "/server");
        text("ServiceLBNamespace", "servicelbNamespace");
        text("DefaultLocalStoragePath", "defaultLocalStoragePath");
        text("SystemDefaultRegistry", "systemDefaultRegistry");
        text("ServerNodeName", "nodeName");
        list("SANs", "tlsSan");
        flag("SANSecurity", "tlsSanSecurity");
        first("PrivateIP", "nodeIp");
    }

    /// `Disables` are the packaged components, `Skips` those whose files are left alone, which no flag here says.
    private void switches() {
        flag("DisableAgent", "disableAgent");
        flag("DisableAPIServer", "disableApiserver");
        flag("DisableControllerManager", "disableControllerManager");
        out.put("DisableETCD", !Boolean.TRUE.equals(value(MANAGED_ETCD)));
        flag("DisableKubeProxy", "disableKubeProxy");
        flag("DisableScheduler", "disableScheduler");
        flag("Rootless", "rootless");
        Struct.Builder disables = Struct.builder();
        disabled().forEach(word -> disables.put(word, true));
        out.put("Disables", disables.build());
        out.put("Skips", Struct.EMPTY);
        list("ExtraAPIArgs", "kubeApiserverArg");
        list("ExtraControllerArgs", "kubeControllerManagerArg");
        list("ExtraCloudControllerArgs", "kubeCloudControllerManagerArg");
        list("ExtraSchedulerAPIArgs", "kubeSchedulerArg");
    }

    /// @return null for a flag that is not among the settings
    private @Nullable Object value(String flag) {
        return settings.get(flag);
    }

    private void text(String field, String flag) {
        out.put(field, value(flag) instanceof String text ? text : "");
    }

    private void flag(String field, String flag) {
        Object value = value(flag);
        out.put(field, Boolean.TRUE.equals(value) || "true".equals(value));
    }

    /// 0 for what is no number: the flag was checked where it was read.
    private void number(String field, String flag) {
        Object value = value(flag);
        try {
            out.put(field, value == null ? 0L : Long.parseLong(value.toString()));
        } catch (NumberFormatException noNumber) {
            out.put(field, 0L);
        }
    }

    /// @return none for a flag that is missing or empty
    private List<String> texts(String flag) {
        return switch (value(flag)) {
            case String[] many -> List.of(many);
            case String one when !one.isEmpty() -> List.of(one);
            case null, default -> List.of();
        };
    }

    private List<String> disabled() {
        List<String> words = new ArrayList<>();
        for (String given : texts("disable")) {
            for (String word : given.split(",")) {
                words.add(word.strip());
            }
        }
        return words;
    }

    private void list(String field, String flag) {
        out.put(field, Seq.of(texts(flag).toArray()));
    }

    private void first(String field, String flag) {
        List<String> all = texts(flag);
        out.put(field, all.isEmpty() ? "" : all.getFirst());
    }

    /// @param field without the `s` of the list
    /// @param preset K3s' default, for settings without the flag
    private void ranges(String field, String flag, String preset) {
        List<String> all = texts(flag).isEmpty() ? List.of(preset) : texts(flag);
        List<Object> networks = new ArrayList<>();
        for (String cidr : all) {
            networks.add(network(cidr));
        }
        out.put(field + "s", Seq.of(networks.toArray()));
        out.put(field, networks.getFirst());
    }

    /// `10.42.0.0/16` as Go writes an `IPNet`. `IP` as text and `Mask` in Base64, as Go's `encoding/json` writes an
    /// `IP` and a slice of bytes.
    /// @throws IllegalArgumentException with the range, when it is none
    static Struct network(String cidr) {
        InetAddress address;
        byte[] mask;
        try {
            int slash = cidr.indexOf('/');
            address = InetAddress.ofLiteral(cidr.substring(0, Math.max(slash, 0)));
            mask = mask(Integer.parseInt(cidr.substring(slash + 1)), address.getAddress().length);
        } catch (IllegalArgumentException none) {
            throw new IllegalArgumentException("'" + cidr + "' is no range of addresses; use for instance 10.42.0.0/16",
                    none);
        }
        return Struct.of("IP", cidr.substring(0, cidr.indexOf('/')), "Mask", Base64.getEncoder().encodeToString(mask));
    }

    private static byte[] mask(int bits, int bytes) {
        if (bits < 0 || bits > bytes * BYTE_BITS) {
            throw new IllegalArgumentException("a prefix of " + bits + " bits");
        }
        byte[] mask = new byte[bytes];
        for (int i = 0; i < bits; i++) {
            mask[i / BYTE_BITS] |= (byte) (0x80 >> i % BYTE_BITS);
        }
        return mask;
    }

    /// `Size` counts both ends, as upstream's `PortRange` does.
    private Struct portRange() {
        String text = value("serviceNodePortRange") instanceof String given ? given : "";
        int dash = text.indexOf('-');
        if (dash < 0) {
            return Struct.of("Base", PORT_BASE, "Size", PORT_COUNT);
        }
        int base = Integer.parseInt(text.substring(0, dash).strip());
        int last = Integer.parseInt(text.substring(dash + 1).strip());
        return Struct.of("Base", base, "Size", last - base + 1);
    }
}
