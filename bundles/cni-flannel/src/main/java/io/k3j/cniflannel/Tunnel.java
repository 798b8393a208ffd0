package io.k3j.cniflannel;

import io.k3j.model.Struct;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/// The VXLAN device of one family as it should be. Pure.
///
/// @param device its name
/// @param outside the link it sends over
/// @param local this node's address there
/// @param mtu of packets inside
/// @param range this node's pods; the device has the range's own address, which is the source of what the node
///        itself sends to pods elsewhere
record Tunnel(String device, String outside, String local, int mtu, Range range) {
    private static final int VNI = 1;
    private static final int PORT = 8472;

    /// Whether the device that is there (its entry in `ip -json -details link`) can stay.
    boolean fits(Struct there) {
        Struct data = there.struct("linkinfo").struct("info_data");
        String key = range.six() ? "local6" : "local";
        return there.struct("linkinfo").text("info_kind").equals("vxlan") && data.whole("id", 0) == VNI
                && data.whole("port", 0) == PORT && data.text("link").equals(outside)
                && !data.flag("learning") && same(data.text(key));
    }

    private boolean same(String address) {
        try {
            return InetAddress.ofLiteral(address).equals(InetAddress.ofLiteral(local));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// The commands that make it, given what is there (empty: nothing) and the MAC address a new one gets.
    List<List<String>> commands(Struct there, String mac) {
        List<List<String>> lines = new ArrayList<>();
        boolean fits = !there.isEmpty() && fits(there);
        if (!there.isEmpty() && !fits) {
            lines.add(List.of("ip", "link", "delete", device));
        }
        if (!fits) {
            lines.add(List.of("ip", "link", "add", device, "address", mac, "mtu", Integer.toString(mtu), "type",
                    "vxlan",
                    "id", Integer.toString(VNI), "dev", outside, "local", local, "dstport", Integer.toString(PORT),
                    "nolearning"));
        } else if (there.whole("mtu", 0) != mtu) {
            lines.add(List.of("ip", "link", "set", device, "mtu", Integer.toString(mtu)));
        }
        lines.add(List.of("ip", range.six() ? "-6" : "-4", "address", "replace",
                range.address() + (range.six() ? "/128" : "/32"), "dev", device));
        lines.add(List.of("ip", "link", "set", device, "up"));
        return lines;
    }
}
