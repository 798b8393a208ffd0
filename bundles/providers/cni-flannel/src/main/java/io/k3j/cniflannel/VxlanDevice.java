package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.Backend;
import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// The desired VXLAN device of one family. Pure.
///
/// @param device the name of the device
/// @param outside the underlying interface
/// @param local the node's address there
/// @param mtu the MTU inside
/// @param range the pod CIDR of this node; its first address is the device's, the source of the node's own packets to
/// pods elsewhere
/// @param backend its options
record VxlanDevice(String device, String outside, String local, int mtu, Cidr range, Backend backend) {

    /// Whether the existing device (its entry in `ip -json -details link`) can stay.
    boolean fits(Struct there) {
        Struct data = there.struct("linkinfo").struct("info_data");
        String key = range.ipv6() ? "local6" : "local";
        return there.struct("linkinfo").text("info_kind").equals("vxlan") && data.whole("id", 0) == backend.vni()
                && data.whole("port", 0) == backend.port() && data.text("link").equals(outside)
                && data.flag("learning") == backend.learning() && data.has("gbp") == backend.groupPolicy()
                && same(data.text(key));
    }

    private boolean same(String address) {
        try {
            return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(local));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// The commands that create it, given the existing one (empty for none) and a MAC address for a new one.
    List<List<String>> commands(Struct there, String mac) {
        List<List<String>> lines = new ArrayList<>();
        boolean fits = !there.isEmpty() && fits(there);
        if (!there.isEmpty() && !fits) {
            lines.add(List.of("ip", "link", "delete", device));
        }
        if (!fits) {
            List<String> add = new ArrayList<>(List.of("ip", "link", "add", device, "address", mac, "mtu",
                    Integer.toString(mtu), "type", "vxlan", "id", Integer.toString(backend.vni()), "dev", outside,
                    "local", local, "dstport", Integer.toString(backend.port()),
                    backend.learning() ? "learning" : "nolearning"));
            add.addAll(backend.groupPolicy() ? List.of("gbp") : List.of());
            lines.add(add);
        } else if (there.whole("mtu", 0) != mtu) {
            lines.add(List.of("ip", "link", "set", device, "mtu", Integer.toString(mtu)));
        }
        lines.add(Host.address(device, range.base(), range.addressBits()));
        lines.add(List.of("ip", "link", "set", device, "up"));
        return lines;
    }
}
