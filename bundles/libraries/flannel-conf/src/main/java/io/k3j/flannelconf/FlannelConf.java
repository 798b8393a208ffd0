package io.k3j.flannelconf;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The pod network of one node.
///
/// @param networks what the pod network is to this node, at most one of a family, IPv4 first: traffic that leaves it is
/// masqueraded. By the flags it is `--cluster-cidr`; a file may make it larger
/// @param backend how pods of other nodes are reached
public record FlannelConf(List<Cidr> networks, Backend backend) {
    private static final int MOST_BYTES = 65_536;

    /// The fields of an address family.
    private enum Family {
        IPV4("EnableIPv4", "Network", false), IPV6("EnableIPv6", "IPv6Network", true);

        private final String enable;
        private final String network;
        private final boolean ipv6;

        Family(String enable, String network, boolean ipv6) {
            this.enable = enable;
            this.network = network;
            this.ipv6 = ipv6;
        }
    }

    /// What the servers' flags say.
    /// @throws IllegalArgumentException for an unknown backend, with K3s' message
    public static FlannelConf ofFlags(String flannelBackend, List<Cidr> clusterCidrs) {
        return new FlannelConf(clusterCidrs.stream().map(Cidr::network)
                .sorted((a, b) -> Boolean.compare(a.ipv6(), b.ipv6())).toList(), Backend.ofFlag(flannelBackend));
    }

    /// The file of `--flannel-conf`. Of another backend than `--flannel-backend` it is the file's that counts, as in
    /// K3s.
    /// @param clusterCidrs `--cluster-cidr`, which the file must not contradict; empty when it is not known yet
    /// @throws IllegalArgumentException naming flag and file, when it cannot be read or contradicts the cluster
    public static FlannelConf read(Path file, List<Cidr> clusterCidrs) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MOST_BYTES + 1);
            if (text.length > MOST_BYTES) {
                throw new IllegalArgumentException("it has more than " + MOST_BYTES + " bytes");
            }
            return parse(text, clusterCidrs);
        } catch (IOException e) {
            throw refused(file, "it cannot be read: " + e.getClass().getSimpleName());
        } catch (IllegalArgumentException e) {
            throw refused(file, String.valueOf(e.getMessage()));
        }
    }

    private static IllegalArgumentException refused(Path file, String why) {
        return new IllegalArgumentException("--flannel-conf " + file + ": " + why
                + "; mend the file (docs/networking.md has one) or start without --flannel-conf");
    }

    private static FlannelConf parse(byte[] text, List<Cidr> clusterCidrs) {
        ConfFields fields = new ConfFields("", object(text));
        List<Cidr> networks = Arrays.stream(Family.values()).flatMap(f -> network(fields, f, clusterCidrs).stream())
                .toList();
        if (networks.isEmpty()) {
            throw new IllegalArgumentException("EnableIPv4 and EnableIPv6 are both false, one must be true");
        }
        return new FlannelConf(networks, Backend.of(fields.object("Backend")));
    }

    private static Struct object(byte[] text) {
        try {
            return Json.object(text);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("it is no JSON object: " + e.getMessage(), e);
        }
    }

    private static Optional<Cidr> network(ConfFields fields, Family family, List<Cidr> clusterCidrs) {
        boolean enabled = fields.flag(family.enable, !family.ipv6);
        List<Cidr> cluster = clusterCidrs.stream().filter(c -> c.ipv6() == family.ipv6).toList();
        if (!clusterCidrs.isEmpty() && enabled == cluster.isEmpty()) {
            throw fields.wrong(family.enable, enabled, !enabled + ", for --cluster-cidr is " + clusterCidrs);
        }
        if (!enabled) {
            return Optional.empty();
        }
        Cidr network = cidr(fields, family);
        cluster.stream().filter(c -> !network.contains(c)).findFirst().ifPresent(c -> {
            throw fields.wrong(family.network, network, "--cluster-cidr " + c + " or a network around it");
        });
        return Optional.of(network);
    }

    private static Cidr cidr(ConfFields fields, Family family) {
        String text = fields.text(family.network);
        try {
            Cidr network = Cidr.parse(text).network();
            if (network.ipv6() == family.ipv6 && network.bits() > 0) {
                return network;
            }
        } catch (IllegalArgumentException e) {
            System.getLogger("io.k3j.flannelconf").log(System.Logger.Level.DEBUG, "No network: {0}", e.getMessage());
        }
        throw fields.wrong(family.network, text,
                "a network such as " + (family.ipv6 ? "fd00:42::/56" : "10.42.0.0/16"));
    }

    /// The file `net-conf.json` as K3s writes it, for flannel's tools.
    public byte[] text() {
        return Json.pretty(Struct.of("Network", network(false, "0.0.0.0/0"), "EnableIPv6",
                networks.stream().anyMatch(Cidr::ipv6), "EnableIPv4", networks.stream().anyMatch(c -> !c.ipv6()),
                "IPv6Network", network(true, "::/0"), "Backend", backend.object()));
    }

    private String network(boolean ipv6, String otherwise) {
        return networks.stream().filter(c -> c.ipv6() == ipv6).findFirst().map(Cidr::toString).orElse(otherwise);
    }
}
