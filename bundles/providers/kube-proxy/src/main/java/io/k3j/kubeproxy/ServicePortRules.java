package io.k3j.kubeproxy;

import io.k3j.kubeproxy.TablePiece.Element;
import io.k3j.kubeproxy.TableFrame.Where;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What one service port needs in the table of its family, by claim. Pure.
///
/// Most ports need elements only ([TableFrame]). One with client affinity has chains of its own, and so has one whose
/// endpoints times addresses are many: an element for each pair would be more than a chain.
final class ServicePortRules {
    /// Of elements for one port. Beyond it a chain of its own is smaller.
    private static final int MOST_ELEMENTS = 512;
    /// Of elements for all ports of a Service.
    private static final int MOST_OF_SERVICE = 65_536;
    private static final int LONGEST_NAME = 200;
    private final Family family;
    private final TableFrame frame;
    private final List<String> podNetworks;
    private final ServicePort p;
    private final String age;
    /// Asked for each of its addresses, of which there may be thousands, as of its endpoints.
    private final boolean served;
    /// Whether it has chains of its own.
    private final boolean own;
    private final Map<String, TablePiece> pieces = new LinkedHashMap<>();

    private ServicePortRules(TableFrame frame, List<String> podNetworks, ServicePort p, String age, int ports) {
        this.family = frame.family;
        this.frame = frame;
        this.podNetworks = podNetworks;
        this.p = p;
        this.age = age;
        this.served = p.served();
        int entries = p.clusterIps().size() + p.addresses().size() + (p.nodePort() > 0 ? 1 : 0)
                + (p.carried() ? 1 : 0);
        long elements = (long) entries * (p.all().size() + p.local().size());
        this.own = p.affinitySeconds() > 0 || elements > Math.min(MOST_ELEMENTS, MOST_OF_SERVICE / ports);
    }

    /// The pieces of a port.
    ///
    /// @param age of two Services with the same address and port the one whose age sorts first has it
    /// @param ports how many its Service has
    static Map<String, TablePiece> of(TableFrame frame, List<String> podNetworks, ServicePort p, String age,
            int ports) {
        ServicePortRules rules = new ServicePortRules(frame, podNetworks, p, age, ports);
        p.clusterIps().forEach(rules::internal);
        p.addresses().forEach(rules::address);
        if (p.nodePort() > 0) {
            rules.entry(Where.PORT, p.protocol() + " . " + p.nodePort(), new ArrayList<>());
        }
        if (p.carried()) {
            rules.carried();
        }
        rules.locals();
        return rules.pieces;
    }

    /// Cluster addresses go before all others, so that nobody takes one by an external address.
    private void internal(String ip) {
        String key = ip + " . " + p.protocol() + " . " + p.port();
        List<Element> elements = new ArrayList<>();
        if (p.internal().isEmpty()) {
            elements.add(new Element(TableFrame.EMPTY_IPS, key, served ? "drop" : TableFrame.REJECT));
        } else {
            String spread = spread(Where.IP, p.internalLocal(), key, elements);
            elements.add(new Element(TableFrame.IPS, key, "goto " + spread));
        }
        pieces.put("ip " + key, TablePiece.of("0" + age, elements));
        pieces.put("cluster " + ip,
                TablePiece.of("", List.of(new Element(TableFrame.CLUSTER_IPS, ip, ""))));
    }

    private void address(String ip) {
        String key = ip + " . " + p.protocol() + " . " + p.port();
        List<Element> elements = new ArrayList<>();
        if (p.sources().limited() && p.balancers().contains(ip)) {
            elements.add(new Element(TableFrame.FIREWALL, key, "goto " + firewall()));
        }
        entry(Where.IP, key, elements);
    }

    /// The port answers where nothing else knows the address: behind a translation, at a second or a virtual one.
    private void carried() {
        String key = p.protocol() + " . " + p.port();
        List<Element> elements = new ArrayList<>();
        if (p.sources().limited()) {
            elements.add(new Element(TableFrame.FIREWALL_HOST_PORTS, key, "goto " + firewall()));
        }
        entry(Where.HOST, key, elements);
    }

    private String firewall() {
        String firewall = name("firewall", p.id());
        if (pieces.containsKey(ProxyTable.CHAIN + firewall)) {
            return firewall;
        }
        chain(firewall, List.of(p.sources().networks().isEmpty() ? "drop"
                : family.word() + " saddr != { " + String.join(", ", p.sources().networks()) + " } drop"));
        return firewall;
    }

    /// An entry for packets from outside.
    private void entry(Where where, String key, List<Element> elements) {
        if (p.external().isEmpty()) {
            elements.add(new Element(where.empty(), key, served ? "drop" : TableFrame.REJECT));
        }
        if (served) {
            elements.add(new Element(where.map(), key, "goto " + external(where, key, elements)));
        }
        pieces.put(where.word() + " " + key, TablePiece.of("1" + age, elements));
    }

    /// With a local policy packets of this node and its pods go to any endpoint all the same, as if they had come
    /// back from the load balancer; without a rule that fits they fall through, and are dropped.
    private String external(Where where, String key, List<Element> elements) {
        String suffix = own ? p.id() : where.word() + "-" + p.all().size() + (p.externalLocal() ? "-"
                + p.local().size() : "");
        String name = own ? name("external", suffix) : "external-" + suffix;
        List<String> rules = new ArrayList<>();
        if (!p.externalLocal()) {
            rules.add(TableFrame.MASQUERADE);
            rules.add("goto " + spread(where, false, key, elements));
        } else {
            if (!p.all().isEmpty()) {
                String all = spread(where, false, key, elements);
                podNetworks.forEach(n -> rules.add(family.word() + " saddr " + n + " goto " + all));
                rules.add("fib saddr type local " + TableFrame.MASQUERADE);
                rules.add("fib saddr type local goto " + all);
            }
            if (!p.local().isEmpty()) {
                rules.add("goto " + spread(where, true, key, elements));
            }
        }
        chain(name, rules);
        return name;
    }

    /// @return the chain that leads to one of the endpoints
    private String spread(Where where, boolean local, String key, List<Element> elements) {
        List<ServiceEndpoint> endpoints = local ? p.local() : p.all();
        if (own) {
            return ownSpread(local, endpoints);
        }
        String map = TableFrame.endpoints(where, local);
        for (int i = 0; i < endpoints.size(); i++) {
            elements.add(new Element(map, i + " . " + key, endpoints.get(i).element()));
        }
        String name = "spread-" + (local ? "local-" : "") + where.word() + "-" + endpoints.size();
        chain(name, frame.spread(where, local, endpoints.size()));
        return name;
    }

    private String ownSpread(boolean local, List<ServiceEndpoint> endpoints) {
        String name = name(local ? "local" : "service", p.id());
        if (pieces.containsKey(ProxyTable.CHAIN + name)) {
            return name;
        }
        if (p.affinitySeconds() > 0) {
            chain(name, sticky(endpoints));
        } else {
            List<String> numbered = new ArrayList<>();
            endpoints.forEach(e -> numbered.add(numbered.size() + " : " + e.element()));
            chain(name,
                    List.of("meta l4proto " + p.protocol() + " dnat " + family.word() + " to numgen random mod "
                            + endpoints.size() + " map { "
                            + String.join(", ", numbered) + " }"));
        }
        return name;
    }

    private List<String> sticky(List<ServiceEndpoint> endpoints) {
        List<String> rules = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        for (ServiceEndpoint e : endpoints) {
            String at = p.id() + "__" + e.address() + "/" + e.port();
            // the timeout is a part of the name, because a set cannot change it
            String clients = name("affinity", at + "/" + p.affinitySeconds());
            pieces.put(ProxyTable.SET + clients, TablePiece.dynamicSet("", clients,
                    "type " + family.type() + "; flags dynamic,timeout; timeout " + p.affinitySeconds() + "s;"));
            String endpoint = name("endpoint", at);
            chain(endpoint, List.of("update @" + clients + " { " + family.word() + " saddr }",
                    "meta l4proto " + p.protocol() + " dnat to " + family.target(e.address(), e.port())));
            rules.add(family.word() + " saddr @" + clients + " goto " + endpoint);
            verdicts.add(verdicts.size() + " : goto " + endpoint);
        }
        rules.add("numgen random mod " + endpoints.size() + " vmap { " + String.join(", ", verdicts) + " }");
        return rules;
    }

    private void locals() {
        for (ServiceEndpoint e : p.some()) {
            String a = e.address();
            pieces.put("hairpin " + a, TablePiece.of("", List.of(new Element(TableFrame.HAIRPIN, a + " . " + a, ""))));
            if (e.local()) {
                pieces.put("local " + a, TablePiece.of("", List.of(new Element(TableFrame.LOCAL, a, ""))));
            }
        }
    }

    private void chain(String name, List<String> rules) {
        pieces.put(ProxyTable.CHAIN + name, TablePiece.chain("", name, List.copyOf(rules)));
    }

    /// A unique name that is still recognizable.
    private static String name(String sort, String id) {
        String readable = id.chars()
                .map(c -> c == '/' || c == '-' || c == '_' || Character.isLetterOrDigit(c) ? c : '.')
                .mapToObj(c -> String.valueOf((char) c)).collect(Collectors.joining());
        String name = sort + "-" + digest(id) + "-" + readable;
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
    }

    private static String digest(String id) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
