package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.ClusterSettings;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A server's answer to `/v1-k3s/config`: its settings under the names of K3s' Go fields.
///
/// @param text the answer
/// @param fields its fields
record ClusterConfig(String text, Struct fields) {
    private static final int HTTPS_PORT = 6443;
    private static final int IP_4 = 4;
    private static final int IP_6 = 16;

    /// Parses and checks an answer.
    /// @throws Refused when it is malformed, or the server is too old to send what an agent needs
    static ClusterConfig parse(String text) throws Refused {
        Struct fields;
        try {
            fields = Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInput malformed) {
            throw new Refused("the server's configuration cannot be read: " + malformed.getMessage());
        }
        ClusterConfig config = new ClusterConfig(text, fields);
        config.checkNetworks();
        if (!fields.flag("DisableNPC")
                && (config.networks("ServiceIPRange").isEmpty() || fields.struct("ServiceNodePortRange").isEmpty())) {
            throw new Refused("incompatible down-level server detected; servers must be upgraded to at least the "
                    + "version of this agent before it can join");
        }
        return config;
    }

    /// What is read of them later can be read.
    private void checkNetworks() throws Refused {
        for (String field : List.of("ClusterIPRange", "ServiceIPRange")) {
            try {
                networks(field);
            } catch (IllegalArgumentException malformed) {
                throw new Refused("the server's configuration has no network in " + field + ": "
                        + malformed.getMessage());
            }
        }
    }

    /// The settings under the names of the servers' flags.
    ClusterSettings settings() {
        Map<String, Object> values = new HashMap<>();
        list(values, "clusterCidr", networks("ClusterIPRange"));
        list(values, "serviceCidr", networks("ServiceIPRange"));
        list(values, "clusterDns", addresses());
        text(values, "clusterDomain", "ClusterDomain");
        text(values, "flannelBackend", "FlannelBackend");
        text(values, "egressSelectorMode", "EgressSelectorMode");
        text(values, "systemDefaultRegistry", "SystemDefaultRegistry");
        flag(values, "flannelIpv6Masq", "FlannelIPv6Masq");
        flag(values, "flannelExternalIp", "FlannelExternalIP");
        flag(values, "disableCloudController", "DisableCCM");
        flag(values, "disableNetworkPolicy", "DisableNPC");
        flag(values, "disableKubeProxy", "DisableKubeProxy");
        flag(values, "embeddedRegistry", "EmbeddedRegistry");
        Struct ports = fields.struct("ServiceNodePortRange");
        if (ports.whole("Size", 0) > 0) {
            long base = ports.whole("Base", 0);
            values.put("serviceNodePortRange", base + "-" + (base + ports.whole("Size", 0) - 1));
        }
        return new ClusterSettings(values, disabled());
    }

    private Set<String> disabled() {
        Set<String> words = new HashSet<>();
        Struct disables = fields.struct("Disables");
        disables.names().stream().filter(disables::flag).forEach(words::add);
        if (fields.flag("DisableKubeProxy")) {
            words.add("kube-proxy");
        }
        if (fields.flag("DisableNPC")) {
            words.add("network-policy");
        }
        if (fields.text("FlannelBackend").equals("none")) {
            words.add("cni-flannel");
        }
        return words;
    }

    /// The pod networks.
    List<String> clusterCidrs() {
        return networks("ClusterIPRange");
    }

    /// The egress selector mode: how servers reach nodes and pods.
    String egressMode() {
        return fields.text("EgressSelectorMode", "agent");
    }

    /// The port of the API if it differs from the supervisor's; empty otherwise.
    OptionalInt ownApiPort() {
        long port = fields.whole("HTTPSPort", HTTPS_PORT);
        return fields.whole("SupervisorPort", port) == port ? OptionalInt.empty() : OptionalInt.of((int) port);
    }

    private void text(Map<String, Object> values, String flag, String field) {
        if (!fields.text(field).isEmpty()) {
            values.put(flag, fields.text(field));
        }
    }

    private void flag(Map<String, Object> values, String flag, String field) {
        values.put(flag, fields.flag(field));
    }

    private static void list(Map<String, Object> values, String flag, List<String> texts) {
        if (!texts.isEmpty()) {
            values.put(flag, texts.toArray(String[]::new));
        }
    }

    private List<String> addresses() {
        List<String> all = fields.seq("ClusterDNSs").stream().map(Object::toString).toList();
        return !all.isEmpty() ? all
                : fields.text("ClusterDNS").isEmpty() ? List.of() : List.of(fields.text("ClusterDNS"));
    }

    /// The networks of a field in its plural form, or of the singular one when that is missing.
    private List<String> networks(String field) {
        List<String> all = new ArrayList<>();
        for (Struct network : fields.seq(field + "s").structs()) {
            add(all, network(network));
        }
        if (all.isEmpty()) {
            add(all, network(fields.struct(field)));
        }
        return all;
    }

    private static void add(List<String> all, @Nullable String network) {
        if (network != null) {
            all.add(network);
        }
    }

    /// Go's `net.IPNet` in JSON, as `10.42.0.0/16`.
    private static @Nullable String network(Struct network) {
        if (network.text("IP").isEmpty() || network.text("Mask").isEmpty()) {
            return null;
        }
        byte[] mask = Base64.getDecoder().decode(network.text("Mask"));
        int bits = 0;
        for (byte part : mask) {
            bits += Integer.bitCount(part & 0xff);
        }
        try {
            byte[] address = InetAddress.ofLiteral(network.text("IP")).getAddress();
            boolean fits = address.length == mask.length && (mask.length == IP_4 || mask.length == IP_6);
            return fits ? new Cidr(InetAddress.getByAddress(address), bits).toString() : null;
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
