package io.k3j.kubeproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.netfilter.NftTable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyOptionsTest {
    private static ProxyOptions options(String... arguments) {
        return ProxyOptions.of("here", List.of("10.42.0.0/16"), List.of("192.0.2.1"), List.of(arguments));
    }

    private static String frame(ProxyOptions options) {
        NftTable whole = new ProxyTable(Family.FOUR, new TableFrame(Family.FOUR, options)).whole();
        return whole.restated(Set.of());
    }

    @Test
    void defaultsAreThoseOfK3s() {
        ProxyOptions o = options();
        assertThat(o.healthz()).contains(new InetSocketAddress("127.0.0.1", 10256));
        assertThat(o.metrics()).contains(new InetSocketAddress("127.0.0.1", 10249));
        assertThat(o.mark()).isEqualTo("0x4000");
        assertThat(o.sysctls()).containsOnlyKeys("nf_conntrack_max", "nf_conntrack_tcp_timeout_established",
                "nf_conntrack_tcp_timeout_close_wait").containsEntry("nf_conntrack_tcp_timeout_established", "86400")
                .containsEntry("nf_conntrack_tcp_timeout_close_wait", "3600");
        assertThat(Long.parseLong(o.sysctls().get("nf_conntrack_max"))).isGreaterThanOrEqualTo(131_072);
        assertThat(frame(o)).contains("fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap");
    }

    @Test
    void argumentsChangeTheRules() {
        assertThat(frame(options("masquerade-all=true", "iptables-masquerade-bit=3")))
                .contains("services ip daddr @cluster-ips jump mark-for-masquerade", "meta mark or 0x8");
        assertThat(frame(options("nodeport-addresses=192.0.2.0/24,198.51.100.0/24")))
                .contains("nodeport-ips { 192.0.2.0/24, 198.51.100.0/24 }", "ip daddr @nodeport-ips");
        ProxyOptions primary = options("nodeport-addresses=primary");
        assertThat(frame(primary.on(List.of()))).as("while the node is not known").contains("{ 255.255.255.255/32 }");
        assertThat(frame(primary.on(List.of("192.0.2.1")))).contains("nodeport-ips { 192.0.2.1 }");
    }

    @Test
    void addressesMayBeAPortLess() {
        assertThat(options("healthz-bind-address=0.0.0.0").healthz()).contains(new InetSocketAddress("0.0.0.0", 10256));
        assertThat(options("metrics-bind-address=[::1]:99").metrics()).contains(new InetSocketAddress("::1", 99));
        assertThat(options("metrics-bind-address=").metrics()).isEmpty();
    }

    @Test
    void portsMayBeGivenApart() {
        ProxyOptions apart = options("healthz-port=99", "metrics-port=98", "metrics-bind-address=[::1]:97");
        assertThat(apart.healthz()).contains(new InetSocketAddress("127.0.0.1", 99));
        assertThat(apart.metrics()).as("a port of the address counts").contains(new InetSocketAddress("::1", 97));
        assertThat(options("healthz-port=0", "metrics-port=0").healthz()).isEmpty();
        assertThat(options("healthz-bind-address=0.0.0.0:1", "healthz-port=0").healthz()).isEmpty();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> options("healthz-port=65536"))
                .withMessage("--kube-proxy-arg=healthz-port=65536: must be from 0 to 65535");
    }

    @Test
    void writesAreAsFarApartAsIsSaid() {
        assertThat(options().leastPeriod()).isZero();
        assertThat(options("iptables-min-sync-period=10s").leastPeriod()).hasSeconds(10);
        assertThat(options("iptables-min-sync-period=500ms").leastPeriod()).hasMillis(500);
        for (String wrong : List.of("often", "-1s", "5")) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> options("iptables-min-sync-period=" + wrong))
                    .withMessageContaining("iptables-min-sync-period=" + wrong + ": is no duration");
        }
    }

    @Test
    void trackingIsSizedWhenAskedFor() {
        assertThat(options("conntrack-tcp-timeout-established=24h0m0s", "conntrack-udp-timeout=30s",
                "conntrack-tcp-be-liberal=true").sysctls())
                .containsEntry("nf_conntrack_tcp_timeout_established", "86400")
                .containsEntry("nf_conntrack_udp_timeout", "30").containsEntry("nf_conntrack_tcp_be_liberal", "1");
    }

    @Test
    void trackingIsLeftToTheKernelWhenZeroIsAskedFor() {
        assertThat(options("conntrack-max-per-core=0", "conntrack-tcp-timeout-established=0s",
                "conntrack-tcp-timeout-close-wait=0s").sysctls()).isEmpty();
    }

    @Test
    void whatTheKernelDoesNotHaveAsWantedIsWritten(@TempDir Path dir) throws IOException {
        Files.writeString(dir.resolve("same"), "5\n");
        FileTime before = FileTime.fromMillis(0);
        Files.setLastModifiedTime(dir.resolve("same"), before);
        Files.writeString(dir.resolve("other"), "6\n");
        Conntrack tracking = new Conntrack(dir, dir.resolve("hashsize"),
                Map.of("same", "5", "other", "5", "missing", "5"));
        tracking.size();
        assertThat(Files.getLastModifiedTime(dir.resolve("same"))).isEqualTo(before);
        assertThat(dir.resolve("other")).hasContent("5");
        assertThat(dir.resolve("missing")).doesNotExist();
        // connection tracking is loaded with the first rule that asks for it; what somebody sets later stays
        Files.writeString(dir.resolve("missing"), "6\n");
        Files.writeString(dir.resolve("other"), "7\n");
        tracking.size();
        assertThat(dir.resolve("missing")).hasContent("5");
        assertThat(dir.resolve("other")).hasContent("7\n");
    }

    @Test
    void tableOfConnectionsHasABucketForFourOfThem(@TempDir Path dir) throws IOException {
        Path buckets = Files.writeString(dir.resolve("hashsize"), "16384\n");
        Conntrack tracking = new Conntrack(dir, buckets, Map.of(Conntrack.MAX, "131072"));
        tracking.size();
        assertThat(buckets).as("nothing tracks connections yet").hasContent("16384\n");
        Files.writeString(dir.resolve(Conntrack.MAX), "65536\n");
        tracking.size();
        assertThat(buckets).hasContent("32768");
        Files.writeString(buckets, "65536\n");
        new Conntrack(dir, buckets, Map.of(Conntrack.MAX, "131072")).size();
        assertThat(buckets).as("never fewer").hasContent("65536\n");
        Files.writeString(buckets, "1\n");
        new Conntrack(dir, buckets, Map.of()).size();
        assertThat(buckets).as("left to the kernel").hasContent("1\n");
    }

    @Test
    void manyProcessorsTrackAMillionConnections() {
        assertThat(options("conntrack-max-per-core=16777216", "conntrack-min=2000000").sysctls())
                .containsEntry(Conntrack.MAX, "1048576");
        assertThat(options("conntrack-max-per-core=1", "conntrack-min=2000000").sysctls())
                .containsEntry(Conntrack.MAX, "2000000");
    }

    /// As the command line makes them of a file of `--kube-proxy-arg=config`.
    @Test
    void argumentsThatAFileHasBecomeAreUnderstood() {
        ProxyOptions o = options("healthz-bind-address=[::]:10256", "metrics-bind-address=127.0.0.1:10249",
                "conntrack-max-per-core=32768", "conntrack-tcp-timeout-established=24h",
                "conntrack-tcp-timeout-close-wait=1h", "proxy-mode=nftables", "cluster-cidr=10.1.0.0/16,fd42::/56",
                "nodeport-addresses=192.0.2.0/24,2001:db8::/64", "config=/etc/kube-proxy.yaml");
        assertThat(o.healthz()).contains(new InetSocketAddress("::", 10256));
        assertThat(o.podNetworks()).containsExactly("10.1.0.0/16", "fd42::/56");
        assertThat(o.nodePortAddresses()).containsExactly("192.0.2.0/24", "2001:db8::/64");
        assertThat(o.sysctls()).containsKey("nf_conntrack_max")
                .containsEntry("nf_conntrack_tcp_timeout_established", "86400")
                .containsEntry("nf_conntrack_tcp_timeout_close_wait", "3600");
    }

    @Test
    void whatIsWrongIsNamedAllAtOnce() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> options("proxy-mode=ipvs", "iptables-masquerade-bit=32", "nodeport-addresses=x",
                        "conntrack-udp-timeout=soon", "healthz-bind-address=nowhere", "masquerade-all=perhaps"))
                .withMessageContaining("--kube-proxy-arg=proxy-mode=ipvs: there are nftables only")
                .withMessageContaining("iptables-masquerade-bit=32: must be from 0 to 31")
                .withMessageContaining("nodeport-addresses=x: is no list of networks")
                .withMessageContaining("conntrack-udp-timeout=soon: is no duration")
                .withMessageContaining("healthz-bind-address=nowhere: is no address")
                .withMessageContaining("masquerade-all=perhaps: is neither true nor false");
    }
}
