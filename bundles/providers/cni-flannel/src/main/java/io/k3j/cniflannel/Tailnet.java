package io.k3j.cniflannel;

import io.k3j.codec.Json;
import io.k3j.componenthelpers.Cidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The routes that this node advertises in its tailnet, by the host's `tailscale`
/// (<https://tailscale.com/kb/1080/cli>). Those that others have it advertise stay.
final class Tailnet {
    private final Programs programs;

    /// Programs of this machine.
    @FunctionalInterface
    interface Programs {
        /// The output of one.
        /// @throws IOException when it fails, with its complaint
        byte[] read(List<String> line) throws IOException;
    }

    Tailnet(Programs programs) {
        this.programs = programs;
    }

    /// Advertises these ranges of the pod network and no others of it, and accepts those of the other nodes.
    void advertise(List<Cidr> ranges, List<Cidr> cluster) throws IOException {
        List<String> all = new ArrayList<>(ranges.stream().map(r -> r.network().toString()).toList());
        foreign(cluster).stream().filter(r -> !all.contains(r)).forEach(all::add);
        programs.read(List.of("tailscale", "set", "--accept-routes", "--advertise-routes=" + String.join(",", all)));
    }

    /// Advertises none of the pod network.
    void withdraw(List<Cidr> cluster) throws IOException {
        programs.read(List.of("tailscale", "set", "--advertise-routes=" + String.join(",", foreign(cluster))));
    }

    /// What is advertised for others than the pod network. A range of it that is no longer this node's would lead
    /// another node's pods astray.
    private List<String> foreign(List<Cidr> cluster) throws IOException {
        try {
            return Json.object(programs.read(List.of("tailscale", "debug", "prefs"))).seq("AdvertiseRoutes").texts()
                    .stream().filter(r -> cluster.stream().noneMatch(c -> c.contains(Cidr.parse(r)))).toList();
        } catch (RuntimeException malformed) {
            throw new IOException("tailscale debug prefs: " + malformed.getMessage(), malformed);
        }
    }
}
