package io.k3j.kubeletconfig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the file of kube-proxy becomes, and what is said of one that is wrong.
class KubeProxyArgumentsTest {
    private static final String HEAD = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";
    /// What upstream's defaulting puts into a file that says nothing, as far as a node does otherwise.
    private static final List<String> DEFAULTS = List.of("healthz-bind-address=0.0.0.0:10256",
            "metrics-bind-address=127.0.0.1:10249", "conntrack-max-per-core=32768",
            "conntrack-tcp-timeout-established=24h", "conntrack-tcp-timeout-close-wait=1h");
    @TempDir
    private Path home;

    private Path file(String text) throws IOException {
        return Files.writeString(home.resolve("kube-proxy.yaml"), text);
    }

    private KubeProxyArguments read(String text) throws IOException {
        return KubeProxyArguments.read(file(HEAD + text).toString());
    }

    private static List<String> texts(KubeProxyArguments read) {
        assertThat(read.problems()).isEmpty();
        return read.arguments().stream().map(KubeProxyArguments.Argument::text).toList();
    }

    @Test
    void whatAFileLeavesOutHasUpstreamsDefaultsAndNotThoseOfK3s() throws IOException {
        KubeProxyArguments read = read("");
        assertThat(texts(read)).containsExactlyElementsOf(DEFAULTS);
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void fieldsBecomeArguments() throws IOException {
        KubeProxyArguments read = read("""
                hostnameOverride: here
                healthzBindAddress: 192.0.2.1
                metricsBindAddress: "[::]:9999"
                mode: iptables
                clusterCIDR: 10.42.0.0/16,fd42::/56
                nodePortAddresses: [192.0.2.0/24, 2001:db8::/64]
                iptables: {masqueradeBit: 0, masqueradeAll: true, minSyncPeriod: 10s}
                conntrack:
                  maxPerCore: 0
                  min: 1000
                  tcpEstablishedTimeout: 2h0m0s
                  tcpCloseWaitTimeout: 0s
                  tcpBeLiberal: true
                  udpTimeout: 30s
                  udpStreamTimeout: 3m
                featureGates: {ClusterTrustBundle: true}
                logging: {format: json, verbosity: 4, vmodule: [{filePattern: kubeproxy, verbosity: 6}]}
                """);
        assertThat(texts(read)).containsExactlyInAnyOrder("hostname-override=here", "healthz-bind-address=192.0.2.1",
                "metrics-bind-address=[::]:9999", "proxy-mode=iptables", "cluster-cidr=10.42.0.0/16,fd42::/56",
                "nodeport-addresses=192.0.2.0/24,2001:db8::/64", "iptables-masquerade-bit=0", "masquerade-all=true",
                "iptables-min-sync-period=10s", "conntrack-max-per-core=0", "conntrack-min=1000",
                "conntrack-tcp-timeout-established=2h0m0s", "conntrack-tcp-be-liberal=true",
                "conntrack-udp-timeout=30s", "conntrack-udp-timeout-stream=3m", "feature-gates=ClusterTrustBundle=true",
                "logging-format=json", "v=4", "vmodule=kubeproxy=6");
        assertThat(read.arguments()).contains(
                new KubeProxyArguments.Argument("iptables.masqueradeBit", "iptables-masquerade-bit=0"));
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void theModeSaysWhoseFieldsCount() throws IOException {
        String both = """
                iptables: {masqueradeBit: 3, localhostNodePorts: true}
                nftables: {masqueradeBit: 5, masqueradeAll: true, minSyncPeriod: 2s}
                """;
        assertThat(texts(read(both))).contains("iptables-masquerade-bit=3", "iptables-localhost-nodeports=true")
                .doesNotContain("iptables-masquerade-bit=5", "masquerade-all=true", "iptables-min-sync-period=2s");
        assertThat(texts(read("mode: nftables\n" + both)))
                .contains("iptables-masquerade-bit=5", "masquerade-all=true", "iptables-min-sync-period=2s")
                .doesNotContain("iptables-masquerade-bit=3", "iptables-localhost-nodeports=true");
    }

    @Test
    void addressesThatAreLeftOutAreOfTheFamilyOfTheBindAddress() throws IOException {
        assertThat(texts(read("bindAddress: \"::\"\nhealthzBindAddress: \"\"\nmetricsBindAddress: null\n")))
                .contains("healthz-bind-address=[::]:10256", "metrics-bind-address=[::1]:10249");
    }

    /// What nothing here does is told by the name of its argument.
    @Test
    void whatHasAnArgumentThatNothingActsOnIsThatArgument() throws IOException {
        assertThat(texts(read("""
                bindAddress: 192.0.2.1
                bindAddressHardFail: true
                enableProfiling: true
                showHiddenMetricsForVersion: "1.35"
                detectLocalMode: NodeCIDR
                detectLocal: {bridgeInterface: br0, interfaceNamePrefix: veth}
                ipvs: {scheduler: lc, strictARP: true, excludeCIDRs: [10.0.0.0/8], tcpTimeout: 1m}
                clientConnection: {qps: 50, burst: 100, contentType: application/json}
                oomScoreAdj: -500
                configSyncPeriod: 1m
                iptables: {syncPeriod: 1m}
                """))).contains("bind-address=192.0.2.1", "bind-address-hard-fail=true", "profiling=true",
                "show-hidden-metrics-for-version=1.35", "detect-local-mode=NodeCIDR", "pod-bridge-interface=br0",
                "pod-interface-name-prefix=veth", "ipvs-scheduler=lc", "ipvs-strict-arp=true",
                "ipvs-exclude-cidrs=10.0.0.0/8", "ipvs-tcp-timeout=1m", "kube-api-qps=50", "kube-api-burst=100",
                "kube-api-content-type=application/json", "oom-score-adj=-500", "config-sync-period=1m",
                "iptables-sync-period=1m");
    }

    /// As kubeadm writes it.
    @Test
    void aFileOfZerosSaysNothing() throws IOException {
        KubeProxyArguments read = read("""
                bindAddress: 0.0.0.0
                bindAddressHardFail: false
                clientConnection: {acceptContentTypes: "", burst: 0, contentType: "", kubeconfig: /var/lib/a, qps: 0}
                clusterCIDR: ""
                configSyncPeriod: 0s
                conntrack:
                  {maxPerCore: null, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null,
                   tcpEstablishedTimeout: null, udpStreamTimeout: 0s, udpTimeout: 0s}
                detectLocal: {bridgeInterface: "", interfaceNamePrefix: ""}
                detectLocalMode: ""
                enableProfiling: false
                healthzBindAddress: ""
                hostnameOverride: ""
                iptables: {localhostNodePorts: null, masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s,
                  syncPeriod: 0s}
                ipvs: {excludeCIDRs: null, minSyncPeriod: 0s, scheduler: "", strictARP: false, syncPeriod: 0s,
                  tcpFinTimeout: 0s, tcpTimeout: 0s, udpTimeout: 0s}
                logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}}, verbosity: 0}
                metricsBindAddress: ""
                mode: ""
                nftables: {masqueradeAll: false, masqueradeBit: null, minSyncPeriod: 0s, syncPeriod: 0s}
                nodePortAddresses: null
                oomScoreAdj: null
                portRange: ""
                showHiddenMetricsForVersion: ""
                winkernel: {enableDSR: false, forwardHealthCheckVip: false, networkName: "", sourceVip: ""}
                """);
        assertThat(texts(read)).containsExactlyElementsOf(DEFAULTS);
        assertThat(read.warnings()).isEmpty();
    }

    @Test
    void whatUpstreamsLenientReaderTakesIsTakenWithAWarning() throws IOException {
        KubeProxyArguments read = read("clusterCidr: 10.0.0.0/8\nudpIdleTimeout: 250ms\nmode: iptables\n"
                + "mode: nftables\n");
        assertThat(texts(read)).contains("proxy-mode=nftables");
        assertThat(read.warnings()).hasSize(3).allMatch(w -> w.startsWith(home.resolve("kube-proxy.yaml") + ": "))
                .anyMatch(w -> w.contains("unknown field clusterCidr is ignored; did you mean clusterCIDR?"))
                .anyMatch(w -> w.contains("unknown field udpIdleTimeout is ignored"))
                .anyMatch(w -> w.contains("\"mode\" already set in map; the last one counts"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "mode: ipvs|: mode=ipvs: there are nftables only; leave it out",
            "healthzBindAddress: nowhere|: healthzBindAddress: \"nowhere\" is not an address with a port such as 127",
            "metricsBindAddress: 127.0.0.1:0|: metricsBindAddress: \"127.0.0.1:0\" is not an address with a port",
            "metricsBindAddress: ':10249'|: metricsBindAddress: \":10249\" is not an address with a port",
            "metricsBindAddress: 0.0.0.0:65536|is not an address with a port",
            "clusterCIDR: 10.42.0.0|: clusterCIDR: \"10.42.0.0\" is not a network such as 10.42.0.0/16",
            "clusterCIDR: 10.42.0.0/16,10.43.0.0/16|is not a network such as 10.42.0.0/16, or one of each family",
            "clusterCIDR: 10.42.0.0/33|is not a network",
            "nodePortAddresses: [primary, 10.0.0.0/8]|: nodePortAddresses: what is there is not a list of networks",
            "nodePortAddresses: 10.0.0.0/8|: nodePortAddresses: \"10.0.0.0/8\" is not a list of networks",
            "iptables: {masqueradeBit: 32}|: iptables.masqueradeBit: 32 must be from 0 to 31",
            "conntrack: {maxPerCore: -1}|: conntrack.maxPerCore: -1 must be from 0 to 16777216",
            "conntrack: {udpTimeout: -1s}|: conntrack.udpTimeout: \"-1s\" is not a duration such as 1m30s, not below",
            "iptables: {minSyncPeriod: soon}|: iptables.minSyncPeriod: \"soon\" is not a duration",
            "conntrack: 5|: conntrack: 5 is not a map of fields; write below it for example maxPerCore",
            "logging: {vmodule: [{filePattern: 'a=b', verbosity: 1}]}|: logging.vmodule: what is there is not a list",
            "oomScoreAdj: 1001|: oomScoreAdj: 1001 must be from -1000 to 1000",
            "featureGates: {A: maybe}|: featureGates: what is there is not names with true or false",
            "`mode: [`|is not a KubeProxyConfiguration: "})
    void aFieldThatIsWrongIsNamedWithTheFile(String text, String why) throws IOException {
        KubeProxyArguments read = read(text + "\n");
        assertThat(read.problems()).singleElement().asString()
                .startsWith(home.resolve("kube-proxy.yaml").toString()).contains(why);
        assertThat(read.arguments()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsToldWithWhatToDo() throws IOException {
        Path absent = home.resolve("absent.yaml");
        assertThat(KubeProxyArguments.read(absent.toString()).problems()).containsExactly(absent
                + " cannot be read: NoSuchFileException; write a KubeProxyConfiguration there or leave it out of"
                + " --kube-proxy-arg");
        assertThat(KubeProxyArguments.read(home.toString()).problems()).singleElement().asString()
                .startsWith(home + " cannot be read: it is a directory; write a KubeProxyConfiguration there");
        assertThat(KubeProxyArguments.read("a\0b").problems()).singleElement().asString().contains(" cannot be read: ");
        assertThat(KubeProxyArguments.read(file("").toString()).problems()).singleElement().asString()
                .endsWith(" is not a KubeProxyConfiguration: it is empty; correct it");
        assertThat(KubeProxyArguments.read(file(HEAD + "#".repeat(1 << 20)).toString()).problems()).singleElement()
                .asString().endsWith(": it has more than 1048576 bytes; correct it");
    }

    @Test
    void anotherObjectIsRefused() throws IOException {
        String wanted = ": its first lines must be apiVersion: kubeproxy.config.k8s.io/v1alpha1 and kind: "
                + "KubeProxyConfiguration";
        List<String> others = List.of(HEAD.replace("v1alpha1", "v1alpha2"), HEAD.replace("Proxy", "let"),
                "mode: ipvs\n");
        for (String other : others) {
            assertThat(KubeProxyArguments.read(file(other).toString()).problems()).as(other).singleElement().asString()
                    .endsWith(wanted);
        }
    }
}
