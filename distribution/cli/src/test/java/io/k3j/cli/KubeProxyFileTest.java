package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.launcher.LaunchPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a server runs kube-proxy by where `--kube-proxy-arg=config` names a file.
class KubeProxyFileTest {
    private static final String DEFAULTS = "metrics-bind-address=127.0.0.1:10249,conntrack-max-per-core=32768,"
            + "conntrack-tcp-timeout-established=24h,conntrack-tcp-timeout-close-wait=1h";
    @TempDir
    private Path directory;
    private final List<String> warnings = new ArrayList<>();
    private Path config;
    private Path file;

    @BeforeEach
    void noFields() throws IOException {
        config = Files.writeString(directory.resolve("config.yaml"), "");
        file = directory.resolve("kube-proxy.yaml");
        fields("");
    }

    private void fields(String text) throws IOException {
        Files.writeString(file, "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n" + text);
    }

    private LaunchPlan plan(String... more) {
        Host host = new Host("node-1", true, "/root", List.of("192.0.2.7"), List.of(),
                Instant.parse("2026-01-01T00:00:00Z"), Map.of("K3S_CONFIG_FILE", config.toString()), directory,
                line -> {
                    throw new IOException(line.getFirst());
                });
        List<String> arguments = new ArrayList<>(List.of("--kube-proxy-arg=--config=" + file));
        arguments.addAll(List.of(more));
        return PlanBuilder.build("server", arguments, host, warnings);
    }

    private String arguments(String... more) {
        return String.join(",", (String[]) plan(more).settings().get("kubeProxyArg"));
    }

    @Test
    void theFileTakesThePlaceOfOtherFlagsAndOfThoseOfK3s() throws IOException {
        fields("iptables: {masqueradeAll: true}\n");
        assertThat(arguments("--kube-proxy-arg=masquerade-all=false", "--kube-proxy-arg=healthz-bind-address=192.0.2.7",
                "--kube-proxy-arg=feature-gates=NoSuchGate=true"))
                .isEqualTo("healthz-bind-address=0.0.0.0:10256,metrics-bind-address=127.0.0.1:10249,"
                        + "masquerade-all=true,conntrack-max-per-core=32768,conntrack-tcp-timeout-established=24h,"
                        + "conntrack-tcp-timeout-close-wait=1h,config=" + file);
        String beside = " (command line) has no effect beside --kube-proxy-arg=config, as upstream; say it in " + file;
        assertThat(warnings).containsExactly("--kube-proxy-arg=masquerade-all=false" + beside,
                "--kube-proxy-arg=healthz-bind-address=192.0.2.7" + beside,
                "--kube-proxy-arg=feature-gates=NoSuchGate=true" + beside);
    }

    @Test
    void theNodesNameAndTheLogAreThoseOfFlags() throws IOException {
        fields("hostnameOverride: other\nlogging: {format: json, verbosity: 2}\n");
        LaunchPlan plan = plan("--kube-proxy-arg=logging-format=text", "--kube-proxy-arg=hostname-override=here",
                "--kube-proxy-arg=v=5");
        assertThat(String.join(",", (String[]) plan.settings().get("kubeProxyArg"))).isEqualTo(
                "healthz-bind-address=0.0.0.0:10256," + DEFAULTS + ",config=" + file
                        + ",logging-format=text,hostname-override=here");
        assertThat(plan.settings()).containsEntry("vmodule", "kubeproxy=5");
        assertThat(warnings).containsExactly(file + ": hostnameOverride has no effect: K3s gives kube-proxy the name of"
                + " the node, which prevails as upstream; use --node-name, or"
                + " --kube-proxy-arg=hostname-override=other");
    }

    @Test
    void theLogIsThatOfTheFileWhereNoFlagSaysOtherwise() throws IOException {
        fields("logging: {format: json, verbosity: 2, vmodule: [{filePattern: edge, verbosity: 4}]}\n");
        LaunchPlan plan = plan("--vmodule=edge=5");
        assertThat((String[]) plan.settings().get("kubeProxyArg")).contains("logging-format=json")
                .noneMatch(argument -> argument.startsWith("v"));
        assertThat(plan.settings()).containsEntry("vmodule", "kubeproxy=2,edge=4,edge=5");
        assertThat(warnings).isEmpty();
    }

    @Test
    void aFieldWithoutAnEffectIsTakenAsItsArgumentIs() throws IOException {
        fields("ipvs: {strictARP: true}\ndetectLocalMode: ClusterCIDR\niptables: {localhostNodePorts: false}\nx: 1\n");
        arguments();
        assertThat(warnings).containsExactly(file + ": unknown field x is ignored",
                "--kube-proxy-arg=ipvs-strict-arp=true (" + file + ": ipvs.strictARP) has no effect: it is read in mode"
                        + " ipvs alone, in upstream as well, which is not there");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "bindAddress: 192.0.2.1|--kube-proxy-arg=bind-address=192.0.2.1 (FILE: bindAddress) is not taken by K3j",
            "oomScoreAdj: -500|=oom-score-adj=-500 (FILE: oomScoreAdj) is not taken by K3j: use --kubelet-arg=",
            "detectLocalMode: NodeCIDR|(FILE: detectLocalMode) is not supported yet by K3j; leave it out or use",
            "bindAddressHardFail: true|(FILE: bindAddressHardFail) is not supported yet by K3j; leave it out or use",
            "enableProfiling: true|(FILE: enableProfiling) is not supported yet by K3j; leave it out or use profiling=",
            "iptables: {localhostNodePorts: true}|(FILE: iptables.localhostNodePorts) is not supported yet by K3j",
            "showHiddenMetricsForVersion: '1.35'|show-hidden-metrics-for-version\" (FILE: showHiddenMetrics",
            "mode: ipvs|FILE: mode=ipvs: there are nftables only; leave it out",
            "featureGates: {NoSuchGate: true}|unrecognized feature gate: NoSuchGate",
            "clusterCIDR: everywhere|FILE: clusterCIDR: \"everywhere\" is not a network such as 10.42.0.0/16"})
    void whatIsWrongIsToldBeforeAnythingStarts(String text, String why) throws IOException {
        fields(text + "\n");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan())
                .withMessageContaining(why.replace("FILE", file.toString()));
    }

    @Test
    void aFileThatIsNotThereIsToldBeforeAnythingStarts() throws IOException {
        Files.delete(file);
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> plan())
                .withMessageContaining(file + " cannot be read: NoSuchFileException; write a KubeProxyConfiguration "
                        + "there or leave it out of --kube-proxy-arg");
    }

    @Test
    void whereThereIsNoKubeProxyTheFileIsNotLookedAt() throws IOException {
        Files.delete(file);
        assertThat(arguments("--disable-kube-proxy")).isEqualTo("config=" + file);
        assertThat(arguments("--disable-agent")).isEqualTo("config=" + file);
    }

    @Test
    void anEmptyNameIsNoFile() {
        assertThat(arguments("--kube-proxy-arg=config=", "--kube-proxy-arg=masquerade-all=true"))
                .isEqualTo("config=" + file + ",config=,masquerade-all=true");
        assertThat(warnings).isEmpty();
    }
}
