package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.FlannelConf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A `tailscale` that says what the real one says (1.86).
class TailnetTest {
    private static final List<Cidr> CLUSTER = List.of(Cidr.parse("10.42.0.0/16"), Cidr.parse("fd00:42::/56"));
    private static final List<Cidr> RANGES = List.of(Cidr.parse("10.42.1.0/24"), Cidr.parse("fd00:42:0:1::/64"));
    private final List<String> lines = new ArrayList<>();
    private String routes = "null";
    private final Tailnet tailnet = new Tailnet(line -> {
        lines.add(String.join(" ", line));
        return line.contains("prefs") ? ("{\"ControlURL\": \"https://controlplane.tailscale.com\", \"RouteAll\": true,"
                + " \"WantRunning\": true, \"AdvertiseRoutes\": " + routes + ", \"NoSNAT\": false}")
                .getBytes(StandardCharsets.UTF_8) : new byte[0];
    });

    @Test
    void theNodesRangesAreAdvertisedTogether() throws IOException {
        tailnet.advertise(RANGES, CLUSTER);
        assertThat(lines).containsExactly("tailscale debug prefs",
                "tailscale set --accept-routes --advertise-routes=10.42.1.0/24,fd00:42:0:1::/64");
    }

    @Test
    void otherRoutesStayButFormerRangesDoNot() throws IOException {
        routes = "[\"192.168.7.0/24\", \"10.42.9.0/24\", \"10.42.1.0/24\"]";
        tailnet.advertise(RANGES, CLUSTER);
        assertThat(lines).last()
                .isEqualTo(
                        "tailscale set --accept-routes --advertise-routes=10.42.1.0/24,"
                                + "fd00:42:0:1::/64,192.168.7.0/24");
        tailnet.withdraw(CLUSTER);
        assertThat(lines).last().isEqualTo("tailscale set --advertise-routes=192.168.7.0/24");
    }

    @Test
    void whatMakesNoSenseChangesNothing() {
        routes = "[\"; reboot\"]";
        assertThatThrownBy(() -> tailnet.advertise(RANGES, CLUSTER)).isInstanceOf(IOException.class);
        assertThat(lines).containsExactly("tailscale debug prefs");
    }

    @Test
    void otherNodesNeedNoRoutesOfOurs() {
        Lease other = new Lease("n2", "extension", List.of(
                new PeerAddress(Cidr.parse("10.42.2.0/24"), "100.64.0.2", "", 0)));
        RouteTables wanted = RouteTables.wanted(FlannelConf.ofFlags("tailscale", CLUSTER).backend(), false,
                new ExternalInterface("tailscale0", 1280, "100.64.0.1", "", List.of()), List.of(other));
        assertThat(wanted.routes()).isEmpty();
        assertThat(other.annotations()).containsEntry("flannel.alpha.coreos.com/backend-type", "extension");
    }
}
